"""Where the root's variables get their values from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from configuration import plain, resolved, root, write

from enclint.frontends.terraform.inputs import Argument
from enclint.frontends.terraform.project import Settings

if TYPE_CHECKING:
    from pathlib import Path

DECLARED = 'variable "a" {\n  type = string\n  default = "default"\n}\n'

FILES = {
    "terraform.tfvars": 'a = "terraform.tfvars"\n',
    "terraform.tfvars.json": '{"a": "terraform.tfvars.json"}',
    "a.auto.tfvars": 'a = "a.auto.tfvars"\n',
    "b.auto.tfvars.json": '{"a": "b.auto.tfvars.json"}',
}

ENVIRONMENT = Settings(environment={"TF_VAR_a": "environment", "OTHER": "x"})


@pytest.mark.parametrize("strongest", range(5))
def test_later_files_win_over_earlier_ones_and_all_over_the_environment(strongest: int, tmp_path: Path) -> None:
    names = list(FILES)[:strongest]
    instance = root(tmp_path, {"main.tf": DECLARED, **{name: FILES[name] for name in names}}, ENVIRONMENT)
    assert plain(instance.variable("a")) == (names[-1] if names else "environment")


def test_the_command_line_wins_in_its_order(tmp_path: Path) -> None:
    write(tmp_path, {**FILES, "x.tfvars": 'a = "x"\n'})
    file, text = Argument(is_file=True, text="x.tfvars"), Argument(is_file=False, text="a=text")
    for arguments, expected in (((file, text), "text"), ((text, file), "x"), ((text,), "text")):
        instance = root(tmp_path, DECLARED, Settings(arguments))
        assert plain(instance.variable("a")) == expected


def test_text_means_what_the_type_asks_for(tmp_path: Path) -> None:
    text = 'variable "s" {\n  type = string\n}\nvariable "l" {\n  type = list(number)\n}\nvariable "any" {}\n'
    values = ("s=[1]", "l=[1, 2]", "any=[1]")
    instance = root(tmp_path, text, Settings(tuple(Argument(is_file=False, text=value) for value in values)))
    assert [plain(instance.variable(name)) for name in ("s", "l", "any")] == ["[1]", [1, 2], "[1]"]


def test_a_variable_without_a_value_is_unknown_and_says_so(tmp_path: Path) -> None:
    instance = root(tmp_path, 'variable "a" {\n  type = bool\n}\n')
    assert plain(instance.variable("a")) == "? variable `a` has no default"


def test_values_show_where_they_were_given(tmp_path: Path) -> None:
    instance = root(tmp_path, {"main.tf": DECLARED, "terraform.tfvars": '\na = "given"\n'})
    span = instance.variable("a").span
    assert span is not None
    assert (span.source.path, span.line, span.text) == (str(tmp_path / "terraform.tfvars"), 2, '"given"')


def test_a_named_file_that_is_missing_is_an_error(tmp_path: Path) -> None:
    data = resolved(tmp_path, DECLARED, Settings((Argument(is_file=True, text="missing.tfvars"),)))
    assert [error["summary"] for error in data["errors"]] == ["Failed to read variables file"]


def test_undeclared_values_are_warned_of_in_files_and_refused_on_the_command_line(tmp_path: Path) -> None:
    files = {"main.tf": DECLARED, "terraform.tfvars": "b = 1\n"}
    assert [each["summary"] for each in resolved(tmp_path, files)["warnings"]] == ["Value for undeclared variable"]
    data = resolved(tmp_path, DECLARED, Settings((Argument(is_file=False, text="c=1"),)))
    assert [each["summary"] for each in data["errors"]] == ["Value for undeclared variable"]


def test_a_tfvars_link_out_of_the_tree_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text('a = "secret"\n', encoding="utf-8")
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "terraform.tfvars").symlink_to(tmp_path / "secret")
    assert plain(root(tmp_path / "tree", DECLARED).variable("a")) == "default"
