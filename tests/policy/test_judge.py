"""Three values, by scenario: what fails everywhere fails, what fails somewhere is told with where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from building import AWS, HEADER, SOURCE, either, equals, one_of, project, ref, resource, text, unknown, value
from enclint.finding import Finding, Severity, Verdict
from enclint.model.resource import Provider
from enclint.model.value import Absent, Unknown
from enclint.policy.bundled import Catalog
from enclint.policy.judge import MAX_SCENARIOS, judge
from enclint.policy.settings import Rule, Settings
from enclint.source import Span

if TYPE_CHECKING:
    from enclint.model.resource import ProviderResource

KINDS = {
    "volume": {
        "title": "volume",
        "identified_by": ["name"],
        "properties": {
            "name": {"type": "string"},
            "encrypted": {
                "type": "boolean",
                "when_absent": [
                    {"same_as": "companion.encrypted"},
                    {"value": False, "source": "https://docs.aws.amazon.com/x"},
                ],
            },
            "mode": {"type": "string"},
            "internal": {"type": "boolean"},
            "companion": {"type": "reference", "to": "companion", "by": "volume"},
        },
        "terraform": {
            "aws_volume": {"name": "name", "encrypted": "encrypted", "mode": "mode", "internal": "internal"},
            "aws_server": {"each": "disk[*]", "label": "name", "encrypted": "encrypted"},
            "data.aws_volume": {"encrypted": "encrypted"},
        },
    },
    "companion": {
        "title": "companion",
        "properties": {"volume": {"type": "reference", "to": "volume"}, "encrypted": {"type": "boolean"}},
        "terraform": {"aws_companion": {"volume": "volume", "encrypted": "encrypted"}},
    },
}
POLICY: dict[str, Any] = {
    "id": "volume-unencrypted",
    "title": "Volume is not encrypted",
    "service": "EBS",
    "state": "at_rest",
    "severity": "high",
    "profile": "baseline",
    "resource": "volume",
    "when": {"mode": {"not": "scratch"}},
    "undecided": [{"when": {"mode": "passed-on"}, "because": "it shows only at the other end"}],
    "require": {"encrypted": True},
    "variants": [{"when": {"internal": True}, "severity": "medium", "message": "{resource} is internal ({mode})"}],
    "message": "{resource} is not encrypted, encrypted is {encrypted}",
    "why": "It is readable.",
    "remedy": "Set it.",
    "references": ["https://docs.aws.amazon.com/"],
}


def findings(*resources: ProviderResource, settings: Settings = Settings(), **policy: Any) -> list[Finding]:  # noqa: B008
    catalog = Catalog(KINDS, [{**POLICY, **policy}])
    return list(judge(project(*resources), catalog, settings).findings)


def volume(encrypted: Any = Absent(), name: str = "aws_volume.v", **more: Any) -> ProviderResource:  # noqa: B008
    options = {key: more.pop(key) for key in ("exists", "provider", "calls", "header") if key in more}
    return resource(name, {"encrypted": encrypted, **more}, **options)


def one(*resources: ProviderResource, **more: Any) -> Finding:
    [finding] = findings(*resources, **more)
    return finding


def verdict(*resources: ProviderResource, **more: Any) -> str:
    found = {finding.verdict for finding in findings(*resources, **more)}
    return " ".join(sorted(each.value for each in found)) or "pass"


@pytest.mark.parametrize(
    ("encrypted", "expected"),
    [
        (True, "pass"),
        ("true", "pass"),
        (False, "fail"),
        (Absent(), "fail"),
        (unknown(), "unknown"),
        (either("x", True, True), "pass"),
        (either("x", False, Absent()), "fail"),
        (either("x", True, False), "unknown"),
        (either("x", True, unknown()), "unknown"),
        (either("x", False, unknown()), "unknown"),
    ],
)
def test_a_verdict_is_pass_fail_or_unknown(encrypted: Any, expected: str) -> None:
    assert verdict(volume(encrypted)) == expected


def test_what_the_policy_does_not_speak_of_passes() -> None:
    assert verdict(volume(False, mode="scratch")) == "pass"
    assert verdict(volume(False, mode=unknown("mode"))) == "unknown"
    assert verdict(volume(True, mode=unknown("mode"))) == "pass"


def test_what_the_code_cannot_show_is_undecided_and_says_why() -> None:
    finding = one(volume(False, mode="passed-on"))
    assert finding.verdict is Verdict.UNKNOWN
    assert finding.reasons == ("it shows only at the other end",)


def test_data_sources_are_not_judged() -> None:
    assert verdict(resource("data.aws_volume.v", {"encrypted": False})) == "pass"


def test_a_deprecated_policy_is_judged_no_more() -> None:
    assert verdict(volume(False), deprecated="another-policy") == "pass"


# Scenarios


def test_a_failure_in_some_scenarios_is_told_with_the_shortest() -> None:
    finding = one(volume(either("a", True, False), mode=either("b", "x", "y")))
    assert (finding.verdict, finding.scenario) == (Verdict.UNKNOWN, "`var.a` is false")
    assert "`var.a` is false" in finding.message


def test_two_properties_under_one_condition_are_decided_together() -> None:
    same = volume(either("x", False, True), mode=either("x", "scratch", "y"))
    assert verdict(same) == "pass"
    other = volume(either("x", False, True), mode=either("y", "scratch", "y"))
    assert one(other).scenario == "`var.y` is false and `var.x` is true"


def test_a_variable_never_equals_two_constants() -> None:
    encrypted = equals("var.env", "prod", True, equals("var.env", "test", True, False))
    assert one(volume(encrypted)).scenario == "`var.env` is not `prod` and `var.env` is not `test`"
    assert verdict(volume(encrypted, mode=equals("var.env", "prod", "x", "scratch"))) == "pass"


def test_cases_of_a_parameter_are_told_by_value() -> None:
    assert one(volume(one_of("Stage", prod=True, test=False))).scenario == "`Stage` is `test`"


def test_a_resource_is_judged_only_where_it_exists() -> None:
    assert verdict(volume(False, exists=either("create", True, False))) == "fail"
    assert verdict(volume(False, exists=False)) == "pass"
    assert verdict(volume(either("x", False, True), exists=either("x", False, True))) == "pass"
    assert verdict(volume(False, exists=unknown("n"))) == "unknown"
    assert verdict(volume(True, exists=unknown("n"))) == "pass"


def test_a_block_that_is_there_in_some_scenarios_fails_only_in_these() -> None:
    server = resource("aws_server.s", {"disk": either("extra", [{"encrypted": False}], [])})
    assert one(server).scenario == "`var.extra` is true"
    server = resource("aws_server.s", {"disk": [either("extra", {"encrypted": False}, Absent())]})
    assert one(server).scenario == "`var.extra` is true"
    server = resource("aws_server.s", {"disk": Unknown("variable `n` has no default", element=value({}))})
    assert one(server).reasons == ("variable `n` has no default",)


def test_too_many_scenarios_are_unknown_and_say_so() -> None:
    nested: Any = True
    for number in range(MAX_SCENARIOS + 10):
        nested = either(f"v{number}", nested, True)
    finding = one(volume(nested))
    assert finding.verdict is Verdict.UNKNOWN
    assert str(MAX_SCENARIOS) in finding.reasons[0]


# What a finding says


def test_a_wrong_value_is_pointed_at() -> None:
    place = Span(SOURCE, 31, 36)
    finding = one(volume(value(False, place)))
    assert finding.span == place
    assert finding.header == HEADER
    assert (finding.resource, finding.resource_type) == ("aws_volume.v", "aws_volume")


def test_a_missing_argument_is_pointed_at_where_it_could_stand() -> None:
    finding = one(volume())
    assert finding.span == HEADER
    assert any("https://docs.aws.amazon.com/x" in related.message for related in finding.trace)


def test_a_value_in_a_companion_is_pointed_at_there() -> None:
    place = Span(SOURCE, 31, 36)
    header = Span(SOURCE, 2, 9)
    companion = resource(
        "aws_companion.c", {"volume": ref("aws_volume.v", "id"), "encrypted": value(False, place)}, header=header
    )
    finding = one(volume(), companion)
    assert finding.span == place
    assert finding.resource == "aws_volume.v"
    assert "aws_companion.c" in finding.trace[0].message


def test_the_way_of_a_value_is_told_to_its_origin_and_then_the_calls() -> None:
    first, second = Span(SOURCE, 0, 1), Span(SOURCE, 1, 2)
    encrypted = value(False, HEADER).via("var.encrypted", second).via("local.enc", first)
    finding = one(volume(encrypted, calls=(("module.outer", first), ("module.inner", second))))
    told = [related.message for related in finding.trace]
    assert told[:2] == ["local.enc", "var.encrypted"]
    assert "module.inner" in told[2]
    assert "module.outer" in told[3]


def test_messages_are_filled_in_and_variants_say_it_otherwise() -> None:
    assert one(volume(False)).message == "aws_volume.v is not encrypted, encrypted is false"
    finding = one(volume(False, internal=True, mode="x"))
    assert (finding.message, finding.severity) == ("aws_volume.v is internal (x)", Severity.MEDIUM)
    assert one(volume(False, internal=unknown())).severity is Severity.HIGH


def test_what_is_sensitive_is_never_shown() -> None:
    secret = value("s3cret")
    secret.sensitive = True
    finding = one(volume(False, internal=True, mode=secret))
    assert "s3cret" not in repr(finding)


def test_an_element_is_told_by_its_label_and_its_resource_by_its_address() -> None:
    finding = one(resource("aws_server.s", {"disk": [{"name": "/dev/xvda"}]}))
    assert finding.resource == "aws_server.s"
    assert finding.message.startswith("aws_server.s (/dev/xvda) ")


def test_a_fingerprint_tells_findings_of_one_resource_apart_but_not_lines() -> None:
    disks = [{"name": "a", "encrypted": False}, {"name": "b", "encrypted": False}]
    first, second = findings(resource("aws_server.s", {"disk": disks}))
    assert first.fingerprint != second.fingerprint
    moved = one(resource("aws_server.s", {"disk": disks[:1]}, header=Span(SOURCE, 5, 9)))
    assert moved.fingerprint == first.fingerprint


def test_judged_resources_are_counted() -> None:
    catalog = Catalog(KINDS, [POLICY])
    judged = judge(project(volume(True), volume(False, "aws_volume.w"), resource("aws_other.o")), catalog, Settings())
    assert (judged.resources, len(judged.findings)) == (2, 1)


# Requirements


def required(where: dict[str, Any], *resources: ProviderResource, **more: Any) -> str:
    settings = Settings(rules=(Rule(("sse_kms",), where),), **more)
    return verdict(*resources, settings=settings, profile="strict", required_by="sse_kms")


def test_a_policy_of_the_strict_profile_is_on_there_and_where_it_is_required() -> None:
    strict = {"profile": "strict", "required_by": "sse_kms"}
    assert verdict(volume(False), settings=Settings(profile="strict"), **strict) == "fail"
    assert verdict(volume(False), settings=Settings(rules=()), **strict) == "pass"
    assert required({}, volume(False)) == "fail"


def test_a_policy_that_is_only_required_is_off_in_the_strict_profile() -> None:
    only = {"profile": "required", "required_by": "custom_key_store"}
    assert verdict(volume(False), settings=Settings(profile="strict"), **only) == "pass"


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"DataClassification": "Confidential"}, "fail"),
        ({"data-classification": "pii"}, "fail"),
        ({"Sensitivity": "public"}, "pass"),
        ({"Name": "pii"}, "pass"),
        (unknown("tags"), "unknown"),
        ({"Classification": unknown("class")}, "unknown"),
        (either("prod", {"Classification": "pii"}, {}), "unknown"),
        (Absent(), "pass"),
    ],
)
def test_sensitive_data_is_told_by_tags(tags: Any, expected: str) -> None:
    assert required({"classification": True}, volume(False, tags=tags)) == expected


def test_default_tags_of_the_provider_count() -> None:
    provider = Provider("aws", AWS.region, value({"Classification": "restricted"}))
    assert required({"classification": True}, volume(False, provider=provider)) == "fail"
    assert required({"classification": True}, volume(False, provider=provider, tags={"Classification": "x"})) == "pass"


def test_what_is_encrypted_passes_whether_it_is_required_or_not() -> None:
    assert required({"classification": True}, volume(True, tags=unknown())) == "pass"


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ({"tags": {"Team": "us"}}, "fail"),
        ({"tags": {"Team": ["them", "u*"]}}, "fail"),
        ({"tags": {"Team": "us", "Other": "*"}}, "pass"),
        ({"names": ["aws_volume.*"]}, "fail"),
        ({"names": ["billing-*"]}, "fail"),
        ({"names": ["shop-*"]}, "pass"),
        ({"paths": ["main.*"]}, "fail"),
        ({"paths": ["prod/*"]}, "pass"),
        ({"accounts": ["aws"]}, "fail"),
        ({"accounts": ["1111*"]}, "pass"),
        ({"names": ["billing-*"], "paths": ["prod/*"]}, "pass"),
    ],
)
def test_requirements_speak_of_what_fits_all_they_say(where: dict[str, Any], expected: str) -> None:
    assert required(where, BILLING) == expected


BILLING = resource("aws_volume.v", {"encrypted": False, "tags": {"Team": "us"}, "name": "billing-data"})


def test_a_name_that_is_not_known_may_fit() -> None:
    named = resource("aws_volume.v", {"encrypted": False, "name": text("billing-", unknown("stage"))})
    assert required({"names": ["shop-*"]}, named) == "unknown"


def test_environments_are_told_by_their_file() -> None:
    catalog = Catalog(KINDS, [{**POLICY, "profile": "strict", "required_by": "sse_kms"}])
    settings = Settings(rules=(Rule(("sse_kms",), {"environments": ["prod*"]}),))
    for environment, number in (("env/prod.tfvars", 1), ("env/test.tfvars", 0)):
        judged = judge(project(volume(False), environment=environment), catalog, settings)
        assert len(judged.findings) == number
