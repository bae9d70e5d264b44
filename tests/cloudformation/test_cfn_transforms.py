"""Loops and SAM's globals give what cfn-lint's transforms give."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cfnlint.decode import cfn_yaml
from cfnlint.template import Template
from cfnlint.template.transforms.transform import Transform

from enclint.frontends.cloudformation.project import load_projects
from enclint.frontends.cloudformation.template import read_templates
from enclint.model.value import Known, Partial, Unknown, Value
from enclint.source import Source

LOOPS = """\
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::LanguageExtensions
Parameters:
  Names: {Type: CommaDelimitedList, Default: "Logs,Files"}
Mappings:
  M: {sizes: {all: [Small, Large]}}
Resources:
  Fn::ForEach::Buckets:
    - Name
    - !Ref Names
    - Bucket${Name}:
        Type: AWS::S3::Bucket
        Properties:
          BucketName: !Sub "x-${Name}-${AWS::Region}"
          Tags: [{Key: Name, Value: !Ref Name}]
  Fn::ForEach::Outer:
    - A
    - [One, Two]
    - Fn::ForEach::Inner:
        - B
        - !FindInMap [M, sizes, all]
        - Volume${A}${B}:
            Type: AWS::EC2::Volume
            Properties:
              Fn::ForEach::P:
                - Property
                - [Iops, Size]
                - ${Property}: !Sub "${A}-${B}-${Property}"
              SnapshotId: !GetAtt [!Sub "Bucket${A}", Arn]
  BucketOne: {Type: AWS::S3::Bucket}
  BucketTwo: {Type: AWS::S3::Bucket}
"""

GLOBALS = """\
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Globals:
  Function:
    Runtime: python3.13
    KmsKeyArn: arn:global
    Layers: [one]
    Environment: {Variables: {A: global, B: global}}
    VpcConfig: {SubnetIds: [a], SecurityGroupIds: [b]}
  SimpleTable: {SSESpecification: {SSEEnabled: true}}
Resources:
  Merged:
    Type: AWS::Serverless::Function
    Properties:
      Layers: [two]
      Environment: {Variables: {B: own, C: own}}
      VpcConfig: !Ref AWS::NoValue
  Without: {Type: AWS::Serverless::Function}
  Ignoring:
    Type: AWS::Serverless::Function
    IgnoreGlobals: "*"
    Properties: {Handler: x}
  Partly:
    Type: AWS::Serverless::Function
    IgnoreGlobals: [KmsKeyArn, Layers]
    Properties: {Handler: x}
  Table: {Type: AWS::Serverless::SimpleTable}
"""


def shown(value: Value) -> Any:
    if isinstance(value, Known):
        if isinstance(value.data, list):
            return [shown(part) for part in value.data]
        if isinstance(value.data, dict):
            return {key: shown(part) for key, part in value.data.items()}
        return value.data
    if isinstance(value, Partial):
        return [shown(part) for part in value.parts]
    return getattr(value, "identity", None) if isinstance(value, Unknown) else "absent"


def values(text: str) -> dict[str, Any]:
    [project] = load_projects(read_templates(Source("t.yaml", text)))
    assert not project.errors
    return {
        each.key: (each.type, {name: shown(each.argument(name)) for name in sorted(each.names())})
        for each in project.resources
    }


def transformed_by_cfn_lint(text: str) -> str:
    template = Template("t.yaml", cfn_yaml.loads(text, "t.yaml"))
    assert not Transform().transform(template)
    data = json.loads(json.dumps(template.template))
    data.pop("Globals", None)
    return json.dumps(data)


@pytest.mark.parametrize("text", [LOOPS, GLOBALS], ids=["loops", "globals"])
def test_transforms_give_what_cfn_lints_give(text: str) -> None:
    ours = values(text)
    assert ours == values(transformed_by_cfn_lint(text))
    assert len(ours) >= 8
