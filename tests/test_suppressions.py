"""Accepting a finding takes the right place, an existing policy, and a reason; what is of no use is said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from enclint.finding import Finding, Severity, Verdict
from enclint.model.resource import Project, Provider, ProviderResource
from enclint.model.value import Absent
from enclint.source import Source, Span
from enclint.suppressions import Names, Suppressions
from enclint.suppressions.other_tools import elsewhere_of

if TYPE_CHECKING:
    from collections.abc import Iterable

TODAY = "2026-06-15"
EBS, RDS = "ebs-volume-unencrypted", "rds-storage-unencrypted"
NAMES = Names(
    canonical={EBS: EBS, "ebs-plain": EBS, RDS: RDS, "s3-cmk": "s3-cmk"},
    active=frozenset({EBS, RDS}),
    elsewhere=elsewhere_of(
        {
            EBS: {"checkov": ["CKV_AWS_3"], "trivy": ["AVD-AWS-0026"], "kics": ["EBS"], "cfn_nag": ["F1"]},
            RDS: {"checkov": ["CKV_AWS_16"], "tfsec": ["aws-rds-encrypt-instance-storage-data"]},
        }
    ),
)

CODE = """\
resource "aws_ebs_volume" "data" {
  size      = 10
  encrypted = false
}

resource "aws_ebs_volume" "other" {
  encrypted = false
}
"""


def span(source: Source, text: str, occurrence: int = 0) -> Span:
    start = -1
    for _ in range(occurrence + 1):
        start = source.text.index(text, start + 1)
    return Span(source, start, start + len(text))


def block(source: Source, header: str) -> Span:
    start = source.text.index(header)
    return Span(source, start, source.text.index("\n}", start) + 2)


def resource(source: Source, name: str, metadata: Any = None, body: Span | None = None) -> ProviderResource:
    header = f'resource "aws_ebs_volume" "{name}"'
    return ProviderResource(
        key=f"aws_ebs_volume.{name}",
        address=f"aws_ebs_volume.{name}",
        type="aws_ebs_volume",
        name=name,
        dialect="terraform",
        header=span(source, header) if header in source.text else body,
        body=body or block(source, header),
        provider=Provider("aws", Absent(), Absent()),
        lookup=lambda _: Absent(),
        names=list,
        metadata=metadata,
    )


def finding(place: Span | None, name: str, policy: str = EBS) -> Finding:
    return Finding(
        policy, "title", Verdict.FAIL, Severity.HIGH, f"{name} fails", place, resource=f"aws_ebs_volume.{name}"
    )


class Run:
    """Two volumes that fail, in a text with suppressions in it."""

    def __init__(self, text: str, honour: Iterable[str] = (), policies: tuple[str, ...] = (EBS,)) -> None:
        self.source = Source("main.tf", text)
        resources = [resource(self.source, "data"), resource(self.source, "other")]
        project = Project("main", "terraform", resources, [self.source])
        findings = [
            finding(span(self.source, "encrypted = false", number), name, policy)
            for number, name in enumerate(("data", "other"))
            for policy in policies
        ]
        suppressions = Suppressions(NAMES, TODAY, tuple(honour))
        self.findings = suppressions.apply(project, findings)
        self.own = list(suppressions.findings())
        self.honoured = list(suppressions.honoured())

    @property
    def suppressed(self) -> list[str]:
        return [each.resource.rpartition(".")[2] for each in self.findings if each.suppression is not None]

    @property
    def complaints(self) -> list[tuple[str, str]]:
        return [(each.policy, each.message) for each in self.own]


def with_comment(comment: str, after: str, text: str = CODE) -> str:
    assert after in text
    return text.replace(after, f"{after}{comment}", 1)


@pytest.mark.parametrize(
    "text",
    [
        with_comment(f" # enclint:ignore {EBS} scratch space", "encrypted = false"),
        with_comment(f"  # enclint:ignore {EBS} scratch space\n", "10\n"),
        with_comment(f"\n  // enclint:ignore {EBS} scratch space", "{"),
        with_comment(f" # enclint: ignore {EBS} scratch space", "encrypted = false"),
        with_comment(f"\n  /* enclint:ignore {EBS} scratch space */", "{"),
        f"# enclint:ignore {EBS} scratch space\n" + CODE,
        f"# enclint:ignore {EBS} scratch space\n# and another word on that\n" + CODE,
        with_comment(" # enclint:ignore ebs-plain scratch space", "encrypted = false"),
        with_comment(f" # enclint:ignore {RDS}, {EBS} until=2027-01-01 scratch space", "encrypted = false"),
        with_comment(f" # enclint:ignore {EBS}: scratch space", "encrypted = false"),
    ],
)
def test_on_the_line_above_it_or_in_the_block_a_comment_accepts_that_resource_and_no_other(text: str) -> None:
    run = Run(text)
    assert run.suppressed == ["data"]
    [accepted] = [each.suppression for each in run.findings if each.suppression is not None]
    assert accepted.reason == "scratch space"


def test_a_comment_between_two_blocks_counts_for_the_one_below() -> None:
    run = Run(CODE.replace("}\n\n", f"}}\n\n# enclint:ignore {EBS} old\n"))
    assert run.suppressed == ["other"]


@pytest.mark.parametrize(
    ("comment", "problem"),
    [
        (f"# enclint:ignore {EBS}", "the suppression gives no reason"),
        (f"# enclint:ignore {EBS} until=2027-01-01", "the suppression gives no reason"),
        ("# enclint:ignore", "the suppression names no policy"),
        ("# enclint:ignore ebs-volume-unencryptd old", 'did you mean "ebs-volume-unencrypted"?'),
        (f"# enclint:ignore {EBS} until=2027-02-30 old", "`until=2027-02-30` is no date of the form YYYY-MM-DD"),
        (f"# enclint:ignore {EBS} until=tomorrow old", "`until=tomorrow` is no date of the form YYYY-MM-DD"),
    ],
)
def test_a_suppression_that_is_wrong_accepts_nothing_and_is_reported(comment: str, problem: str) -> None:
    run = Run(with_comment(f" {comment}", "encrypted = false"))
    assert run.suppressed == []
    [(policy, message)] = run.complaints
    assert policy == "suppression-invalid"
    assert problem in message
    assert run.own[0].span is not None and run.own[0].span.line == 3


def test_a_suppression_counts_up_to_its_day_and_is_reported_after_it() -> None:
    on_the_day = Run(with_comment(f" # enclint:ignore {EBS} until={TODAY} old", "encrypted = false"))
    assert (on_the_day.suppressed, on_the_day.complaints) == (["data"], [])
    later = Run(with_comment(f" # enclint:ignore {EBS} until=2026-06-14 old", "encrypted = false"))
    assert later.suppressed == []
    assert later.complaints == [("suppression-expired", f"the suppression of {EBS} expired on 2026-06-14")]


def test_a_suppression_of_no_use_is_reported_for_the_policies_of_this_run() -> None:
    run = Run(with_comment(f" # enclint:ignore {EBS}, {RDS}, s3-cmk old", "encrypted = false"))
    assert run.suppressed == ["data"]
    assert run.complaints == [("suppression-unused", f"nothing here fails {RDS}")]


def test_words_about_suppressions_in_a_text_are_no_suppression() -> None:
    run = Run(with_comment(f'\n  description = "enclint:ignore {EBS} x"', "{"))
    assert run.suppressed == []
    assert run.complaints == []


def test_metadata_accepts_findings_of_its_resource() -> None:
    source = Source("t.json", '{"Data": {"Metadata": {"enclint": {"ignore": []}}}, "Other": {}}')
    body = Span(source, 9, 54)
    entries: list[Any] = [{"id": EBS, "reason": "scratch", "until": "2027-01-01"}, {"id": RDS}, {"reason": "x"}, "y"]
    resources = [
        resource(source, "data", {"enclint": {"ignore": entries}}, body),
        resource(source, "other", {"enclint": EBS}, Span(source, 57, 68)),
    ]
    suppressions = Suppressions(NAMES, TODAY)
    findings = [finding(body, "data"), finding(body, "data", RDS), finding(Span(source, 57, 64), "other")]
    judged = suppressions.apply(Project("t", "cloudformation", resources, [source]), findings)
    assert [each.suppression is not None for each in judged] == [True, False, False]
    assert judged[0].suppression is not None and judged[0].suppression.until == "2027-01-01"
    messages = [each.message for each in suppressions.findings()]
    assert messages == [
        "the suppression gives no reason",
        "an entry of `Metadata.enclint.ignore` has no `id`",
        "an entry of `Metadata.enclint.ignore` has no `id`",
        "`Metadata.enclint` is not of the form {ignore: [{id, reason, until}]}",
    ]


def test_terraform_in_json_suppresses_in_its_comment_member() -> None:
    comment = '"//": "enclint:ignore ebs-volume-unencrypted old"'
    text = f'{{"resource": {{"aws_ebs_volume": {{"data": {{\n{comment},\n"encrypted": false}}}}}}}}'
    source = Source("main.tf.json", text)
    project = Project("m", "terraform", [], [source])
    [judged] = Suppressions(NAMES, TODAY).apply(project, [finding(span(source, "false"), "data")])
    assert judged.suppression is not None
    assert judged.suppression.reason == "old"


@pytest.mark.parametrize(
    ("tool", "comment", "suppressed"),
    [
        ("checkov", "\n  #checkov:skip=CKV_AWS_3:scratch", ["data"]),
        ("checkov", "\n  # checkov:skip=CKV_AWS_999:scratch", []),
        ("trivy", "\n  #trivy:ignore:AVD-AWS-0026", ["data"]),
        ("trivy", "\n  #trivy:ignore:aws-0026", ["data"]),
        ("trivy", "\n  #trivy:ignore:AWS-0026:exp:2020-01-01", []),
        ("trivy", "\n  #trivy:ignore:AWS-0026:exp:2030-01-01", ["data"]),
        ("trivy", "\n  #trivy:ignore:AWS-0026[size=20]", []),
        ("trivy", "\n  #trivy:ignore:AWS-0026:ws:development", []),
        ("tfsec", "\n  #tfsec:ignore:aws-nothing tfsec:ignore:AWS-0026", ["data"]),
        ("kics", "\n  # kics-scan ignore-block", ["data"]),
        ("kics", "\n  # kics-scan ignore-line", []),
        ("kics", "\n  # kics-scan ignore", []),
    ],
)
def test_comments_of_other_tools_count_where_they_are_honoured(tool: str, comment: str, suppressed: list[str]) -> None:
    text = with_comment(comment, "{")
    assert Run(text).suppressed == []
    run = Run(text, [tool])
    assert run.suppressed == suppressed
    assert run.complaints == []
    assert len(run.honoured) == len(suppressed)
    assert all(each.suppression is None or each.suppression.honoured_from == tool for each in run.findings)


def test_kics_ignores_a_line_or_a_whole_file_that_says_so_first() -> None:
    line = Run(with_comment("  # kics-scan ignore-line\n", "10\n"), ["kics"])
    assert line.suppressed == ["data"]
    assert Run("# Copyright\n# kics-scan ignore\n" + CODE, ["kics"]).suppressed == ["data", "other"]


def test_metadata_of_other_tools_is_honoured() -> None:
    source = Source("t.yaml", "Data:\n  Metadata:\n    cfn_nag: x\n    checkov: y\n")
    body = Span(source, 0, len(source.text))
    metadata = {
        "cfn_nag": {"rules_to_suppress": [{"id": "F1", "reason": "scratch"}]},
        "checkov": {"skip": [{"id": "CKV_AWS_16", "comment": "old"}]},
    }
    project = Project("t", "cloudformation", [resource(source, "data", metadata, body)], [source])
    findings = [finding(body, "data"), finding(body, "data", RDS)]
    judged = Suppressions(NAMES, TODAY, ("cfn_nag", "checkov")).apply(project, findings)
    assert [each.suppression and each.suppression.honoured_from for each in judged] == ["cfn_nag", "checkov"]


def test_what_another_process_used_is_not_said_to_be_unused() -> None:
    text = with_comment(f" # enclint:ignore {EBS} old", "encrypted = false")
    source = Source("main.tf", text)
    project = Project("main", "terraform", [resource(source, "data")], [source])
    one, other = Suppressions(NAMES, TODAY), Suppressions(NAMES, TODAY)
    one.apply(project, [])
    other.apply(project, [finding(span(source, "encrypted = false"), "data")])
    assert [each.policy for each in one.findings()] == ["suppression-unused"]
    one.merge(other.comments, other.used)
    assert list(one.findings()) == []
