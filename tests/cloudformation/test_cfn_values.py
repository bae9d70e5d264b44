"""Intrinsic functions, parameters and conditions: what is known is computed, what is not is told and never guessed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from enclint.frontends.cloudformation.project import load_projects
from enclint.frontends.cloudformation.template import read_templates
from enclint.model.value import Absent, Choice, Encoded, Hop, Known, Partial, Reference, Unknown, Value
from enclint.source import Source

if TYPE_CHECKING:
    from enclint.model.resource import ProviderResource

HEADER = """\
Transform: AWS::LanguageExtensions
Parameters:
  Default: {Type: String, Default: value}
  Number: {Type: Number, Default: 7}
  List: {Type: CommaDelimitedList, Default: "a, b,c"}
  Free: {Type: String}
  Filled: {Type: String, MinLength: 1}
  Patterned: {Type: String, AllowedPattern: "arn:.+"}
  Vpc: {Type: AWS::EC2::VPC::Id}
  Stage: {Type: String, AllowedValues: [test, prod]}
  Single: {Type: String, AllowedValues: [only]}
  Flag: {Type: String, AllowedValues: [true, false]}
  Stored: {Type: "AWS::SSM::Parameter::Value<String>", Default: /path}
  Secret: {Type: String, NoEcho: true, Default: hunter2}
  Secrets: {Type: CommaDelimitedList, NoEcho: true, Default: "hunter3, hunter4"}
  SecretChoice: {Type: String, NoEcho: true, AllowedValues: [a, b]}
Mappings:
  M:
    test: {size: 1, on: "false", list: [x, y]}
    prod: {size: 2, on: "true"}
  Coded:
    hunter2: {to: hunter5}
  Regions:
    eu-west-1: {ami: ami-1}
    us-east-1: {ami: ami-2}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
  IsTest: !Not [{Condition: IsProd}]
  Always: !Equals [a, a]
  HasFree: !Not [!Equals [!Ref Free, ""]]
  HasFilled: !Not [!Equals [!Ref Filled, ""]]
  HasPatterned: !Not [!Equals [!Ref Patterned, ""]]
  HasVpc: !Not [!Equals [!Ref Vpc, ""]]
  Ireland: !Equals [!Ref AWS::Region, eu-west-1]
  Pieced: !Equals [!Sub "x-${Free}-z", x-y-z]
  TooShort: !Equals [!Sub "xy${Free}yz", xyz]
  Both: !And [!Condition IsProd, !Equals [!Ref Flag, "true"]]
  Neither: !Or [!Condition IsProd, !Condition IsTest]
  Loop: !Condition Loop
  BooleanText: !Equals [true, "true"]
  StoredIsX: !Equals [!Ref Stored, x]
