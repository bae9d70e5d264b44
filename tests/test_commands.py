"""The commands beside linting: what the code comes to, and expressions one by one."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from enclint.cli import main

SHOP = Path(__file__).parents[1] / "fixtures" / "projects" / "shop" / "terraform"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TF_WORKSPACE", raising=False)
    (tmp_path / "main.tf").write_text(
        'variable "n" {\n  type    = number\n  default = 1\n}\n'
        'variable "secret" {\n  default   = "hunter2"\n  sensitive = true\n}\n'
        'resource "terraform_data" "d" {\n  count = var.n\n  input = [var.n, terraform.workspace, var.secret]\n}\n'
        'output "n" {\n  value = var.n * 2\n}\n'
    )
    return tmp_path


def console(monkeypatch: pytest.MonkeyPatch, lines: list[str], *words: str) -> int:
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
    return main(["console", *words])


def test_console_answers_a_line_with_a_line(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [json.dumps(each) for each in ("1 + var.n", "{\n a = [var.n]\n}", "nope(", "var.x", "var.secret")] + ["x"]
    assert console(monkeypatch, lines, "--json") == 0
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert answers[0] == {"value": 2, "type": "number"}
    assert answers[1] == {"value": {"a": [1]}, "type": ["object", {"a": ["tuple", ["number"]]}]}
    assert (answers[2]["error"], answers[2]["stage"]) == (True, "syntax")
    assert (answers[3]["error"], answers[3]["stage"]) == (True, "evaluation")
    assert answers[4] == {"value": "(sensitive)", "type": "string", "sensitive": True}
    assert answers[5]["error"] is True


def test_console_has_the_workspace_that_terraform_begins_with_unless_another_is_said(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    console(monkeypatch, ["terraform.workspace"])
    console(monkeypatch, ["terraform.workspace"], "--workspace", "prod")
    assert capsys.readouterr().out == '"default"\n"prod"\n'


def test_console_for_people(project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert console(monkeypatch, ["[var.n, timestamp()]", "", "uuid()", "1 +", '"\\u001b[31m"', "var.secret"]) == 0
    out = capsys.readouterr().out
    assert "# unknown in part: " in out
    assert "\nunknown: " in out
    assert "\nerror: " in out
    assert "\x1b" not in out
    assert "hunter2" not in out


def test_sensitive_values_are_shown_to_who_asks_for_them(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    console(monkeypatch, ["var.secret"], "--show-sensitive")
    assert capsys.readouterr().out == '"hunter2"\n'
    assert main(["resolve"]) == 0
    assert "hunter2" not in capsys.readouterr().out
    assert main(["resolve", "--show-sensitive"]) == 0
    assert "hunter2" in capsys.readouterr().out


def resolved(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    assert main(["resolve", "--format", "json", *words]) == 0
    return json.loads(capsys.readouterr().out)


def test_resolve_gives_instances_and_outputs(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    data = resolved(capsys, "--var", "n=2", "--workspace", "prod")
    assert sorted(data["resources"]) == ["terraform_data.d[0]", "terraform_data.d[1]"]
    assert data["resources"]["terraform_data.d[1]"] == {"input": [2, "prod", "(sensitive)"]}
    assert data["outputs"]["n"] == {"value": 4, "type": "number"}


def test_values_come_from_where_terraform_takes_them_and_the_last_word_wins(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "three.tfvars").write_text("n = 3\n")
    monkeypatch.setenv("TF_VAR_n", "2")
    assert resolved(capsys)["outputs"]["n"]["value"] == 4
    assert resolved(capsys, "--var", "n=5", "--var-file", "three.tfvars")["outputs"]["n"]["value"] == 6
    assert resolved(capsys, "--var-file", "three.tfvars", "--var", "n=5")["outputs"]["n"]["value"] == 10
    monkeypatch.chdir("/")
    assert resolved(capsys, "--var-file", str(project / "three.tfvars"), str(project))["outputs"]["n"]["value"] == 6
    assert resolved(capsys, "--var-file", "three.tfvars", str(project))["outputs"]["n"]["value"] == 6


def test_resolve_above_several_roots_gives_each(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("one", "two"):
        (project / "live" / name).mkdir(parents=True)
        (project / "live" / name / "main.tf").write_text(f'output "x" {{\n  value = "{name}"\n}}\n')
    data = resolved(capsys, "live")
    assert list(data) == ["live/one", "live/two"]
    assert data["live/two"]["outputs"]["x"]["value"] == "two"


def test_what_terraform_would_refuse_is_told_with_its_place(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "main.tf").write_text('output "x" {\n  value = local.a\n}\n')
    assert main(["resolve"]) == 2
    assert "main.tf:2: Reference to undeclared local value: " in capsys.readouterr().err


def test_text_tells_where_each_value_came_from(capsys: pytest.CaptureFixture[str]) -> None:
    main(["resolve", str(SHOP), "--var", "stage=prod"])
    lines = capsys.readouterr().out.splitlines()
    start = lines.index('module.database.aws_db_instance.this["catalog"]')
    [line] = [line for line in lines[start : start + 15] if "storage_encrypted" in line]
    assert line.startswith("  storage_encrypted = false  ◀ each.value.encrypted (")
    assert "terraform.tfvars:2:19" in line


@pytest.mark.parametrize("words", [["resolve", "nowhere"], ["console", "nowhere"], ["resolve", "--wrong"]])
def test_a_call_that_makes_no_sense_is_told_in_one_line(
    project: Path, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("enclint: ")
    assert err.count("\n") == 1
