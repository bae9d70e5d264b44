"""Data sources whose attributes are told without asking AWS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configuration import by_address, plain, project, root

from enclint.model.value import Partial

if TYPE_CHECKING:
    from pathlib import Path

WHERE = """
data "aws_region" "current" {}
data "aws_partition" "current" {}
data "aws_caller_identity" "current" {}
"""


def test_the_region_is_that_of_the_provider(tmp_path: Path) -> None:
    text = WHERE + (
        'provider "aws" {\n  region = "cn-north-1"\n}\n'
        "locals {\n  a = data.aws_region.current.name\n  b = data.aws_partition.current.partition\n"
        "  c = data.aws_partition.current.dns_suffix\n}\n"
    )
    instance = root(tmp_path, text)
    assert [plain(instance.local(name)) for name in "abc"] == ["cn-north-1", "aws-cn", "amazonaws.com.cn"]


def test_what_is_not_known_of_the_place_is_an_unknown_piece_of_the_text(tmp_path: Path) -> None:
    text = WHERE + (
        'locals {\n  arn = "arn:${data.aws_partition.current.partition}:kms:${data.aws_region.current.name}:'
        '${data.aws_caller_identity.current.account_id}:key/x"\n'
        "  same = data.aws_region.current.name == data.aws_region.current.id\n}\n"
    )
    instance = root(tmp_path, text)
    arn = instance.local("arn")
    assert isinstance(arn, Partial)
    assert [part for part in plain(arn) if not part.startswith("?")] == ["text", "arn:", ":kms:", ":", ":key/x"]
    assert plain(instance.local("same")) is True


def test_other_data_sources_are_references_to_themselves(tmp_path: Path) -> None:
    text = """
data "aws_kms_alias" "ebs" {
  name = "alias/aws/ebs"
}
resource "aws_ebs_volume" "v" {
  kms_key_id = data.aws_kms_alias.ebs.target_key_arn
  snapshot_id = data.aws_kms_alias.ebs.name
}
"""
    resources = by_address(project(tmp_path, text))
    volume = resources["aws_ebs_volume.v"]
    assert plain(volume.argument("kms_key_id")) == "-> data.aws_kms_alias.ebs.target_key_arn"
    assert plain(volume.argument("snapshot_id")) == "alias/aws/ebs"
    assert resources["data.aws_kms_alias.ebs"].mode == "data"
    assert plain(resources["data.aws_kms_alias.ebs"].argument("name")) == "alias/aws/ebs"


def test_an_unknown_data_source_says_its_name(tmp_path: Path) -> None:
    text = 'data "vault_secret" "s" {}\noutput "o" {\n  value = data.vault_secret.s.data\n}\n'
    value = root(tmp_path, text).output("o")
    assert getattr(value, "reason", "") == "data source `vault_secret.s`"
