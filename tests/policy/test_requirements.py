"""Where the configuration wants more than the profile: by classification, tag, name, path, account, environment."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from enclint.config import Config, Requirement
from enclint.lint import lint

REQUIRED = "s3-sse-kms"


def verdicts(tree: Path, files: dict[str, str], policy: str = REQUIRED, **config: Any) -> dict[str, str]:
    """What a policy says of the resources in some files, by address; what passes is not among them."""
    for name, text in files.items():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(text, encoding="utf-8")
    report = lint(["."], Config(base=str(tree), jobs=1, **config))
    assert not [finding.message for finding in report.findings if finding.is_error]
    return {finding.resource: finding.verdict.value for finding in report.findings if finding.policy == policy}


def bucket(tags: str = "", name: str = "data", **arguments: str) -> str:
    lines = [f"  {key} = {value}" for key, value in arguments.items()]
    return "\n".join([f'resource "aws_s3_bucket" "{name}" {{', *lines, f"  tags = {tags}" if tags else "", "}", ""])


def template(tags: str = "[]", name: str = "logs") -> str:
    return f"""
Parameters:
  Class: {{Type: String}}
Resources:
  Data:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: {name}
      Tags: {tags}
"""


# Data classification: in every profile


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ('{ DataClassification = "confidential" }', "fail"),
        ('{ data-classification = "Restricted" }', "fail"),
        ('{ classification = "PII" }', "fail"),
        ('{ Sensitivity = "public" }', "pass"),
        ('{ Team = "confidential" }', "pass"),
        ("{}", "pass"),
        ("{ Sensitivity = var.sensitivity }", "unknown"),
        ("{ Team = var.sensitivity }", "pass"),
        ("var.tags", "unknown"),
        ('merge(var.tags, { Sensitivity = "pii" })', "unknown"),
    ],
)
def test_terraform_tags_classify_a_bucket(tree: Path, tags: str, expected: str) -> None:
    variables = 'variable "sensitivity" {}\nvariable "tags" {\n  type = map(string)\n}\n'
    found = verdicts(tree, {"main.tf": variables + bucket(tags)})
    assert found.get("aws_s3_bucket.data", "pass") == expected


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ("[{Key: DataClassification, Value: confidential}]", "fail"),
        ("[{Key: Sensitivity, Value: public}]", "pass"),
        ("[{Key: Sensitivity, Value: !Ref Class}]", "unknown"),
        ("[{Key: Team, Value: !Ref Class}]", "pass"),
        ("[]", "pass"),
    ],
)
def test_cloudformation_tags_classify_a_bucket(tree: Path, tags: str, expected: str) -> None:
    assert verdicts(tree, {"main.yaml": template(tags)}).get("Data", "pass") == expected


def test_default_tags_of_the_provider_classify_all_that_it_makes(tree: Path) -> None:
    provider = 'provider "aws" {\n  default_tags {\n    tags = { Sensitivity = "phi" }\n  }\n}\n'
    other = 'provider "aws" {\n  alias = "public"\n}\n'
    files = {"main.tf": provider + other + bucket() + bucket(name="site", provider="aws.public")}
    assert verdicts(tree, files) == {"aws_s3_bucket.data": "fail"}


def test_a_tag_of_the_resource_overrides_a_default_tag(tree: Path) -> None:
    provider = 'provider "aws" {\n  default_tags {\n    tags = { Sensitivity = "phi" }\n  }\n}\n'
    assert verdicts(tree, {"main.tf": provider + bucket('{ Sensitivity = "public" }')}) == {}


def test_the_configuration_says_which_tags_and_values_classify(tree: Path) -> None:
    files = {"main.tf": bucket('{ Klasse = "geheim" }') + bucket('{ Sensitivity = "pii" }', "other")}
    found = verdicts(tree, files, classification_tags=("Klasse",), classification_values=("geheim",))
    assert found == {"aws_s3_bucket.data": "fail"}


def test_a_classified_bucket_with_sse_kms_passes(tree: Path) -> None:
    encryption = """
