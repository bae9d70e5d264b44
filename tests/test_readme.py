"""What the README shows is so: its commands, its options, its output, its configuration, its hook."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from enclint.cli import main
from enclint.config import read_config

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w*)\n(.*?)```", README, re.DOTALL)


def test_the_output_that_is_shown_is_what_the_command_prints(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    assert main(["fixtures/projects/shop"]) == 1
    printed = capsys.readouterr().out
    [shown] = [text for language, text in BLOCKS if not language]
    for line in shown.splitlines():
        assert line.removesuffix("…") in printed, line


def test_the_configuration_that_is_shown_is_valid(tmp_path: Path) -> None:
    [text] = [text for language, text in BLOCKS if language == "yaml" and "profile:" in text]
    (tmp_path / ".enclint.yaml").write_text(text, encoding="utf-8")
    assert read_config(str(tmp_path / ".enclint.yaml")).requirements


def test_the_options_that_are_shown_exist(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--help"])
    help = capsys.readouterr().out
    options = set(re.findall(r"(?<![\w-])--[a-z-]+", README)) - {"--quiet"}
    assert {option for option in options if option not in help} == set()


def test_what_it_links_to_is_there() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", README)
    assert len(links) > 5
    assert [link for link in links if "://" not in link and not (ROOT / link).exists()] == []


def test_the_tests_that_it_runs_are_the_ones_that_ci_runs() -> None:
    [command] = [line for line in README.splitlines() if line.endswith(".venv/bin/pytest")]
    assert command.startswith("python3 -m venv .venv && ")
    last = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()[-1]
    assert last == "bash -euc \"$(grep -m1 '\\.venv/bin/pytest$' README.md)\""


def test_the_hook_that_it_names_takes_all_files_at_once() -> None:
    [hook] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert f"id: {hook['id']}" in README
    assert hook["require_serial"] is True
    for name in ("main.tf", "main.tf.json", "main.tofu", "prod.tfvars", "a.yml", "a.yaml", "a.json", "a.template"):
        assert re.search(hook["files"], name)
    assert not re.search(hook["files"], "main.py")