Resources:
  Key: {Type: AWS::KMS::Key}
  R:
    Type: AWS::EC2::Volume
    Properties:
      P: """


def resource(expression: str, head: str = HEADER) -> ProviderResource:
    [template] = read_templates(Source("t.yaml", f"{head}{expression}\n"))
    [project] = load_projects([template])
    assert not project.errors, project.errors
    [found] = [each for each in project.resources if each.address == "R"]
    return found


def value(expression: str) -> Value:
    return resource(expression).argument("P")


def data(each: Value) -> Any:
    """A value as plain data; what is not known as a text that says what it is."""
    if isinstance(each, Known):
        if isinstance(each.data, list):
            return [data(part) for part in each.data]
        if isinstance(each.data, dict):
            return {key: data(part) for key, part in each.data.items()}
        return each.data
    if isinstance(each, Choice):
        return {f"{each.subject.label}={case}": data(branch) for case, branch in each.branches}
    if isinstance(each, Partial):
        return [data(part) for part in each.parts]
    if isinstance(each, Encoded):
        return (each.codec, data(each.value))
    if isinstance(each, Reference):
        return f"<{each.target}.{each.attribute}>"
    if isinstance(each, Absent):
        return "<absent>"
    assert isinstance(each, Unknown)
    return f"<{each.identity or '?'}>"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("!Ref Default", "value"),
        ("!Ref Number", "7"),
        ("!Ref List", ["a", "b", "c"]),
        ("!Ref Free", "<Free>"),
        ("!Ref Single", "only"),
        ("!Ref Stage", {"Stage=test": "test", "Stage=prod": "prod"}),
        ("!Ref Flag", {"Flag=true": "true", "Flag=false": "false"}),
        ("!Ref Stored", "<Stored>"),
        ("!Ref Key", "<Key.>"),
        ("!GetAtt Key.Arn", "<Key.Arn>"),
        ("!GetAtt [Key, Arn]", "<Key.Arn>"),
        ("{'Fn::GetAtt': [Key, !Ref Default]}", "<Key.value>"),
        ("!Ref AWS::Region", "<AWS::Region>"),
        ("!Ref AWS::NoValue", "<absent>"),
        ("[a, !Ref AWS::NoValue, b]", ["a", "b"]),
        ("{a: 1, b: !Ref AWS::NoValue, c: null}", {"a": 1}),
        ("!Sub 'x-${Default}-${!Literal}'", "x-value-${Literal}"),
        ("!Sub ['${a}-${Number}', {a: !Ref Default}]", "value-7"),
        ("!Sub plain", "plain"),
        ("!Sub '${Key.Arn}/*'", ["<Key.Arn>", "/*"]),
        ("!Sub 'arn:${AWS::Partition}:s3:::x'", ["arn:", "<AWS::Partition>", ":s3:::x"]),
        ("!Sub '${Free}'", "<Free>"),
        ("!Sub 'a${Stage}'", {"Stage=test": "atest", "Stage=prod": "aprod"}),
        ("!Sub '${Stage}${Stage}'", {"Stage=test": "testtest", "Stage=prod": "prodprod"}),
        ("!Join ['-', [a, !Ref Default, 3, true]]", "a-value-3-true"),
        ("!Join ['-', !Ref List]", "a-b-c"),
        ("!Join ['', [a, !Ref Free, b, c]]", ["a", "<Free>", "bc"]),
        ("!Join ['-', [a, !Ref AWS::NoValue, b]]", "a-b"),
        ("!Join ['-', [a, !If [IsProd, p, !Ref AWS::NoValue]]]", {"Stage=test": "a", "Stage=prod": "a-p"}),
        ("!Split [',', 'a,b']", ["a", "b"]),
        ("!Select [1, !Split ['-', !Ref Stage]]", {"Stage=test": "<?>", "Stage=prod": "<?>"}),
        ("!Select ['2', !Ref List]", "c"),
        ("!Select [0, !GetAZs '']", "<GetAZs()[0]>"),
        ("!Select [!FindInMap [M, test, size], [x, y]]", "y"),
        ("!FindInMap [M, test, size]", 1),
        ("!FindInMap [M, test, list]", ["x", "y"]),
        ("!FindInMap [M, !Ref Stage, size]", {"Stage=test": 1, "Stage=prod": 2}),
        ("!FindInMap [M, !Ref Free, 'on']", {"Free=test": "false", "Free=prod": "true"}),
        (
            "!FindInMap [Regions, !Ref AWS::Region, ami]",
            {"AWS::Region=eu-west-1": "ami-1", "AWS::Region=us-east-1": "ami-2"},
        ),
        ("!FindInMap [M, !Ref Free, list]", ["x", "y"]),
        ("!FindInMap [M, nowhere, size]", "<?>"),
        ("!FindInMap [M, nowhere, size, {DefaultValue: 5}]", 5),
        ("!FindInMap [Nope, a, b, {DefaultValue: !Ref Default}]", "value"),
        ("!If [Always, a, b]", "a"),
        ("!If [IsProd, p, t]", {"Stage=test": "t", "Stage=prod": "p"}),
        ("!If [IsTest, !If [IsProd, never, t], p]", {"Stage=test": "t", "Stage=prod": "p"}),
        ("!If [Neither, a, b]", "a"),
        ("!If [HasFree, a, b]", {'Free == ""=True': "b", 'Free == ""=False': "a"}),
        ("!If [HasFilled, a, b]", "a"),
        ("!If [HasPatterned, a, b]", "a"),
        ("!If [HasVpc, a, b]", "a"),
        ("!If [BooleanText, a, b]", "a"),
        ("!If [Both, a, b]", {"Stage=test": "b", "Stage=prod": {"Flag=true": "a", "Flag=false": "b"}}),
        ("!If [Pieced, a, b]", {'Free == "y"=True': "a", 'Free == "y"=False': "b"}),
        ("!If [TooShort, a, b]", "b"),
        ("!If [Ireland, a, b]", {'AWS::Region == "eu-west-1"=True': "a", 'AWS::Region == "eu-west-1"=False': "b"}),
        ("[x, !If [Always, !Ref AWS::NoValue, b]]", ["x"]),
        ("!Base64 abc", "YWJj"),
        ("{'Fn::Base64': !Ref Default}", "dmFsdWU="),
        ("{'Fn::Sub': !Ref Default}", "<?>"),
        ("{Ref: !Sub 'Default'}", "value"),
        ("!Base64 {'Fn::Sub': 'a${Free}'}", ("base64", ["a", "<Free>"])),
        ("{'Fn::ToJsonString': {a: [1, true, !Ref Default]}}", '{"a":[1,true,"value"]}'),
        ("{'Fn::ToJsonString': {a: !Ref Free}}", ("json", {"a": "<Free>"})),
        ("{'Fn::Length': !Ref List}", 3),
        ("{'Fn::Length': [a, !Ref AWS::NoValue]}", 1),
        ("!Cidr [10.0.0.0/16, 2, 8]", ["10.0.0.0/24", "10.0.1.0/24"]),
        ("!Cidr [!Ref Free, 2, 8]", "<?>"),
        ("!ImportValue other-key", "<ImportValue other-key>"),
        ("'{{resolve:ssm:/a}}'", "<{{resolve:ssm:/a}}>"),
        ("'a{{resolve:secretsmanager:s:SecretString:p}}'", ["a", "<{{resolve:secretsmanager:s:SecretString:p}}>"]),
        ("!Sub '{{resolve:ssm:${Default}}}'", "<{{resolve:ssm:value}}>"),
        ("!Join ['', ['{{resolve:ssm:', !Ref Default, '}}']]", "<{{resolve:ssm:value}}>"),
        ("!Sub '{{resolve:secretsmanager:${Key}}}'", ["{{resolve:secretsmanager:", "<Key.>", "}}"]),
        ("{'Fn::Transform': {Name: AWS::Include, Parameters: {Location: s3://a/b}}}", "<?>"),
        ("{a: 1, 'Fn::Transform': {Name: AWS::Include}}", "<?>"),
        ("!Ref Nowhere", "<?>"),
        ("!Nonsense x", "<?>"),
        ("!Equals [!Ref Stage, prod]", {"Stage=test": False, "Stage=prod": True}),
        ("2012-10-17", "2012-10-17"),
    ],
)
def test_functions_give_what_deployment_gives(expression: str, expected: Any) -> None:
    assert data(value(expression)) == expected


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("!Ref Free", "parameter `Free` has no default"),
        ("!Ref Stored", "parameter `Stored` is read from Systems Manager Parameter Store at deployment"),
        ("!Ref AWS::AccountId", "the account's id is known only at deployment (`AWS::AccountId`)"),
        ("!Sub 'x${Free}'", "parameter `Free` has no default"),
        ("!Select [0, !Split [',', !Ref Free]]", "parameter `Free` has no default"),
        ("!ImportValue k", "no template of the scan exports `k`"),
        ("'{{resolve:ssm:/a}}'", "the dynamic reference `{{resolve:ssm:/a}}` is resolved at deployment"),
        ("!FindInMap [M, x, size]", "the map `M` has no key `x`"),
        ("!FindInMap [Nope, x, size]", "there is no map `Nope`"),
        ("!Sub '{{resolve:secretsmanager:${Key}}}'", "a dynamic reference is resolved at deployment"),
        ("!Ref Nowhere", "`Nowhere` is neither a parameter nor a resource of the template"),
        ("!GetAtt Nowhere.Arn", "`Nowhere` is no resource of the template"),
        ("!Nonsense x", "`Fn::Nonsense` is no function that is known here"),
        ("!Join [a]", "`Fn::Join` wants a delimiter and a list"),
        ("!If [IsProd, a]", "`Fn::If` wants a condition and two values"),
        ("!Select [9, [a]]", "`Fn::Select` asks for element 9 of a list of 1"),
        (
            "{'Fn::GetStackOutput': {StackName: s, OutputName: o}}",
            "the output `o` of the stack `s` is read at deployment",
        ),
        ("{'Fn::Transform': {Name: Mine}}", "`Mine` puts in text that is known only at deployment"),
    ],
)
def test_what_is_not_known_says_why_in_the_users_words(expression: str, reason: str) -> None:
    found = value(expression)
    assert isinstance(found, Unknown)
    assert found.reason == reason


def hops(each: Value) -> list[str]:
    labels: list[str] = []
    hop: Hop | None = each.trace
    while hop is not None:
        labels.append(f"{hop.label} @{hop.span.line if hop.span else '-'}")
        hop = hop.before
    return labels


def test_a_value_stands_where_it_is_used_and_its_trace_leads_to_the_default() -> None:
    found = value("!Ref Default")
    assert found.span is not None
    assert found.span.text == "!Ref Default"
    assert hops(found) == ["parameter `Default` @3"]


def test_a_decided_condition_points_to_the_arm_and_names_the_condition() -> None:
    found = value("!If [Always, !Ref Default, b]")
    assert found.span is not None
    assert found.span.text == "!Ref Default"
    assert [label.split(" @")[0] for label in hops(found)] == ["condition `Always`", "parameter `Default`"]


def test_each_case_of_a_choice_stands_in_the_resource() -> None:
    found = value("!Ref Stage")
    assert isinstance(found, Choice)
    for _, branch in found.branches:
        assert branch.span is not None
        assert branch.span.text == "!Ref Stage"
        assert branch.trace is not None
        assert branch.trace.label == "parameter `Stage`"
    arms = value("!If [IsProd, p, t]")
    assert isinstance(arms, Choice)
    assert [branch.span.text for _, branch in arms.branches if branch.span] == ["t", "p"]


@pytest.mark.parametrize(
    "expression",
    [
        "!Ref Secret",
        "!Sub 'x${Secret}'",
        "!Join ['', [a, !Ref Secret]]",
        "!Base64 {Ref: Secret}",
        "!Select [0, !Split [t, !Ref Secret]]",
        "!Ref Secrets",
        "!Select [1, !Ref Secrets]",
        "!Join ['-', !Ref Secrets]",
        "!Select [0, !Split ['-', !Join ['-', !Ref Secrets]]]",
        "!FindInMap [Coded, !Ref Secret, to]",
    ],
)
def test_what_is_made_of_a_noecho_parameter_is_never_printed(expression: str) -> None:
    found = value(expression)
    assert found.sensitive or "hunter2" not in repr(found)
    assert "hunter" not in repr(found)


@pytest.mark.parametrize(
    "expression",
    [
        "{Ref: !Ref Secret}",
        "!GetAtt [!Ref Secret, Arn]",
        "!FindInMap [!Ref Secret, a, b]",
        "!FindInMap [M, !Ref Secret, b]",
        "!FindInMap [M, test, !Ref Secret]",
        "!ImportValue {Ref: Secret}",
        "!ImportValue {'Fn::Sub': '${Secret}-${Free}'}",
    ],
)
def test_no_reason_tells_a_noecho_parameter(expression: str) -> None:
    found = value(expression)
    assert isinstance(found, Unknown)
    assert "hunter" not in found.reason


def test_the_values_of_a_noecho_parameter_make_no_scenarios() -> None:
    found = value("!Ref SecretChoice")
    assert isinstance(found, Unknown)
    assert found.sensitive


def test_a_condition_that_names_itself_or_nothing_is_undecided() -> None:
    for name in ("Loop", "Nowhere"):
        found = value(f"!If [{name}, a, b]")
        assert isinstance(found, Choice)
        assert f"`{name}`" in found.subject.label


def test_twelve_undecided_conditions_end_in_a_reason_and_not_in_a_hang() -> None:
    parameters = "".join(f"  P{n}: {{Type: String, AllowedValues: [a, b]}}\n" for n in range(12))
    conditions = "".join(f"  C{n}: !Equals [!Ref P{n}, a]\n" for n in range(12))
    everything = f"  All: !And [{', '.join(f'!Condition C{n}' for n in range(10))}]\n"
    head = (
        f"Parameters:\n{parameters}Conditions:\n{conditions}{everything}Resources:\n  R:\n    Type: AWS::EC2::Volume\n"
        "    Properties:\n      All: !If [All, a, b]\n      P: "
    )
    nested = "x"
    for number in range(12):
        nested = f"!If [C{number}, {nested}, !If [C{number}, z, [{nested}]]]" if number < 6 else f"[{nested}]"
    found = resource("!Join ['', [" + ", ".join(f"!If [C{n}, a, !Ref AWS::NoValue]" for n in range(12)) + "]]", head)
    joined = found.argument("P")
    assert isinstance(joined, Unknown)
    assert "more than 64 combinations" in joined.reason
    all_of_them = found.argument("All")
    assert isinstance(all_of_them, Choice)
    text = resource(f"!Sub '{''.join('${' + f'P{n}' + '}' for n in range(12))}'", head).argument("P")
    assert isinstance(text, Partial)


def test_a_resource_that_a_condition_decides_exists_in_some_cases_or_not_at_all() -> None:
    text = (
        HEADER.replace("  R:\n", "  R:\n    Condition: IsProd\n") + "1\n"
        "  Gone:\n    Type: AWS::EC2::Volume\n    Condition: No\n"
    ).replace("Conditions:\n", "Conditions:\n  No: !Equals [a, b]\n")
    [project] = load_projects(read_templates(Source("t.yaml", text)))
    by_name = {each.address: each for each in project.resources}
    assert data(by_name["R"].exists) == {"Stage=test": False, "Stage=prod": True}
    assert data(by_name["Key"].exists) is True
    assert "Gone" not in by_name


def test_rules_that_are_not_decided_constrain_what_is_deployed() -> None:
    rules = """Rules:
  ProdIsOn:
    RuleCondition: !Equals [!Ref Stage, prod]
    Assertions:
      - Assert: !Equals [!Ref Flag, "true"]
  Always:
    Assertions:
      - Assert: !Equals [!Ref Default, value]
