"""Whose key is it: by reference, alias, ARN, data source, and what is not known of a text."""

from __future__ import annotations

from typing import Any

import pytest

from building import KEY_ARN, either, model, ref, resource, text, unknown, value, vocabulary
from enclint.model.keys import Owner, owner_of
from enclint.model.scenario import Scenario, Undecided
from enclint.model.value import Absent, Unknown

KINDS = vocabulary("""
kms_key:
  title: KMS key
  properties:
    named: {type: string}
    custom_key_store: {type: string}
  terraform:
    aws_kms_key: {custom_key_store: custom_key_store_id}
    data.aws_kms_key: {named: key_id}
kms_alias:
  title: KMS alias
  identified_by: [name]
  properties:
    name: {type: string}
    target: {type: reference, to: kms_key}
  terraform:
    aws_kms_alias: {name: name, target: target_key_id}
    data.aws_kms_alias: {name: name}
""")

PROJECT = model(
    KINDS,
    resource("aws_kms_key.own"),
    resource("aws_kms_key.hsm", {"custom_key_store_id": "cks-1"}),
    resource("aws_kms_key.perhaps", {"custom_key_store_id": unknown("store")}),
    resource("aws_kms_key.many[0]"),
    resource("aws_kms_key.many[1]"),
    resource("aws_kms_alias.own", {"name": "alias/own", "target_key_id": ref("aws_kms_key.own", "key_id")}),
    resource("aws_kms_alias.hsm", {"name": "alias/hsm", "target_key_id": ref("aws_kms_key.hsm", "key_id")}),
    resource("aws_kms_alias.elsewhere", {"name": "alias/elsewhere", "target_key_id": unknown("key")}),
    resource("aws_kms_alias.of_env", {"name": text("alias/", unknown("env"), "-key"), "target_key_id": unknown("key")}),
    resource("aws_kms_alias.asked", {"name": unknown("whole"), "target_key_id": ref("aws_kms_key.hsm", "key_id")}),
    resource("data.aws_kms_alias.aws", {"name": "alias/aws/kinesis"}),
    resource("data.aws_kms_alias.own", {"name": "alias/other-team"}),
    resource("data.aws_kms_alias.asked", {"name": unknown("alias")}),
    resource("data.aws_kms_key.aws", {"key_id": "alias/aws/s3"}),
    resource("data.aws_kms_key.own", {"key_id": KEY_ARN}),
    resource("aws_s3_bucket.other"),
)


@pytest.mark.parametrize(
    ("key", "owner"),
    [
        (Absent(), Owner.NONE),
        ("", Owner.NONE),
        (Owner.AWS_OWNED, Owner.AWS_OWNED),
        ("alias/aws/s3", Owner.AWS_MANAGED),
        ("arn:aws:kms:eu-west-1:111122223333:alias/aws/ebs", Owner.AWS_MANAGED),
        ("arn:aws-cn:kms:cn-north-1:111122223333:alias/aws/ebs", Owner.AWS_MANAGED),
        ("alias/aws-like", Owner.CUSTOMER_MANAGED),
        ("alias/own", Owner.CUSTOMER_MANAGED),
        ("alias/hsm", Owner.CUSTOM_KEY_STORE),
        ("arn:aws:kms:eu-west-1:111122223333:alias/hsm", Owner.CUSTOM_KEY_STORE),
        ("alias/elsewhere", Owner.CUSTOMER_MANAGED),
        (text("alias/", unknown("env"), "-key"), Owner.CUSTOMER_MANAGED),
        (text("alias/", unknown("other"), "-key"), "variable `other` has no default"),
        (unknown("whole"), Owner.CUSTOM_KEY_STORE),
        (KEY_ARN, Owner.CUSTOMER_MANAGED),
        ("0a1b2c3d-0000-4000-8000-000000000000", Owner.CUSTOMER_MANAGED),
        ("mrk-0a1b2c3d000040008000000000000000", Owner.CUSTOMER_MANAGED),
        (ref("aws_kms_key.own"), Owner.CUSTOMER_MANAGED),
        (ref("aws_kms_key.hsm", "key_id"), Owner.CUSTOM_KEY_STORE),
        (ref("aws_kms_key.many", any_instance=True), "`aws_kms_key.many.arn` is known only after deployment"),
        (ref("aws_kms_alias.own", "target_key_arn"), Owner.CUSTOMER_MANAGED),
        (ref("aws_kms_alias.hsm", "name"), Owner.CUSTOM_KEY_STORE),
        (ref("data.aws_kms_alias.aws", "target_key_arn"), Owner.AWS_MANAGED),
        (ref("data.aws_kms_alias.own", "target_key_arn"), Owner.CUSTOMER_MANAGED),
        (ref("data.aws_kms_key.aws"), Owner.AWS_MANAGED),
        (ref("data.aws_kms_key.own"), Owner.CUSTOMER_MANAGED),
        (text("arn:aws:kms:", unknown("region"), ":111122223333:alias/aws/s3"), Owner.AWS_MANAGED),
        (text("arn:aws:kms:", unknown("region"), ":111122223333:key/", unknown("id")), Owner.CUSTOMER_MANAGED),
        (text("arn:aws:kms:::key/", ref("aws_kms_key.hsm", "key_id")), Owner.CUSTOM_KEY_STORE),
        (text("alias/", unknown("app"), "-key"), "variable `app` has no default"),
        (text("alias/app-", unknown("stage")), Owner.CUSTOMER_MANAGED),
        (text("alias/aws/", unknown("service")), Owner.AWS_MANAGED),
        (unknown("key"), "variable `key` has no default"),
        (Unknown("?", refinement={"prefix": "alias/aws/"}), Owner.AWS_MANAGED),
        (Unknown("?", refinement={"prefix": "alias/a"}), "?"),
        (ref("aws_kms_key.perhaps"), "variable `store` has no default"),
        (ref("data.aws_kms_alias.asked", "target_key_arn"), "variable `alias` has no default"),
        (ref("aws_s3_bucket.other"), "`aws_s3_bucket.other.arn` is known only after deployment"),
        ("my key", "`my key` is no key id, ARN or alias"),
    ],
)
def test_the_owner_of_a_key(key: Any, owner: Owner | str) -> None:
    assert owner_of(value(key), PROJECT, Scenario()) == owner


def test_a_key_under_a_condition_is_asked_for_case_by_case() -> None:
    choice = either("own", ref("aws_kms_key.own"), "alias/aws/s3")
    with pytest.raises(Undecided) as question:
        owner_of(choice, PROJECT, Scenario())
    owners = {each.case: owner_of(choice, PROJECT, Scenario((each,))) for each in question.value.decisions}
    assert owners == {True: Owner.CUSTOMER_MANAGED, False: Owner.AWS_MANAGED}
