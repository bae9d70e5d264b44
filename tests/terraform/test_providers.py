"""Which provider configuration serves a resource."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configuration import by_address, plain, project

if TYPE_CHECKING:
    from pathlib import Path

PROVIDERS = """
provider "aws" {
  region = "eu-west-1"
  default_tags {
    tags = { Owner = "platform" }
  }
}
provider "aws" {
  alias  = "us"
  region = "us-east-1"
}
"""
VOLUME = 'resource "aws_ebs_volume" "{}" {{\n{}}}\n'


def served(folder: Path, files: dict[str, str]) -> dict[str, tuple[str, object]]:
    """The configuration's key and Region by the address of the resource."""
    resources = by_address(project(folder, files))
    return {address: (each.provider.key, plain(each.provider.region)) for address, each in resources.items()}


def test_a_resource_is_served_by_the_default_or_by_the_one_it_names(tmp_path: Path) -> None:
    text = PROVIDERS + VOLUME.format("a", "") + VOLUME.format("b", "  provider = aws.us\n")
    assert served(tmp_path, {"main.tf": text}) == {
        "aws_ebs_volume.a": ("aws", "eu-west-1"),
        "aws_ebs_volume.b": ("aws.us", "us-east-1"),
    }


def test_default_tags_are_those_of_the_configuration(tmp_path: Path) -> None:
    text = PROVIDERS + VOLUME.format("a", "") + VOLUME.format("b", "  provider = aws.us\n")
    tags = [plain(each.provider.default_tags) for each in project(tmp_path, text).resources]
    assert tags == [{"Owner": "platform"}, "absent"]


def test_modules_inherit_the_default_and_get_others_passed(tmp_path: Path) -> None:
    files = {
        "main.tf": PROVIDERS
        + 'module "a" {\n  source = "./m"\n}\n'
        + 'module "b" {\n  source = "./m"\n  providers = {\n    aws = aws.us\n  }\n}\n'
        + 'module "c" {\n  source = "./n"\n  providers = {\n    aws.other = aws.us\n  }\n}\n',
        "m/main.tf": 'module "inner" {\n  source = "../o"\n}\n',
        "n/main.tf": "terraform {\n  required_providers {\n    aws = {\n      configuration_aliases = [aws.other]\n"
        "    }\n  }\n}\n" + VOLUME.format("v", "  provider = aws.other\n"),
        "o/main.tf": VOLUME.format("v", ""),
    }
    assert served(tmp_path, files) == {
        "module.a.module.inner.aws_ebs_volume.v": ("aws", "eu-west-1"),
        "module.b.module.inner.aws_ebs_volume.v": ("aws.us", "us-east-1"),
        "module.c.aws_ebs_volume.v": ("aws.us", "us-east-1"),
    }


def test_a_configuration_within_a_module_is_one_of_its_own(tmp_path: Path) -> None:
    files = {
        "main.tf": 'module "m" {\n  source = "./m"\n  where = "eu-west-3"\n}\n',
        "m/main.tf": 'variable "where" {}\nprovider "aws" {\n  region = var.where\n}\n' + VOLUME.format("v", ""),
    }
    assert served(tmp_path, files) == {"module.m.aws_ebs_volume.v": ("module.m:aws", "eu-west-3")}


def test_a_module_may_call_the_provider_by_another_name(tmp_path: Path) -> None:
    required = 'terraform {\n  required_providers {\n    amazon = {\n      source = "hashicorp/aws"\n    }\n  }\n}\n'
    files = {
        "main.tf": PROVIDERS + 'module "m" {\n  source = "./m"\n}\n',
        "m/main.tf": required + VOLUME.format("v", "  provider = amazon\n"),
    }
    assert served(tmp_path, files) == {"module.m.aws_ebs_volume.v": ("aws", "eu-west-1")}


def test_a_region_that_the_resource_names_wins(tmp_path: Path) -> None:
    text = PROVIDERS + VOLUME.format("v", '  region = "us-west-2"\n')
    assert served(tmp_path, {"main.tf": text}) == {"aws_ebs_volume.v": ("aws@us-west-2", "us-west-2")}


def test_a_region_that_nobody_says_is_unknown_with_a_reason(tmp_path: Path) -> None:
    ((key, region),) = served(tmp_path, {"main.tf": VOLUME.format("v", "")}).values()
    assert (key, region) == ("aws", "? the provider's region is not in the code: it comes from the environment")