resource "aws_s3_bucket_server_side_encryption_configuration" "data" {
  bucket = aws_s3_bucket.data.id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "aws:kms"
    }
  }
}
"""
    assert verdicts(tree, {"main.tf": bucket('{ Sensitivity = "pii" }') + encryption}) == {}


def test_a_classified_bucket_is_told_of_sse_s3_and_never_called_unencrypted(tree: Path) -> None:
    (tree / "main.tf").write_text(bucket('{ Sensitivity = "pii" }'), encoding="utf-8")
    [message] = [each.message for each in lint(["."], Config(jobs=1)).findings if each.policy == REQUIRED]
    assert "SSE-S3 by default" in message
    assert "unencrypted" not in message


def test_strict_and_select_ask_of_every_bucket(tree: Path) -> None:
    files = {"main.tf": bucket()}
    assert verdicts(tree, files) == {}
    assert verdicts(tree, files, profile="strict") == {"aws_s3_bucket.data": "fail"}
    assert verdicts(tree, files, select=(REQUIRED,)) == {"aws_s3_bucket.data": "fail"}


# Requirements of the configuration


def required(where: dict[str, Any], *names: str) -> dict[str, Any]:
    return {"requirements": (Requirement(names or ("sse_kms",), where),)}


def test_a_requirement_without_where_holds_everywhere(tree: Path) -> None:
    assert verdicts(tree, {"main.tf": bucket()}, **required({})) == {"aws_s3_bucket.data": "fail"}


def test_paths_count_from_the_folder_of_the_configuration(tree: Path) -> None:
    files = {"prod/main.tf": bucket(), "test/main.tf": bucket(name="scratch")}
    assert verdicts(tree, files, **required({"paths": ["prod/*"]})) == {"aws_s3_bucket.data": "fail"}


@pytest.mark.parametrize("glob", ["example-*", "aws_s3_bucket.data", "data"])
def test_names_are_those_of_the_code_and_those_at_aws(tree: Path, glob: str) -> None:
    files = {"main.tf": bucket(bucket='"example-logs"') + bucket(name="other", bucket='"static"')}
    assert verdicts(tree, files, **required({"names": [glob]})) == {"aws_s3_bucket.data": "fail"}


def test_a_name_that_is_not_known_may_be_one_that_is_meant(tree: Path) -> None:
    files = {"main.tf": 'variable "name" {}\n' + bucket(bucket="var.name")}
    assert verdicts(tree, files, **required({"names": ["example-*"]})) == {"aws_s3_bucket.data": "unknown"}


def test_names_in_cloudformation(tree: Path) -> None:
    files = {"main.yaml": template(name="example-logs"), "other.yaml": template().replace("Data:", "Other:")}
    assert verdicts(tree, files, **required({"names": ["example-*"]})) == {"Data": "fail"}


def test_tags_must_all_fit(tree: Path) -> None:
    files = {
        "main.tf": bucket('{ Team = "payments", Stage = "prod" }')
        + bucket('{ Team = "payments", Stage = "test" }', "test")
        + bucket('{ Stage = "prod" }', "other")
    }
    where = {"tags": {"Team": ["payments", "billing"], "Stage": "pr*"}}
    assert verdicts(tree, files, **required(where)) == {"aws_s3_bucket.data": "fail"}


def test_all_that_a_requirement_says_must_fit(tree: Path) -> None:
    files = {"prod/main.tf": bucket('{ Team = "payments" }') + bucket(name="other"), "test/main.tf": bucket()}
    where = {"tags": {"Team": "payments"}, "paths": ["prod/*"]}
    assert verdicts(tree, files, **required(where)) == {"aws_s3_bucket.data": "fail"}


def test_accounts_are_told_by_the_provider(tree: Path) -> None:
    provider = 'provider "aws" {\n  allowed_account_ids = ["111122223333"]\n}\n'
    other = 'provider "aws" {\n  alias = "sandbox"\n  allowed_account_ids = ["444455556666"]\n}\n'
    files = {"main.tf": provider + other + bucket() + bucket(name="other", provider="aws.sandbox")}
    assert verdicts(tree, files, **required({"accounts": ["1111*"]})) == {"aws_s3_bucket.data": "fail"}
    assert verdicts(tree, files, **required({"accounts": ["*sandbox"]})) == {"aws_s3_bucket.other": "fail"}


def test_accounts_are_told_by_the_role_that_the_provider_assumes(tree: Path) -> None:
    provider = 'provider "aws" {\n  assume_role {\n    role_arn = "arn:aws:iam::111122223333:role/x"\n  }\n}\n'
    found = verdicts(tree, {"main.tf": provider + bucket()}, **required({"accounts": ["*111122223333*"]}))
    assert found == {"aws_s3_bucket.data": "fail"}


def test_an_account_that_hangs_on_a_condition_is_undecided(tree: Path) -> None:
    ids = 'allowed_account_ids = [var.prod ? "111122223333" : "444455556666"]'
    files = {"main.tf": f'variable "prod" {{}}\nprovider "aws" {{\n  {ids}\n}}\n' + bucket()}
    assert verdicts(tree, files, **required({"accounts": ["1111*"]})) == {"aws_s3_bucket.data": "unknown"}


def test_environments_are_told_by_their_variable_file(tree: Path) -> None:
    files = {"main.tf": 'variable "name" {}\n' + bucket(bucket="var.name")}
    files |= {"env/prod.tfvars": 'name = "a"\n', "env/test.tfvars": 'name = "b"\n'}
    config = required({"environments": ["prod*"]}) | {"environment_files": ("env/*.tfvars",)}
    verdicts(tree, files, **config)
    findings = lint(["."], Config(base=str(tree), jobs=1, **config)).findings
    assert [each.environment for each in findings if each.policy == REQUIRED] == ["env/prod.tfvars"]


def test_a_customer_key_is_asked_for_where_it_is_required(tree: Path) -> None:
    volume = 'resource "aws_ebs_volume" "{}" {{\n  availability_zone = "eu-west-1a"\n  encrypted = true\n}}\n'
    files = {"prod/main.tf": volume.format("data"), "test/main.tf": volume.format("scratch")}
    where = required({"paths": ["prod/*"]}, "customer_key")
    assert verdicts(tree, files, "ebs-volume-cmk") == {}
    assert verdicts(tree, files, "ebs-volume-cmk", **where) == {"aws_ebs_volume.data": "fail"}


def test_a_custom_key_store_is_asked_for_only_where_it_is_required_even_in_strict(tree: Path) -> None:
    files = {"main.tf": 'resource "aws_kms_key" "own" {\n  enable_key_rotation = true\n}\n'}
    where = required({"names": ["own"]}, "custom_key_store")
    assert verdicts(tree, files, "kms-custom-key-store", profile="strict") == {}
    assert verdicts(tree, files, "kms-custom-key-store", **where) == {"aws_kms_key.own": "fail"}
