"""`aws_iam_policy_document`, computed as the provider computes it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from configuration import plain, root

from enclint.model.value import Encoded, Known

if TYPE_CHECKING:
    from pathlib import Path

    from enclint.model.value import Value

VARIABLES = 'variable "arn" {\n  type = string\n}\nvariable "flag" {\n  type = bool\n}\n'


def value_of(folder: Path, text: str) -> Value:
    text += 'output "o" {\n  value = data.aws_iam_policy_document.d.json\n}\n'
    return root(folder, VARIABLES + text).output("o")


def document(folder: Path, body: str, rest: str = "") -> Any:
    value = value_of(folder, f'{rest}data "aws_iam_policy_document" "d" {{\n{body}\n}}\n')
    assert isinstance(value, Known), value
    return json.loads(value.data)


def test_a_document_is_written_as_the_provider_writes_it(tmp_path: Path) -> None:
    body = """
statement {
  sid       = "Deny"
  effect    = "Deny"
  actions   = ["s3:GetObject", "s3:PutObject", "s3:GetObject"]
  resources = ["arn:aws:s3:::b/&{aws:username}/*"]
  principals {
    type        = "*"
    identifiers = ["*"]
  }
  condition {
    test     = "Bool"
    variable = "aws:SecureTransport"
    values   = [false]
  }
}
statement {
  not_actions   = ["iam:*"]
  not_resources = ["*"]
  not_principals {
    type        = "AWS"
    identifiers = ["a", "b"]
  }
}
"""
    value = value_of(tmp_path, f'data "aws_iam_policy_document" "d" {{\n{body}\n}}\n')
    assert isinstance(value, Known)
    assert (
        value.data
        == """{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "Deny",
      "Effect": "Deny",
      "Action": [
        "s3:PutObject",
        "s3:GetObject"
      ],
      "Resource": "arn:aws:s3:::b/${aws:username}/*",
      "Principal": "*",
      "Condition": {
        "Bool": {
          "aws:SecureTransport": "false"
        }
      }
    },
    {
      "Effect": "Allow",
      "NotAction": "iam:*",
      "NotResource": "*",
      "NotPrincipal": {
        "AWS": [
          "b",
          "a"
        ]
      }
    }
  ]
}"""
    )


def test_the_version_may_be_another(tmp_path: Path) -> None:
    assert document(tmp_path, 'version = "2008-10-17"\nstatement {}')["Version"] == "2008-10-17"


def test_conditions_of_one_test_are_put_together(tmp_path: Path) -> None:
    conditions = "".join(
        f'condition {{\n  test = "{test}"\n  variable = "{variable}"\n  values = ["{value}"]\n}}\n'
        for test, variable, value in (("A", "x", "1"), ("A", "y", "2"), ("B", "x", "3"), ("A", "x", "4"))
    )
    (statement,) = document(tmp_path, f"statement {{\n{conditions}}}")["Statement"]
    assert statement["Condition"] == {"A": {"x": ["1", "4"], "y": "2"}, "B": {"x": "3"}}


OTHERS = """
data "aws_iam_policy_document" "source" {
  statement {
    sid     = "A"
    actions = ["source"]
  }
  statement {
    sid     = "B"
    actions = ["source"]
  }
  statement {
    actions = ["nameless"]
  }
}
data "aws_iam_policy_document" "override" {
  statement {
    sid     = "A"
    actions = ["override"]
  }
  statement {
    sid     = "D"
    actions = ["override"]
  }
}
"""
MERGED = """
source_policy_documents   = [data.aws_iam_policy_document.source.json]
override_policy_documents = [data.aws_iam_policy_document.override.json]
statement {
  sid     = "B"
  actions = ["own"]
}
statement {
  sid     = "C"
  actions = ["own"]
}
"""


def test_documents_are_merged_by_sid(tmp_path: Path) -> None:
    statements = document(tmp_path, MERGED, OTHERS)["Statement"]
    assert [(each.get("Sid"), each["Action"]) for each in statements] == [
        ("A", "override"),
        ("B", "own"),
        (None, "nameless"),
        ("C", "own"),
        ("D", "override"),
    ]


def statements_of(value: Value) -> list[Any]:
    assert isinstance(value, Encoded)
    assert value.codec == "json"
    statements: list[Any] = plain(value.value)["Statement"]
    return statements


def test_an_unknown_part_leaves_the_others(tmp_path: Path) -> None:
    body = 'statement {\n  sid = "A"\n  effect = "Deny"\n  resources = [var.arn, "${var.arn}/*"]\n}'
    (statement,) = statements_of(value_of(tmp_path, f'data "aws_iam_policy_document" "d" {{\n{body}\n}}\n'))
    unknown = "? variable `arn` has no default"
    assert statement == {"Sid": "A", "Effect": "Deny", "Resource": [unknown, ["text", unknown, "/*"]]}


def test_an_undecided_statement_is_there_in_some_cases(tmp_path: Path) -> None:
    body = 'dynamic "statement" {\n  for_each = var.flag ? [1] : []\n  content {\n    sid = "A"\n  }\n}'
    (statement,) = statements_of(value_of(tmp_path, f'data "aws_iam_policy_document" "d" {{\n{body}\n}}\n'))
    assert statement == {("var.flag", True): {"Sid": "A", "Effect": "Allow"}, ("var.flag", False): "absent"}


def test_an_unknown_source_document_adds_unknown_statements(tmp_path: Path) -> None:
    body = 'source_policy_documents = [var.arn]\nstatement {\n  sid = "A"\n}'
    first, second = statements_of(value_of(tmp_path, f'data "aws_iam_policy_document" "d" {{\n{body}\n}}\n'))
    assert first == "? variable `arn` has no default"
    assert second["Sid"] == "A"