"""
    [project] = load_projects(read_templates(Source("t.yaml", f"{rules}{HEADER}x\n")))
    assert [data(each) for each in project.constraints] == [
        {"Stage=test": True, "Stage=prod": {"Flag=true": True, "Flag=false": False}}
    ]


def test_a_default_that_a_rule_refuses_is_not_what_is_deployed() -> None:
    rules = """Rules:
  Other:
    Assertions:
      - Assert: !Not [!Equals [!Ref Default, value]]
  Listed:
    Assertions:
      - Assert: {"Fn::Contains": [[a, b], !Ref Free]}
      - Assert: !Equals [!Ref Filled, only]
"""
    head = rules + HEADER
    assert data(resource("!Ref Default", head).argument("P")) == "<Default>"
    assert data(resource("!Ref Free", head).argument("P")) == {"Free=a": "a", "Free=b": "b"}
    assert data(resource("!Ref Filled", head).argument("P")) == "only"


LOOP = """\
Transform: AWS::LanguageExtensions
Parameters:
  Names: {Type: CommaDelimitedList, Default: "One,T-wo"}
  Unknown: {Type: CommaDelimitedList}
Resources:
  Fn::ForEach::Volumes:
    - Name
    - %s
    - Volume&{Name}:
        Type: AWS::EC2::Volume
        Properties:
          Tags: [!Ref Name, !Sub "x-${Name}-${AWS::Region}"]
          Fn::ForEach::Properties:
            - Property
            - [Size, Iops]
            - ${Property}: !Sub "${Name}-${Property}"
