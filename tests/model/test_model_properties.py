"""What the code says as a property's type takes it, what AWS does where it says nothing, and what can be asked."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from building import AWS, either, model, only, ref, resource, text, unknown, value, vocabulary
from enclint.model.conditions import compile_condition
from enclint.model.kinds import FormError
from enclint.model.property_types import OpenMap, member_of
from enclint.model.resource import Provider
from enclint.model.scenario import Scenario, Undecided
from enclint.model.value import Absent, Encoded, Known, Unknown, Value

KINDS = vocabulary("""
volume:
  title: volume
  identified_by: [name]
  properties:
    name: {type: string}
    encrypted:
      type: boolean
      forced_by: region.active
      when_absent: [{same_as: source.encrypted}, {value: false, source: 'https://docs.aws.amazon.com/'}]
    size: {type: number}
    version: {type: string}
    mode: {type: string, one_of: [plain, locked], when_absent: {value: plain, source: 'https://docs.aws.amazon.com/'}}
    engine: {type: string, case: insensitive}
    protocols: {type: list}
    parameters: {type: map}
    tags: {type: tags}
    key: {type: key}
    script: {type: text}
    tls: {type: tls_policy, family: elbv2}
    inverse: {type: boolean}
    word: {type: string}
    has_block: {type: boolean}
    sure: {type: string}
    hidden: {type: boolean}
    dated:
      type: boolean
      when_absent:
        - {value: true, if: {engine: aurora}, created_since: 2026-02-18, source: 'https://docs.aws.amazon.com/'}
        - {value: false, source: 'https://docs.aws.amazon.com/'}
    source: {type: reference, to: volume}
    region: {type: reference, to: region, link: provider}
    devices: {type: references, to: device, link: contained}
  terraform:
    aws_volume:
      name: name
      encrypted: encrypted
      size: size
      version: version
      mode: mode
      engine: engine
      protocols: protocols
      parameters: parameters
      tags: tags
      key: key
      script: [script, script_base64]
      tls: tls
      inverse: {path: disabled, not: true}
      word: {path: type, map: {NONE: plain, 'true': sure}}
      has_block: {present: block}
      sure: {constant: certain}
      hidden: {unknown: it is declared elsewhere}
      source: source
region:
  title: region
  properties: {active: {type: boolean}}
  terraform: {aws_region: {active: active}}
device:
  title: device
  properties: {size: {type: number}}
  terraform:
    aws_volume:
      each: 'device[*]'
      unless: {virtual: {present: true}}
      size: size
kms_key:
  title: KMS key
  properties: {custom_key_store: {type: string}}
  terraform: {aws_kms_key: {}}
