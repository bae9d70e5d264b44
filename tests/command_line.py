"""Calls of enclint on small trees, for the tests at its door."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from enclint.cli import main

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

BAD = 'resource "aws_ebs_volume" "bad" {\n  availability_zone = "a"\n  size = 1\n  encrypted = false\n}\n'
GOOD = 'resource "aws_ebs_volume" "good" {\n  availability_zone = "a"\n  size = 1\n  encrypted = true\n}\n'
OPEN = 'variable "e" {\n  type = bool\n}\n\nresource "aws_ebs_volume" "open" {\n  encrypted = var.e\n}\n'
EBS = "ebs-volume-unencrypted"


def put(tree: Path, path: str, text: str | bytes) -> None:
    file = tree / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.encode() if isinstance(text, str) else text)


def report(capsys: pytest.CaptureFixture[str], *words: str, status: int) -> Any:
    """The JSON report of a call."""
    assert main([*words, "--format", "json"]) == status
    return json.loads(capsys.readouterr().out)


def found(data: Any) -> list[tuple[str, str, str]]:
    return [(each["policy"], each["resource"], each["verdict"]) for each in data["findings"]]
