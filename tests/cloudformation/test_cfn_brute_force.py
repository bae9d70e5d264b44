"""Verdicts are what trying all parameter values gives: random templates with rules, companions, maps and nested stacks.

Each template is judged once as it is, and once for every deployment that its rules allow, in which nothing is
undecided. Fails in all deployments that have the resource: fail. In some: unknown. In none: pass.
"""

from __future__ import annotations

import itertools
import json
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from enclint.frontends.cloudformation.parameter_files import Environment
from enclint.frontends.cloudformation.project import Settings, load_projects
from enclint.frontends.cloudformation.template import read_templates
from enclint.model.value import Known
from enclint.policy import bundled
from enclint.policy.judge import judge
from enclint.policy.settings import Settings as Wanted
from enclint.source import Source

POLICIES = (
    "ebs-volume-cmk",
    "ebs-volume-unencrypted",
    "s3-policy-insecure-transport",
    "s3-sse-kms",
)
CATALOG = bundled.load()
WANTED = Wanted(select=POLICIES)
PARAMETERS = {
    "Stage": {"Type": "String", "AllowedValues": ["dev", "test", "prod"]},
    "Flag": {"Type": "String", "AllowedValues": ["true", "false"]},
    "Free": {"Type": "String"},
    "Area": {"Type": "String"},
}
DOMAINS = {
    "Stage": ["dev", "test", "prod"],
    "Flag": ["true", "false"],
    "Free": ["dev", "test", "prod", "something else"],
    "Area": ["north", "south"],
}
"""What the parameters may be worth; `Area` is a key of a map, so nothing else can be deployed."""
MAPPINGS = {
    "ByArea": {"north": {"on": "true", "algorithm": "aws:kms"}, "south": {"on": False, "algorithm": "AES256"}},
    "ByStage": {"dev": {"on": False}, "test": {"on": "false"}, "prod": {"on": True}},
}
CONDITIONS = ("C1", "C2", "C3")
NO_VALUE = {"Ref": "AWS::NoValue"}

compared = st.sampled_from(
    [
        *([{"Ref": "Stage"}, each] for each in DOMAINS["Stage"]),
        [{"Ref": "Flag"}, "true"],
        [{"Ref": "Free"}, "prod"],
        [{"Ref": "Free"}, {"Ref": "Stage"}],
        [{"Fn::FindInMap": ["ByStage", {"Ref": "Stage"}, "on"]}, "true"],
        [{"Fn::FindInMap": ["ByArea", {"Ref": "Area"}, "on"]}, {"Ref": "Flag"}],
        [{"Fn::Join": ["-", [{"Ref": "Stage"}, {"Ref": "Flag"}]]}, "prod-true"],
        [{"Fn::Sub": "${Flag}${Area}"}, "truenorth"],
    ]
).map(lambda pair: {"Fn::Equals": pair})


def conditions(names: tuple[str, ...]) -> st.SearchStrategy[Any]:
    """A condition that may name earlier ones."""
    base = st.one_of(compared, st.sampled_from(names).map(lambda name: {"Condition": name})) if names else compared
    return st.recursive(
        base,
        lambda inner: st.one_of(
            st.lists(inner, min_size=2, max_size=3).map(lambda each: {"Fn::And": each}),
            st.lists(inner, min_size=2, max_size=3).map(lambda each: {"Fn::Or": each}),
            inner.map(lambda each: {"Fn::Not": [each]}),
        ),
        max_leaves=3,
    )


def decided(*values: Any) -> st.SearchStrategy[Any]:
    """One of some values, or an `Fn::If` between such."""
    return st.recursive(
        st.sampled_from(values),
        lambda inner: st.tuples(st.sampled_from(CONDITIONS), inner, inner).map(lambda three: {"Fn::If": list(three)}),
        max_leaves=4,
    )


on = decided(
    True,
    "true",
    "false",
    False,
    NO_VALUE,
    {"Ref": "Flag"},
    {"Fn::FindInMap": ["ByStage", {"Ref": "Stage"}, "on"]},
    {"Fn::FindInMap": ["ByArea", {"Ref": "Area"}, "on"]},
)
key = decided(NO_VALUE, {"Fn::GetAtt": ["Key", "Arn"]}, "alias/aws/ebs", {"Fn::Sub": "alias/${Stage}-key"})
algorithm = decided("AES256", "aws:kms", {"Fn::FindInMap": ["ByArea", {"Ref": "Area"}, "algorithm"]})


@st.composite
def encryption(draw: st.DrawFn) -> Any:
    """The encryption of a bucket: nothing, a block, a block with an item that may not be there."""
    rule = {"ServerSideEncryptionByDefault": {"SSEAlgorithm": draw(algorithm)}}
    block = {"ServerSideEncryptionConfiguration": [draw(decided(rule, rule))]}
    return draw(decided(block, NO_VALUE))


