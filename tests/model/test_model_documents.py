"""What a policy document says, however it is written, and what cannot be seen of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from building import either, model, ref, resource, text, unknown, value, vocabulary
from enclint.model import documents
from enclint.model.scenario import Scenario, Undecided
from enclint.model.value import Absent, Encoded, Value

KINDS = vocabulary("""
iam_policy_document:
  title: IAM policy document
  properties: {statements: {type: list}, sources: {type: list}, overrides: {type: list}}
  terraform:
    data.aws_iam_policy_document:
      {statements: statement, sources: source_policy_documents, overrides: override_policy_documents}
""")
BUCKET = "arn:aws:s3:::example"
WITHOUT_TLS = {"Bool": {"aws:SecureTransport": "false"}}
TLS_ONLY: dict[str, Any] = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": [BUCKET, f"{BUCKET}/*"],
    "Condition": WITHOUT_TLS,
}
OPEN: dict[str, Any] = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "s3:GetObject", "Resource": "*"}


def document(*statements: Any) -> Value:
    return value({"Version": "2012-10-17", "Statement": list(statements)})


def denies(written: Value, scope: str = "bucket", *resources: Any) -> bool | str:
    project = model(KINDS, *resources)
    return documents.denies_insecure_transport(documents.read(written, project, Scenario()), scope)


def opens(written: Value) -> bool | str:
    answer = documents.allows_any_principal(documents.read(written, model(KINDS), Scenario()))
    return True if isinstance(answer, documents.Statement) else answer


def changed(statement: dict[str, Any], **members: Any) -> dict[str, Any]:
    return {**statement, **members}


@pytest.mark.parametrize(
    "written",
    [
        document(TLS_ONLY),
        value(json.dumps({"Statement": TLS_ONLY})),
        Encoded("json", document(changed(TLS_ONLY, Resource=[ref("b"), text(ref("b"), "/*")]))),
        document(changed(TLS_ONLY, Resource="*")),
        document(changed(TLS_ONLY, Principal={"AWS": ["arn:aws:iam::111122223333:root", "*"]}, Action=["*"])),
        document(changed(TLS_ONLY, Resource=f"{BUCKET}*")),
        document(changed(TLS_ONLY, Condition={"Bool": {"aws:securetransport": False}})),
        document(OPEN, changed(TLS_ONLY, Resource=BUCKET), changed(TLS_ONLY, Resource=f"{BUCKET}/*")),
    ],
)
def test_every_request_without_tls_is_denied(written: Value) -> None:
    assert denies(written) is True


@pytest.mark.parametrize(
    "statement",
    [
        changed(TLS_ONLY, Resource=f"{BUCKET}/*"),
        changed(TLS_ONLY, Resource=BUCKET),
        changed(TLS_ONLY, Resource=[BUCKET, f"{BUCKET}/logs/*"]),
        changed(TLS_ONLY, Effect="Allow"),
        changed(TLS_ONLY, Action="s3:PutObject"),
        changed(TLS_ONLY, Principal={"AWS": "arn:aws:iam::111122223333:role/one"}),
        changed(TLS_ONLY, Condition={"Bool": {"aws:SecureTransport": "true"}}),
        changed(TLS_ONLY, Condition={**WITHOUT_TLS, "StringEquals": {"aws:SourceVpc": "vpc-1"}}),
        {key: member for key, member in TLS_ONLY.items() if key != "Condition"},
    ],
)
def test_what_leaves_a_way_without_tls_does_not_count(statement: dict[str, Any]) -> None:
    assert denies(document(statement)) is False


MOUNT: dict[str, Any] = {
    "Effect": "Allow",
    "Principal": "*",
    "Action": "elasticfilesystem:ClientMount",
    "Resource": "*",
}
WITH_TLS = {"Bool": {"aws:SecureTransport": "true"}}
THROUGH_TARGETS = {"Bool": {"aws:SecureTransport": "false", "elasticfilesystem:AccessedViaMountTarget": "true"}}
NO_MOUNT_WITHOUT_TLS = changed(MOUNT, Effect="Deny", Condition=WITHOUT_TLS)


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([changed(TLS_ONLY, Action="*")], True),
        ([MOUNT, NO_MOUNT_WITHOUT_TLS], True),
        ([MOUNT, changed(NO_MOUNT_WITHOUT_TLS, Condition=THROUGH_TARGETS)], True),
        ([changed(MOUNT, Condition=WITH_TLS)], True),
        ([MOUNT, changed(MOUNT, Condition=WITH_TLS)], False),
        ([MOUNT, changed(NO_MOUNT_WITHOUT_TLS, Action="elasticfilesystem:ClientWrite")], False),
        ([changed(MOUNT, Effect="Deny", Action="elasticfilesystem:ClientRootAccess")], False),
        ([changed(MOUNT, Condition={"Bool": {"aws:SecureTransport": unknown()}})], "variable `x` has no default"),
        ([changed(MOUNT, Condition=WITH_TLS), unknown()], "variable `x` has no default"),
        ([unknown(), NO_MOUNT_WITHOUT_TLS], True),
    ],
)
def test_a_file_system_is_protected_by_denying_mounts_or_by_allowing_only_those_with_tls(
    statements: list[Any], expected: bool | str
) -> None:
    assert denies(document(*statements), "file_system") == expected


def test_only_of_a_file_system_is_it_enough_to_allow_with_tls() -> None:
    assert denies(document(changed(MOUNT, Condition=WITH_TLS)), "resource") is False
    assert denies(document(changed(TLS_ONLY, Condition=THROUGH_TARGETS)), "resource") is False


def test_no_document_denies_nothing() -> None:
    assert denies(Absent()) is False
    assert denies(value("")) is False


def test_half_a_bucket_can_be_asked_for() -> None:
    objects = document(changed(TLS_ONLY, Resource=f"{BUCKET}/*"))
    assert denies(objects, "objects") is True
    assert denies(objects, "bucket_itself") is False


def test_a_topic_policy_need_only_deny_publishing() -> None:
    topic = document(changed(TLS_ONLY, Action="SNS:Publish", Resource="arn:aws:sns:eu-west-1:111122223333:t"))
    assert denies(topic, "topic") is True
    assert denies(topic, "resource") is False


@pytest.mark.parametrize(
    "written",
    [
        unknown("policy"),
        document(changed(TLS_ONLY, Effect=unknown("effect"))),
        document(changed(TLS_ONLY, Principal=unknown("principal"))),
        document(changed(TLS_ONLY, Resource=[BUCKET, unknown("resource")])),
        document(changed(TLS_ONLY, Condition=unknown("condition"))),
        document(unknown("statement")),
        text('{"Statement": [', unknown("statement"), "]}"),
    ],
)
def test_what_may_deny_it_is_undecided(written: Value) -> None:
    assert isinstance(denies(written), str)


def test_unknown_pieces_elsewhere_do_not_matter() -> None:
    other = changed(OPEN, Condition={"NotIpAddress": {"aws:SourceIp": unknown("office")}})
    assert denies(document(other, TLS_ONLY)) is True


def test_a_heredoc_with_references_is_one_document() -> None:
    written = text(
        '{"Statement": {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": ["',
        ref("aws_s3_bucket.b"),
        '", "',
        ref("aws_s3_bucket.b"),
        '/*"], "Condition": {"Bool": {"aws:SecureTransport": "false"}}}, "Other": ',
        unknown("list"),
        "}",
    )
    assert denies(written) is True


BLOCK = {
    "sid": "Tls",
    "effect": "Deny",
    "actions": ["s3:*"],
    "resources": [ref("aws_s3_bucket.b"), text(ref("aws_s3_bucket.b"), "/*")],
    "principals": [{"type": "*", "identifiers": ["*"]}],
    "condition": [{"test": "Bool", "variable": "aws:SecureTransport", "values": ["false"]}],
}


def test_a_document_is_built_from_blocks_and_other_documents() -> None:
    first = resource("data.aws_iam_policy_document.first", {"statement": [BLOCK]})
    second = resource(
        "data.aws_iam_policy_document.second",
        {
            "source_policy_documents": [ref("data.aws_iam_policy_document.first", "json")],
            "statement": [{"actions": ["s3:GetObject"]}],
        },
    )
    assert denies(ref("data.aws_iam_policy_document.second", "json"), "bucket", first, second) is True


def test_a_later_statement_of_the_same_name_replaces_an_earlier_one() -> None:
    override = json.dumps({"Statement": [changed(TLS_ONLY, Sid="Tls", Effect="Allow")]})
    built = resource("data.aws_iam_policy_document.d", {"statement": [BLOCK], "override_policy_documents": [override]})
    assert denies(ref("data.aws_iam_policy_document.d", "json"), "bucket", built) is False


def test_a_statement_under_a_condition_is_asked_for_case_by_case() -> None:
    written = document(either("tls", TLS_ONLY, Absent()))
    with pytest.raises(Undecided):
        denies(written)


@pytest.mark.parametrize(
    "statement",
    [
        OPEN,
        changed(OPEN, Principal="*"),
        changed(OPEN, Condition={"StringLike": {"aws:PrincipalOrgID": "*"}}),
        changed(OPEN, Condition={"StringLike": {"aws:PrincipalOrgID": "o-*"}}),
        changed(OPEN, Condition={"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/app"}}),
        changed(OPEN, Condition={"ArnLike": {"aws:PrincipalArn": text("arn:aws:iam::*:role/", unknown("role"))}}),
        changed(OPEN, Condition={"ArnLike": {"aws:SourceArn": "arn:aws:s3:::*"}}),
        changed(OPEN, Condition={"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}}),
        changed(OPEN, Condition={"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}),
        changed(OPEN, Condition={"Bool": {"aws:SecureTransport": "true"}}),
        changed(OPEN, Condition={"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}),
        {"Effect": "Allow", "NotPrincipal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "*", "Resource": "*"},
    ],
)
def test_something_is_allowed_to_everybody(statement: dict[str, Any]) -> None:
    assert opens(document(statement)) is True


@pytest.mark.parametrize(
    "statement",
    [
        changed(OPEN, Effect="Deny"),
        changed(OPEN, Principal={"AWS": "arn:aws:iam::111122223333:root"}),
        changed(OPEN, Principal={"AWS": text("arn:aws:iam::", unknown("account"), ":root")}),
        changed(OPEN, Principal={"Service": "logs.amazonaws.com"}),
        changed(OPEN, Condition={"StringEquals": {"kms:CallerAccount": "111122223333"}}),
        changed(OPEN, Condition={"StringEquals": {"aws:PrincipalOrgID": ["o-1", "o-2"]}}),
        changed(OPEN, Condition={"ArnLike": {"aws:SourceArn": "arn:aws:s3:::example"}}),
        changed(OPEN, Condition={"ArnLike": {"aws:SourceArn": "arn:aws:s3:::example-*"}}),
        changed(OPEN, Condition={"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/*"}}),
        changed(OPEN, Condition={"ArnLike": {"aws:PrincipalArn": text("arn:aws:iam::", unknown("account"), ":*")}}),
        changed(OPEN, Condition={"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-1/*"}}),
        changed(OPEN, Condition={"StringLike": {"aws:userid": "AROAEXAMPLE:*"}}),
        TLS_ONLY,
    ],
)
def test_what_is_bound_or_denied_is_not_open(statement: dict[str, Any]) -> None:
    assert opens(document(statement)) is False


def test_an_unknown_principal_may_be_everybody() -> None:
    assert opens(document(changed(OPEN, Principal={"AWS": unknown("who")}))) == "variable `who` has no default"