""")


def read(name: str, *others: Any, scenario: Scenario | None = None, **arguments: Any) -> Value:
    project = model(KINDS, resource("aws_volume.v", arguments), *others)
    found = project.entity("volume", "aws_volume.v")
    assert found is not None
    return found.read(name, scenario or Scenario())


def told(found: Value) -> Any:
    if isinstance(found, Known):
        return [told(item) for item in found.data] if isinstance(found.data, list) else found.data
    return type(found)


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("encrypted", {"encrypted": "true"}, True),
        ("encrypted", {"encrypted": "False"}, False),
        ("encrypted", {"encrypted": "maybe"}, Unknown),
        ("encrypted", {"encrypted": None}, False),
        ("size", {"size": "30"}, 30),
        ("size", {"size": "big"}, Unknown),
        ("version", {"version": 8}, "8"),
        ("version", {"version": 1.27}, "1.27"),
        ("version", {"version": ""}, Absent),
        ("mode", {}, "plain"),
        ("mode", {"mode": ""}, ""),
        ("version", {"version": ""}, Absent),
        ("protocols", {"protocols": "HTTP"}, ["HTTP"]),
        ("protocols", {"protocols": ["a", "b"]}, ["a", "b"]),
        ("key", {"key": ""}, Absent),
        ("inverse", {"disabled": True}, False),
        ("inverse", {"disabled": "false"}, True),
        ("inverse", {"disabled": unknown()}, Unknown),
        ("word", {"type": "NONE"}, "plain"),
        ("word", {"type": True}, "sure"),
        ("word", {"type": "OTHER"}, "OTHER"),
        ("has_block", {"block": [{}]}, True),
        ("has_block", {"block": []}, False),
        ("has_block", {}, False),
        ("has_block", {"block": unknown()}, Unknown),
        ("sure", {}, "certain"),
        ("hidden", {}, Unknown),
        ("script", {"script_base64": "ZWNobyBoZWxsbyB3b3JsZA=="}, "ZWNobyBoZWxsbyB3b3JsZA=="),
    ],
)
def test_a_value_is_read_as_its_type_takes_it(name: str, arguments: dict[str, Any], expected: Any) -> None:
    assert told(read(name, **arguments)) == expected


def entry(arguments: Any, name: str = "a") -> Any:
    found = read("parameters", parameters=arguments)
    return told(member_of(found, name, Scenario()))


def test_maps_are_maps_or_lists_of_pairs() -> None:
    assert entry({"a": "1"}) == "1"
    assert entry([{"name": "a", "value": "1"}]) == "1"
    assert entry([{"ParameterName": "a", "ParameterValue": "1"}]) == "1"
    assert entry([{"Key": "b", "Value": "1"}]) is Absent


def test_a_map_with_an_unknown_entry_knows_the_others() -> None:
    pairs = [{"name": "a", "value": "1"}, {"name": unknown("p"), "value": "2"}]
    assert entry(pairs) == "1"
    assert entry(pairs, "b") is Unknown


def test_tags_lie_over_the_providers() -> None:
    provider = Provider("aws", AWS.region, value({"Classification": "public", "Team": "us"}))
    project = model(KINDS, resource("aws_volume.v", {"tags": {"Classification": "pii"}}, provider=provider))
    tags = only(project, "volume").read("tags", Scenario())
    assert told(member_of(tags, "Classification", Scenario())) == "pii"
    assert told(member_of(tags, "Team", Scenario())) == "us"


def test_unknown_tags_may_hide_the_providers() -> None:
    provider = Provider("aws", AWS.region, value({"Team": "us"}))
    project = model(KINDS, resource("aws_volume.v", {"tags": unknown("tags")}, provider=provider))
    tags = only(project, "volume").read("tags", Scenario())
    assert isinstance(tags, OpenMap)
    assert told(member_of(tags, "Team", Scenario())) is Unknown


# What AWS does where nothing is said


def test_inheritance_goes_through_as_many_resources_as_there_are() -> None:
    first = resource("aws_volume.a", {"encrypted": True})
    second = resource("aws_volume.b", {"source": ref("aws_volume.a", "id")})
    assert told(read("encrypted", first, second, source=ref("aws_volume.b", "id"))) is True


def test_inheritance_from_outside_of_the_code_is_unknown() -> None:
    found = read("encrypted", source="vol-1")
    assert isinstance(found, Unknown)
    assert found.reason == "the volume `vol-1` is not in the code"


def test_inheritance_in_a_circle_is_unknown() -> None:
    other = resource("aws_volume.w", {"source": ref("aws_volume.v", "id")})
    assert told(read("encrypted", other, source=ref("aws_volume.w", "id"))) is Unknown


@pytest.mark.parametrize(
    ("setting", "written", "expected"),
    [(True, None, True), (True, False, True), (False, None, False), (False, True, True), (unknown(), False, Unknown)],
)
def test_what_is_forced_holds_whatever_is_written(setting: Any, written: Any, expected: Any) -> None:
    region = resource("aws_region.r", {"active": setting})
    assert told(read("encrypted", region, encrypted=written)) == expected


def dated(created: bool | None = None, since: date | None = None, engine: Any = "aurora") -> Any:
    project = model(KINDS, resource("aws_volume.v", {"engine": engine}, created=created), created_since=since)
    return told(only(project, "volume").read("dated", Scenario()))


def test_a_dated_default_holds_for_what_is_created_since() -> None:
    assert dated() is Unknown
    assert dated(created=False) is Unknown
    assert dated(created=True) is True
    assert dated(since=date(2026, 3, 1)) is True
    assert dated(since=date(2026, 1, 1)) is Unknown


def test_a_default_holds_only_under_its_condition() -> None:
    assert dated(engine="mysql") is False
    assert dated(engine=unknown("engine")) is Unknown


# What can be asked


def ask(condition: dict[str, Any], *others: Any, scenario: Scenario | None = None, **arguments: Any) -> bool | None:
    project = model(KINDS, resource("aws_volume.v", arguments), *others)
    found = project.entity("volume", "aws_volume.v")
    assert found is not None
    return compile_condition(condition, found.kind).check(found, scenario or Scenario()).truth


@pytest.mark.parametrize(
    ("condition", "arguments", "answer"),
    [
        ({"encrypted": True}, {"encrypted": "true"}, True),
        ({"encrypted": True}, {"encrypted": unknown()}, None),
        ({"encrypted": {"not": True}}, {"encrypted": unknown()}, None),
        ({"engine": "AURORA"}, {"engine": "aurora"}, True),
        ({"version": "8"}, {"version": 8}, True),
        ({"version": "8"}, {"version": text("9.", unknown())}, False),
        ({"version": "8"}, {"version": text("8", unknown())}, None),
        ({"version": {"in": ["8", "9"]}}, {"version": "9"}, True),
        ({"version": {"in": ["8", "9"]}}, {}, False),
        ({"version": {"not": {"in": ["8", "9"]}}}, {}, True),
        ({"version": {"present": True}}, {"version": unknown()}, None),
        ({"version": {"present": True}}, {"version": Unknown("?", refinement={"not_null": True})}, True),
        ({"version": {"present": True}}, {"version": Unknown("?", refinement={"min_length": 1})}, True),
        ({"version": {"absent": True}}, {}, True),
        ({"protocols": {"present": True}}, {"protocols": []}, False),
        ({"protocols": {"present": True}}, {"protocols": [unknown()]}, True),
        ({"parameters": {"present": True}}, {"parameters": {}}, False),
        ({"parameters": {"present": True}}, {"parameters": {"a": unknown()}}, True),
        ({"version": {"present": True}}, {"version": Encoded("json", value({"a": unknown()}))}, True),
        ({"encrypted": {"by_default": True}}, {}, True),
        ({"encrypted": {"by_default": True}}, {"encrypted": False}, False),
        ({"version": {"matches": "^8\\."}}, {"version": "8.1"}, True),
        ({"version": {"matches": "^http://"}}, {"version": text("http://", unknown("host"))}, True),
        ({"version": {"matches": "^http://"}}, {"version": text("https://", unknown("host"))}, False),
        ({"version": {"matches": "^http://"}}, {"version": text("http", unknown("rest"))}, None),
        ({"version": {"matches": "end$"}}, {"version": text(unknown("x"), "-end")}, None),
        ({"version": {"matches": "curl .*key"}}, {"version": text("curl a key ", unknown("x"))}, True),
        ({"size": {"at_least": 30}}, {"size": "30"}, True),
        ({"size": {"at_most": 29}}, {"size": 30}, False),
        ({"version": {"at_least": "1.28"}}, {"version": "1.9"}, False),
        ({"version": {"at_least": "1.28"}}, {"version": "1.30"}, True),
        ({"version": {"at_least": "1.28"}}, {"version": 1.27}, False),
        ({"version": {"at_least": "1.28"}}, {"version": "latest"}, None),
        ({"protocols": {"contains": "SSLv3"}}, {"protocols": ["TLSv1", "SSLv3"]}, True),
        ({"protocols": {"contains": "SSLv3"}}, {"protocols": ["TLSv1", unknown()]}, None),
        ({"protocols": {"every": {"in": ["a", "b"]}}}, {"protocols": ["a", "b"]}, True),
        ({"protocols": {"every": {"in": ["a", "b"]}}}, {"protocols": ["c", unknown()]}, False),
        ({"protocols": {"every": "a"}}, {"protocols": []}, True),
        ({"protocols": {"none": "a"}}, {"protocols": ["b", unknown()]}, None),
        ({"protocols": {"some": {"matches": "^a"}}}, {}, False),
        ({"key": {"customer_key": True}}, {"key": "alias/mine"}, True),
        ({"key": {"customer_key": True}}, {"key": "alias/aws/ebs"}, False),
        ({"key": {"key_owner": ["aws_managed", "none"]}}, {}, True),
        ({"tls": {"tls_at_least": "1.2"}}, {"tls": "ELBSecurityPolicy-TLS13-1-2-2021-06"}, True),
        ({"tls": {"tls_at_least": "1.2"}}, {"tls": "ELBSecurityPolicy-Next-2030-01"}, None),
        ({"parameters[rds.force_ssl]": "1"}, {"parameters": {"rds.force_ssl": "1"}}, True),
        ({"parameters[rds.force_ssl]": "1"}, {"parameters": {}}, False),
        ({"source.encrypted": True}, {"source": "vol-1"}, None),
        ({"source.encrypted": True}, {}, False),
        ({"source": {"present": True}}, {"source": "vol-1"}, True),
        ({"source": {"present": True}}, {"source": unknown()}, None),
        ({"source": {"matches": "^vol-"}}, {"source": "vol-1"}, True),
        (
            {"devices": {"every": {"size": {"at_least": 1}}}},
            {"device": [{"size": 1}, {"size": 0, "virtual": "x"}]},
            True,
        ),
        ({"devices": {"every": {"size": {"at_least": 1}}}}, {"device": [{"size": 1}, {"size": 0}]}, False),
        ({"devices": {"some": {"size": 2}}}, {"device": Unknown("?", element=value({"size": 2}))}, None),
        ({"devices": {"every": {"size": 2}}}, {"device": Unknown("?", element=value({"size": 2}))}, True),
        ({"devices": {"none": {"size": 2}}}, {"device": [{"size": 2}]}, False),
        ({"devices": {"absent": True}}, {}, True),
        ({"any": [{"encrypted": True}, {"size": 3}]}, {"encrypted": unknown(), "size": 3}, True),
        ({"all": [{"encrypted": True}, {"size": 3}]}, {"encrypted": unknown(), "size": 4}, False),
        ({"none": [{"encrypted": True}, {"size": 3}]}, {"encrypted": False, "size": 3}, False),
        ({"none": [{"encrypted": True}, {"size": 3}]}, {"encrypted": unknown(), "size": 4}, None),
    ],
)
def test_a_condition_is_true_false_or_not_decided(
    condition: dict[str, Any], arguments: dict[str, Any], answer: bool | None
) -> None:
    assert ask(condition, **arguments) is answer


def test_a_text_is_looked_into_whatever_it_is_encoded_in() -> None:
    condition = {"script": {"matches": "aws acm export-certificate"}}
    assert ask(condition, script_base64="YXdzIGFjbSBleHBvcnQtY2VydGlmaWNhdGUgLS1hcm4geA==") is True
    assert ask(condition, script=Encoded("base64", text("aws acm export-certificate ", unknown("arn")))) is True
    assert ask(condition, script=Encoded("base64", text("run ", unknown("what")))) is None


def test_a_condition_about_undecided_things_asks_for_a_scenario() -> None:
    with pytest.raises(Undecided):
        ask({"encrypted": True}, encrypted=either("prod", True, False))


@pytest.mark.parametrize(
    "condition", [{"encrypt": True}, {"source.none": 1}, {"size": {"over": 3}}, {"size": {"at_least": "many"}}]
)
def test_words_that_mean_nothing_are_refused(condition: dict[str, Any]) -> None:
    with pytest.raises(FormError):
        ask(condition)
