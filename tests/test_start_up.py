"""What a run imports: a linter in a hook is switched off if it is slow to start. Names are tested, never times."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

HEAVY = (
    "argparse",
    "aws_sam_translator",
    "cfnlint",
    "concurrent",
    "dataclasses",
    "email",
    "hcl2",
    "importlib.metadata",
    "inspect",
    "jsonschema",
    "lark",
    "logging",
    "multiprocessing",
    "networkx",
    "regex",
    "re2",
    "rich",
    "samtranslator",
    "shutil",
    "socket",
    "subprocess",
    "tempfile",
    "typing",
    "urllib",
)
VOLUME = 'resource "aws_ebs_volume" "data" {\n  availability_zone = "eu-west-1a"\n  size = 10\n}\n'
STACK = "Resources:\n  Data:\n    Type: AWS::EC2::Volume\n    Properties: {AvailabilityZone: eu-west-1a, Size: 10}\n"


def imported(folder: Path, *words: str, status: int) -> set[str]:
    """The names of all modules that a run imports; the second run, when the policies have been indexed."""
    environment = {**os.environ, "XDG_CACHE_HOME": str(folder / "cache"), "HOME": str(folder), "LOCALAPPDATA": ""}
    command = [sys.executable, "-X", "importtime", "-m", "enclint", *words]
    for _ in range(2):
        run = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        assert run.returncode == status, run.stderr
    return {line.rpartition("|")[2].strip() for line in run.stderr.splitlines() if line.startswith("import time:")}


def within(modules: set[str], *packages: str) -> list[str]:
    return sorted(name for name in modules for package in packages if f"{name}.".startswith(f"{package}."))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "volume.tf").write_text(VOLUME)
    (tmp_path / "stack.yaml").write_text(STACK)
    return tmp_path


def test_a_terraform_file_needs_nothing_heavy(folder: Path) -> None:
    modules = imported(folder, "volume.tf", status=1)
    assert within(modules, "enclint.frontends.terraform"), "the vector itself must read Terraform"
    assert not within(modules, *HEAVY, "enclint.frontends.cloudformation", "enclint.json_positions")
    assert not within(modules, "enclint.frontends.terraform.validation", "enclint.frontends.terraform.functions")


def test_a_template_needs_nothing_heavy_and_nothing_of_terraform(folder: Path) -> None:
    modules = imported(folder, "stack.yaml", status=1)
    assert within(modules, "enclint.frontends.cloudformation"), "the vector itself must read a template"
    assert not within(modules, *HEAVY, "enclint.frontends.terraform")


def test_the_policies_are_not_read_as_yaml_once_they_have_been_indexed(folder: Path) -> None:
    assert not within(imported(folder, "volume.tf", status=1), "yaml")


def test_the_version_is_told_without_reading_anything(folder: Path) -> None:
    assert within(imported(folder, "--version", status=0), "enclint") == [
        "enclint",
        "enclint.cli",
        "enclint.lean_typing",
        "enclint.named_tuple",
    ]


def test_help_is_told_without_policies(folder: Path) -> None:
    assert not within(imported(folder, "--help", status=0), *HEAVY[1:], "enclint.policy", "enclint.frontends", "yaml")