def statement(resources: Any) -> dict[str, Any]:
    condition = {"Bool": {"aws:SecureTransport": "false"}}
    return {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": resources, "Condition": condition}


BUCKET, OBJECTS = {"Fn::GetAtt": ["Bucket", "Arn"]}, {"Fn::Sub": "${Bucket.Arn}/*"}
statements = st.lists(
    decided(statement([BUCKET, OBJECTS]), statement([BUCKET]), statement([OBJECTS]), NO_VALUE), min_size=1, max_size=2
)
rules = st.fixed_dictionaries(
    {"Assertions": st.lists(conditions(()).map(lambda each: {"Assert": each}), min_size=1, max_size=2)},
    optional={"RuleCondition": compared},
)
existing = st.one_of(st.none(), st.sampled_from(CONDITIONS))


def under(condition: str | None, resource: dict[str, Any]) -> dict[str, Any]:
    return resource if condition is None else {"Condition": condition, **resource}


@st.composite
def templates(draw: st.DrawFn) -> dict[str, Any]:
    section: dict[str, Any] = {}
    for name in CONDITIONS:
        section[name] = draw(conditions(tuple(section)))
    bucket = {"BucketEncryption": draw(encryption())}
    volume = {"Encrypted": draw(on), "KmsKeyId": draw(key)}
    policy = {"Bucket": {"Ref": "Bucket"}, "PolicyDocument": {"Statement": draw(statements)}}
    nested = {"TemplateURL": "child.json", "Parameters": {"Encrypt": draw(on)}}
    return {
        "Parameters": PARAMETERS,
        "Mappings": MAPPINGS,
        "Conditions": section,
        "Rules": {f"R{number}": rule for number, rule in enumerate(draw(st.lists(rules, max_size=2)))},
        "Resources": {
            "Key": {"Type": "AWS::KMS::Key"},
            "Volume": under(draw(existing), {"Type": "AWS::EC2::Volume", "Properties": volume}),
            "Bucket": under(draw(existing), {"Type": "AWS::S3::Bucket", "Properties": bucket}),
            "Policy": under(draw(existing), {"Type": "AWS::S3::BucketPolicy", "Properties": policy}),
            "Nested": under(draw(existing), {"Type": "AWS::CloudFormation::Stack", "Properties": nested}),
        },
    }


CHILD = {
    "Parameters": {"Encrypt": {"Type": "String", "Default": "true", "AllowedValues": ["true", "false"]}},
    "Conditions": {"Asked": {"Fn::Equals": [{"Ref": "Encrypt"}, "true"]}},
    "Resources": {
        "Inner": {"Type": "AWS::EC2::Volume", "Properties": {"Encrypted": {"Fn::If": ["Asked", True, "false"]}}}
    },
}


class Deployment:
    """What CloudFormation makes of conditions and rules once all parameters have values."""

    def __init__(self, template: dict[str, Any], values: dict[str, str]) -> None:
        self.template = template
        self.values = values

    def is_allowed(self) -> bool:
        return all(
            ("RuleCondition" in rule and not self.holds(rule["RuleCondition"]))
            or all(self.holds(each["Assert"]) for each in rule["Assertions"])
            for rule in self.template["Rules"].values()
        )

    def holds(self, node: Any) -> bool:
        [(name, argument)] = node.items()
        if name == "Condition":
            return self.holds(self.template["Conditions"][argument])
        if name == "Fn::Equals":
            return self.text(argument[0]) == self.text(argument[1])
        results = [self.holds(each) for each in argument]
        return {"Fn::And": all(results), "Fn::Or": any(results), "Fn::Not": not results[0]}[name]

    def text(self, node: Any) -> str:
        if isinstance(node, bool):
            return str(node).lower()
        if isinstance(node, str):
            return node
        [(name, argument)] = node.items()
        if name == "Ref":
            return self.values[argument]
        if name == "Fn::FindInMap":
            return self.text(MAPPINGS[argument[0]][self.text(argument[1])][argument[2]])
        if name == "Fn::Join":
            return argument[0].join(self.text(each) for each in argument[1])
        return argument.replace("${Flag}", self.values["Flag"]).replace("${Area}", self.values["Area"])

    def has(self, resource: dict[str, Any]) -> bool:
        return "Condition" not in resource or self.holds({"Condition": resource["Condition"]})


Verdicts = dict[tuple[str, str], str]


def verdicts(template: dict[str, Any], values: dict[str, str] | None = None) -> Verdicts:
    """The verdicts that are no pass, by policy and resource."""
    files = {"root.json": template, "child.json": CHILD}
    read = [each for path, data in files.items() for each in read_templates(Source(path, json.dumps(data)))]
    environments = ()
    if values is not None:
        parameters = {name: Known(value) for name, value in values.items()}
        environments = (Environment("", parameters, {}, {}, "root.json"),)
    [project] = load_projects(read, Settings(environments))
    assert not project.errors
    findings = judge(project, CATALOG, WANTED).findings
    return {(each.policy, each.resource.partition("#")[2] or each.resource): each.verdict.value for each in findings}


JUDGED = {
    ("ebs-volume-cmk", "Volume"): "Volume",
    ("ebs-volume-unencrypted", "Volume"): "Volume",
    ("ebs-volume-unencrypted", "Inner"): "Nested",
    ("s3-policy-insecure-transport", "Bucket"): "Bucket",
    ("s3-sse-kms", "Bucket"): "Bucket",
}
"""What is compared, with the resource on whose condition it hangs."""


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(templates())
def test_verdicts_are_those_of_all_deployments_that_the_rules_allow(template: dict[str, Any]) -> None:
    seen: dict[tuple[str, str], set[str]] = {each: set() for each in JUDGED}
    combinations = itertools.product(*DOMAINS.values())
    tried = [Deployment(template, dict(zip(DOMAINS, each, strict=True))) for each in combinations]
    deployments = [each for each in tried if each.is_allowed()]
    assume(deployments)
    for deployment in deployments:
        found = verdicts(template, deployment.values)
        for each, resource in JUDGED.items():
            if deployment.has(template["Resources"][resource]):
                seen[each].add(found.get(each, "pass"))
            else:
                assert each not in found
    ours = verdicts(template)
    for each, results in seen.items():
        assert "unknown" not in results
        expected = "unknown" if len(results) > 1 else next(iter(results), "pass")
        assert ours.get(each, "pass") == expected, each
