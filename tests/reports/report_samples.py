"""Findings made by hand, with everything in them that a report can show."""

from __future__ import annotations

from enclint.finding import Finding, Related, Severity, Suppression, Verdict
from enclint.report import Report, Rule
from enclint.source import Source, Span

MAIN = Source(
    "stacks/main.tf",
    'resource "aws_ebs_volume" "data" {\n'
    '  availability_zone = "eu-west-1a"\n'
    "\tencrypted = local.enc\n"
    "}\n"
    'locals { enc = false } # "日本" <b>\n',
)
EVIL = Source("evil.tf", 'a = "\x1b]0;owned\x07\x9b31m\u202e" # x\n')


def span(source: Source, text: str) -> Span:
    start = source.text.index(text)
    return Span(source, start, start + len(text))


HEADER = span(MAIN, 'resource "aws_ebs_volume" "data"')
FAILED = Finding(
    "ebs-volume-unencrypted",
    "EBS volume is not encrypted",
    Verdict.FAIL,
    Severity.HIGH,
    "aws_ebs_volume.data[0] is not encrypted",
    span(MAIN, "local.enc"),
    resource="aws_ebs_volume.data[0]",
    resource_type="aws_ebs_volume",
    header=HEADER,
    trace=(Related("local.enc", span(MAIN, "false")),),
    remedy="Set `encrypted = true`.",
)
TWIN = FAILED._replace(message="aws_ebs_volume.data[1] is not encrypted", resource="aws_ebs_volume.data[1]")
UNDECIDED = FAILED._replace(
    policy="rds-storage-unencrypted",
    title="RDS storage is not encrypted",
    verdict=Verdict.UNKNOWN,
    severity=Severity.CRITICAL,
    message="whether Orders is encrypted is not decided",
    resource="Orders",
    scenario='Stage is "test"',
    reasons=("parameter `Stage` has no default",),
    trace=(),
    span=HEADER,
)
SUPPRESSED = FAILED._replace(
    policy="s3-sse-kms", suppression=Suppression("public by design", span(MAIN, '"日本"'), "2030-01-01", "checkov")
)
BROKEN = Finding(
    "syntax-error",
    "File is not valid",
    Verdict.UNKNOWN,
    Severity.HIGH,
    "expected `=` \x1b[31m",
    span(EVIL, '"\x1b]0;owned\x07\x9b31m\u202e"'),
    is_error=True,
)
NOWHERE = Finding(
    "unreadable-file",
    "File cannot be read",
    Verdict.UNKNOWN,
    Severity.HIGH,
    "gone.tf cannot be read: there is no such file",
    Span(Source("gone.tf", ""), 0, 0),
    is_error=True,
)

RULES = {
    "ebs-volume-unencrypted": Rule(
        "ebs-volume-unencrypted",
        "EBS volume is not encrypted",
        Severity.HIGH,
        "at_rest",
        "Who takes the disk has the data.",
        "Set `encrypted`.",
        ("ebs-plain",),
        ("https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption.html",),
        {"aws-fsbp": ("EC2.3",)},
    )
}

REPORT = Report(
    (FAILED, TWIN, UNDECIDED, SUPPRESSED, BROKEN, NOWHERE),
    RULES,
    resources=4,
    files_read=3,
    seconds=0.0421,
    notes=("a suppression for checkov was honoured",),
    working_directory="/home/me/repo/infra",
    repository="/home/me/repo",
)
CLEAN = Report((), RULES, resources=2, files_read=1, working_directory="/home/me/repo")
