"""As a process: the same output, quick to start, and at ease with whoever reads it."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

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


HEAVY = {
    "argparse": False,
    "asyncio": True,
    "cfnlint": True,
    "concurrent": True,
    "ctypes": True,
    "dataclasses": True,
    "email": True,
    "hashlib": True,
    "hcl2": True,
    "importlib.metadata": True,
    "importlib.resources": True,
    "inspect": True,
    "jsonschema": True,
    "lark": True,
    "logging": True,
    "multiprocessing": True,
    "pathlib": True,
    "rich": True,
    "socket": True,
    "subprocess": True,
    "tempfile": True,
    "unittest": True,
    "urllib": True,
    "xml": True,
}


@pytest.mark.parametrize("file", ["main.tf", "stack.yaml"])
def test_a_default_run_imports_nothing_heavy(tree: Path, file: str) -> None:
    put(tree, "main.tf", BAD)
    put(tree, "stack.yaml", "Resources:\n  V:\n    Type: AWS::EC2::Volume\n    Properties: {Size: 1}\n")
    code = f"import sys; from enclint.cli import main; main(['{file}']); print(*sorted(sys.modules), file=sys.stderr)"
    base = subprocess.run(
        [sys.executable, "-c", "import sys; print(*sys.modules, file=sys.stderr)"],
        capture_output=True,
        text=True,
        check=True,
    )
    process = subprocess.run([sys.executable, "-c", code], cwd=tree, capture_output=True, text=True, check=True)
    assert "[ebs-volume-unencrypted]" in process.stdout
    imported = set(process.stderr.split()) - set(base.stderr.split())
    assert {name for name in imported if HEAVY.get(name) or HEAVY.get(name.partition(".")[0])} == set()
    other = "enclint.frontends.cloudformation" if file == "main.tf" else "enclint.frontends.terraform"
    assert {name for name in imported if name.startswith(f"{other}.")} == set()


def test_version_imports_next_to_nothing(tree: Path) -> None:
    code = (
        "import sys; before = set(sys.modules); from enclint.cli import main; main(['--version']); "
        "print(*set(sys.modules) - before)"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert [name for name in out.split() if name.startswith("enclint.")] == ["enclint.cli"]
    assert len(out.split()) < 40, out


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
