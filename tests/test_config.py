"""`.enclint.yaml` is found upwards, checked, and told about with line and the nearest right word."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest
from jsonschema import Draft202012Validator

from enclint import command_line
from enclint.config import Config, ConfigError, Requirement, find_file, read_config, schema
from enclint.finding import Severity
from enclint.options import config_of, lint_options

if TYPE_CHECKING:
    from pathlib import Path

EVERYTHING = """\
profile: strict
select: [s3-*, "compliance:pci-dss-4"]
ignore: [s3-bucket-key-off]
fail_on: high
unknown: fail
policies: [ours]
honour: [checkov, cfn_nag]
created_since: 2026-03-01
classification:
  tags: [Data]
  sensitive: [secret]
requirements:
  - require: sse_kms
    where: {classification: true, paths: ["prod/**"]}
  - require: [customer_key, tls_1_3]
    where: {tags: {Team: [payments, billing], Owner: "*"}}
variables: {region: eu-west-1, replicas: 3, on: true}
variable_files: [common.tfvars]
environment_files: ["env/*.tfvars"]
workspace: prod
parameters: [params/prod.json]
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(project: Path, text: str) -> str:
    file = project / ".enclint.yaml"
    file.write_text(text)
    return str(file)


def test_everything_that_can_be_said(project: Path) -> None:
    config = read_config(write(project, EVERYTHING))
    assert config._replace(places={}) == Config(
        profile="strict",
        select=("s3-*", "compliance:pci-dss-4"),
        ignore=("s3-bucket-key-off",),
        fail_on=Severity.HIGH,
        unknown="fail",
        policies=("ours",),
        honour=("checkov", "cfn_nag"),
        created_since="2026-03-01",
        classification_tags=("Data",),
        classification_values=("secret",),
        requirements=(
            Requirement(("sse_kms",), {"classification": True, "paths": ["prod/**"]}),
            Requirement(("customer_key", "tls_1_3"), {"tags": {"Team": ["payments", "billing"], "Owner": "*"}}),
        ),
        variables=((False, "region=eu-west-1"), (False, "replicas=3"), (False, "on=true"), (True, "common.tfvars")),
        environment_files=("env/*.tfvars",),
        workspace="prod",
        parameters=("params/prod.json",),
        base=str(project),
    )


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("profil: strict\n", 1, 'there is no `profil` here; did you mean "profile"?'),
        ("profile: strickt\n", 1, 'did you mean "strict"?'),
        ("select: []\n", 1, "`select` must not be empty"),
        ("select: s3\n", 1, "`select` must be a list"),
        ("profile: strict\nprofile: baseline\n", 2, "`profile` stands here for the second time"),
        ("honour: [chekov]\n", 1, 'did you mean "checkov"?'),
        ("requirements:\n  - where: {}\n", 2, "`require` is missing"),
        (
            "requirements:\n  - require: x\n    where: {tag: {a: b}}\n",
            3,
            'there is no `tag` here; did you mean "tags"?',
        ),
        ("created_since: yesterday\n", 1, "`created_since` must be a day of the form YYYY-MM-DD"),
        ("- a\n", 1, "the file must be a mapping"),
        ("profile: [\n", 2, "expected"),
        ("a: &a [*a]\n", 1, "there is no `a` here"),
        ("x: !!python/object/apply:os.getcwd []\n", 1, "could not determine a constructor"),
    ],
)
def test_mistakes_are_told_with_file_and_line_and_the_nearest_right_word(
    project: Path, text: str, line: int, message: str
) -> None:
    with pytest.raises(ConfigError) as told:
        read_config(write(project, text))
    assert str(told.value).startswith(f".enclint.yaml:{line}:")
    assert message in str(told.value)


def test_every_mistake_is_told_at_once(project: Path) -> None:
    with pytest.raises(ConfigError) as told:
        read_config(write(project, "profile: x\nworkspace: 3\nfoo: 1\n"))
    assert [line.split(":")[1] for line in str(told.value).splitlines()] == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "a: &a [1, 2, 3, 4, 5, 6, 7, 8, 9]\n"
            + "".join(f"b{n}: &b{n} [{', '.join([f'*b{n - 1}' if n else '*a'] * 9)}]\n" for n in range(9))
            + "ignore: *b8\n",
            "its aliases stand for more than 100,000 nodes",
        ),
        ("ignore: " + "[" * 5_000 + "]" * 5_000, "nested too deeply"),
    ],
)
def test_a_file_that_would_grow_without_end_is_refused(project: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        read_config(write(project, text))


def test_an_empty_file_says_nothing(project: Path) -> None:
    assert read_config(write(project, "# nothing yet\n")) == Config(base=str(project))


def test_the_file_is_found_upwards_as_far_as_the_repository_goes(tmp_path: Path) -> None:
    (tmp_path / ".enclint.yaml").write_text("")
    below = tmp_path / "repository" / "infra" / "prod"
    below.mkdir(parents=True)
    main = below / "main.tf"
    main.write_text("")
    assert find_file(str(main)) == str(tmp_path / ".enclint.yaml")
    (tmp_path / "repository" / ".git").mkdir()
    assert find_file(str(below)) is None
    (tmp_path / "repository" / ".enclint.yaml").write_text("")
    assert find_file(str(main)) == str(tmp_path / "repository" / ".enclint.yaml")


def test_the_command_line_wins_over_the_file_and_adds_to_it(project: Path) -> None:
    write(project, EVERYTHING)
    words = (
        "--profile baseline --select a,b --ignore c --policies more --var x=1 --var-file f --var x=2 --fail-on low ."
    )
    config = config_of(lint_options(words.split()), {"TF_VAR_y": "3", "HOME": "/", "TF_WORKSPACE": "test"})
    assert (config.profile, config.fail_on, config.unknown) == ("baseline", Severity.LOW, "fail")
    assert config.select == ("a", "b")
    assert config.ignore == ("s3-bucket-key-off", "c")
    assert config.policies == ("ours", "more")
    assert config.variables[-3:] == ((False, "x=1"), (True, "f"), (False, "x=2"))
    assert config.environment == {"TF_VAR_y": "3", "TF_WORKSPACE": "test"}


@pytest.mark.parametrize("words", [[], ["infra"], ["a.tf", "b/c.yaml", "explain"]])
def test_words_that_are_only_paths_come_to_what_the_parser_makes_of_them(words: list[str]) -> None:
    plain, parsed = lint_options(words), command_line.lint_options(words)
    assert vars(plain) == {name: vars(parsed)[name] for name in vars(plain)}
    assert config_of(plain, {}) == config_of(parsed, {})


def test_paths_in_the_file_count_from_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    file = write(tmp_path, "policies: [ours]\nvariable_files: [below/x.tfvars]\n")
    config = read_config(file)
    assert [os.path.abspath(path) for path in config.policies] == [str(tmp_path / "ours")]
    assert config.variables == ((True, "x.tfvars"),)


def test_the_schema_is_a_schema_and_explains_every_key() -> None:
    Draft202012Validator.check_schema(schema())
    assert all("description" in each for each in schema()["properties"].values())
    json.dumps(schema())