"""


@pytest.mark.parametrize("collection", ["[One, T-wo]", "!Ref Names"])
def test_loops_are_written_out_at_their_place(collection: str) -> None:
    [project] = load_projects(read_templates(Source("t.yaml", LOOP % collection)))
    assert [each.address for each in project.resources] == ["VolumeOne", "VolumeTwo"]
    second = project.resources[1]
    assert data(second.argument("Tags")) == ["T-wo", ["x-T-wo-", "<AWS::Region>"]]
    assert data(second.argument("Iops")) == "T-wo-Iops"
    assert second.header is not None
    assert second.header.text == "Volume&{Name}"


def test_a_loop_over_something_unknown_is_written_out_once() -> None:
    [project] = load_projects(read_templates(Source("t.yaml", LOOP % "!Ref Unknown")))
    [only] = project.resources
    assert only.address == "Volume&{Name}"
    assert data(only.argument("Size"))[1] == "-Size"


def test_a_loop_cannot_make_more_than_a_bounded_number_of_nodes() -> None:
    numbers = ", ".join(str(number) for number in range(400))
    inner = "{'V${A}x${B}x${C}': {Type: AWS::EC2::Volume}}"
    for name in "CBA":
        inner = f"{{'Fn::ForEach::L{name}': [{name}, [{numbers}], {inner}]}}"
    [project] = load_projects(
        read_templates(Source("t.yaml", f"Resources: {inner}\n")),
    )
    assert "makes more than" in project.errors[0].message


@pytest.mark.parametrize(
    "expression",
    ["'{{resolve:secretsmanager:cache}}'", "!ImportValue k", "!Ref Stored"],
    ids=["dynamic", "import", "ssm"],
)
def test_what_comes_from_a_store_or_an_export_is_never_empty(expression: str) -> None:
    found = value(expression)
    assert isinstance(found, Unknown)
    assert found.refinement == {"min_length": 1}
