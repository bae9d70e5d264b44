"""As a process: the same output, and at ease with whoever reads it."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

from command_line import BAD, put

if TYPE_CHECKING:
    from pathlib import Path


def run(tree: Path, *words: str, **more: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "enclint", *words]
    return subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False, **more)


def test_as_a_process_it_says_the_same(tree: Path) -> None:
    put(tree, "main.tf", BAD)
    process = run(tree)
    assert process.returncode == 1
    assert "[ebs-volume-unencrypted]" in process.stdout
    assert "\x1b" not in process.stdout
    assert process.stderr == ""


def test_a_reader_that_has_seen_enough_is_no_fault_of_ours(tree: Path) -> None:
    for number in range(300):
        put(tree, f"m{number}/main.tf", BAD)
    with subprocess.Popen(
        [sys.executable, "-m", "enclint"], cwd=tree, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == b""
