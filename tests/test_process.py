"""As a process: the same output, and at ease with whoever reads it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

from command_line import BAD, put
from enclint.lint import lint
from enclint.reports import render

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


def test_ctrl_c_ends_it_at_once_without_a_traceback(tree: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "enclint", "console"],
        cwd=tree,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.write(b"1 + 1\n")
        process.stdin.flush()
        assert process.stdout.readline() == b"2\n"  # and now it waits for the next line
        process.send_signal(signal.SIGINT)
        assert process.stderr.read() == b"enclint: interrupted\n"
    assert process.returncode == 130


def on_a_terminal(tree: Path, **environment: str) -> str:
    """What a run prints on a terminal, standard error included."""
    import pty

    main, other = pty.openpty()
    more = {"TERM": "xterm-256color", "COLUMNS": "200", **environment}
    with subprocess.Popen(
        [sys.executable, "-m", "enclint"], cwd=tree, stdout=other, stderr=other, env={**os.environ, **more}
    ):
        os.close(other)
        output = b""
        while True:
            try:
                data = os.read(main, 65536)
            except OSError:  # Linux's way to say that the other end is closed
                break
            if not data:
                break
            output += data
    os.close(main)
    return output.decode().replace("\r\n", "\n")


def test_a_terminal_gets_colour_and_the_same_words(tree: Path) -> None:
    put(tree, "main.tf", BAD.replace("false", 'false # "[bold]" \x1b[31m :smile:'))
    piped = run(tree).stdout
    coloured = on_a_terminal(tree)
    assert "\x1b[1;31mhigh\x1b[0m" in coloured
    plain = re.sub(r"\x1b\[[0-9;]*m", "", coloured)
    assert without_time(plain) == without_time(piped)
    assert without_time(on_a_terminal(tree, NO_COLOR="1")) == without_time(piped)
    assert without_time(on_a_terminal(tree, TERM="dumb")) == without_time(piped)


def without_time(text: str) -> str:
    return re.sub(r"; [0-9.]+ s$", "", text.strip())


def test_work_can_be_sent_to_processes_that_share_nothing(tree: Path) -> None:
    for number in range(6):
        put(tree, f"m{number}/main.tf", BAD)
        put(tree, f"s{number}.yaml", "Resources:\n  V:\n    Type: AWS::EC2::Volume\n    Properties: {Size: 1}\n")
    with ProcessPoolExecutor(2, get_context("spawn")) as executor:
        apart = lint(["."], executor=executor)
    assert render("text", apart, quiet=True) == render("text", lint(["."]), quiet=True)
    assert len(apart.findings) == 12
