"""What is read, what is passed over, and what is said of what cannot be read."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from enclint.discover import Found, discover
from enclint.units import units_of

if TYPE_CHECKING:
    from pathlib import Path

TEMPLATE = "Resources:\n  B:\n    Type: AWS::S3::Bucket\n"
PLAN = '{"format_version": "1.2", "planned_values": {"root_module": {}}, "resource_changes": []}'


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(tree: Path, **files: str) -> None:
    for name, text in files.items():
        put(tree, name, text)


def put(tree: Path, path: str, text: str | bytes = "") -> None:
    file = tree / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.encode() if isinstance(text, str) else text)


def templates(found: Found) -> list[str]:
    return [source.path for source in found.templates]


def test_folders_are_searched_for_modules_plans_and_templates(tree: Path) -> None:
    put(tree, "main.tf")
    put(tree, "modules/db/main.tf.json", "{}")
    put(tree, "modules/new/main.tofu")
    put(tree, "stacks/a.yaml", TEMPLATE)
    put(tree, "stacks/b.template", '{"Resources": {"B": {"Type": "AWS::S3::Bucket"}}}')
    put(tree, "plan.json", PLAN)
    for name in (".", str(tree)):
        found = discover([name])
        assert found.modules == (".", "modules/db", "modules/new")
        assert templates(found) == ["stacks/a.yaml", "stacks/b.template"]
        assert [source.path for source in found.plans] == ["plan.json"]
        assert found.errors == ()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("deployment.yaml", "apiVersion: v1\nkind: Pod\nResources: {}\n"),
        ("package.json", '{"name": "x", "dependencies": {}}'),
        ("latin.yaml", "name: caf\xe9\n".encode("latin-1")),
        ("notes.json", '{"text": "the AWS:: prefix"}'),
        ("broken.yaml", "a: [\n"),
        ("main.txt", 'resource "aws_s3_bucket" "b" {}'),
    ],
)
def test_everything_else_is_passed_over(tree: Path, name: str, text: str | bytes) -> None:
    put(tree, name, text)
    found = discover(["."])
    assert (found.modules, found.templates, found.plans, found.errors) == ((), (), (), ())
    assert found.nothing_here


def test_a_hook_that_names_a_file_of_another_kind_has_nothing_to_complain_of(tree: Path) -> None:
    put(tree, "deployment.yaml", "apiVersion: v1\nkind: Pod\n")
    assert not discover(["deployment.yaml"]).nothing_here


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"@level":"info","@message":"Terraform 1.11.4","@module":"terraform.ui","type":"version"}\n{}\n', "log"),
        ('{\n  "version": 4,\n  "terraform_version": "1.11.4",\n  "serial": 1,\n  "lineage": "x"\n}\n', "state"),
    ],
)
def test_what_terraform_writes_besides_plans_does_not_pass_for_judged_when_it_is_named(
    tree: Path, text: str, told: str
) -> None:
    (tree / "plan.json").write_text(text, encoding="utf-8")
    (error,) = discover([str(tree / "plan.json")]).errors
    assert told in error.message
    assert "terraform show -json" in error.message


def test_a_template_that_cannot_be_read_is_an_error_and_not_passed_over(tree: Path) -> None:
    put(tree, "latin.yaml", (TEMPLATE + "# caf\xe9\n").encode("latin-1"))
    put(tree, "wide.yaml", TEMPLATE.encode("utf-16"))
    put(tree, "bom.yaml", TEMPLATE.encode("utf-8-sig"))
    found = discover(["."])
    assert [error.message for error in found.errors] == [
        "latin.yaml cannot be read: it is not valid UTF-8 (line 4)",
        "wide.yaml cannot be read: it is encoded in UTF-16; UTF-8 is expected",
    ]
    assert all(error.is_error and error.policy == "unreadable-file" for error in found.errors)
    assert templates(found) == ["bom.yaml"]


def test_what_does_not_exist_or_is_no_file_is_an_error(tree: Path) -> None:
    os.mkfifo(tree / "pipe.yaml")
    put(tree, "tfplan", b"PK\x03\x04binary")
    found = discover(["gone.tf", "pipe.yaml", "tfplan"])
    assert [error.message for error in found.errors] == [
        "gone.tf cannot be read: there is no such file",
        "pipe.yaml cannot be read: it is no regular file",
        "tfplan cannot be read: it is a plan in binary form; `terraform show -json` prints it as JSON",
    ]


def test_a_large_file_is_an_error_only_if_it_looks_like_ours(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("enclint.discover.MAX_SIZE", 100)
    monkeypatch.setattr("enclint.text_file.read_bytes.__defaults__", (100,))
    put(tree, "data.json", "[" + "1," * 100 + "1]")
    put(tree, "stack.yaml", TEMPLATE + "#" * 100)
    assert [error.message for error in discover(["."]).errors] == ["stack.yaml cannot be read: it is larger than 0 MB"]


def test_a_template_that_is_named_is_read_whatever_it_is_called(tree: Path) -> None:
    put(tree, ".hidden/stack.cfn", TEMPLATE)
    put(tree, "node_modules/x/stack.yaml", TEMPLATE)
    assert templates(discover(["."])) == []
    assert templates(discover([".hidden/stack.cfn", "node_modules/x"])) == [
        ".hidden/stack.cfn",
        "node_modules/x/stack.yaml",
    ]


def call(*sources: str) -> str:
    return "".join(f'module "m{number}" {{\n  source = "{source}"\n}}\n' for number, source in enumerate(sources))


@pytest.fixture
def repository(tree: Path) -> Path:
    put(tree, ".git/HEAD")
    put(tree, "live/prod/main.tf", call("../../modules/shop"))
    put(tree, "live/test/main.tf", call("../../modules/shop", "../../modules/other"))
    put(tree, "live/else/main.tf")
    put(tree, "modules/shop/main.tf", call("../db"))
    put(tree, "modules/db/main.tf")
    put(tree, "modules/db/variables.tf")
    put(tree, "modules/other/main.tf.json", '{"module": {"x": {"source": "../leaf"}}}')
    put(tree, "modules/leaf/main.tf")
    return tree


def roots(*paths: str) -> list[str]:
    return [path for unit in units_of(discover(paths)) for path in unit.paths]


def test_modules_that_others_call_are_judged_through_them(repository: Path) -> None:
    assert roots(".") == ["live/else", "live/prod", "live/test"]
    assert roots("modules") == ["modules/other", "modules/shop"]


def test_a_folder_that_is_named_is_judged_by_itself_too(repository: Path) -> None:
    assert roots("modules/db") == ["modules/db"]
    assert roots(".", "modules/db") == ["live/else", "live/prod", "live/test", "modules/db"]


def test_a_file_that_is_named_is_judged_through_all_callers_in_the_repository(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert roots("modules/db/main.tf") == ["live/prod", "live/test"]
    assert roots("modules/leaf/main.tf") == ["live/test"]
    assert roots("live/else/main.tf", "modules/leaf/main.tf") == ["live/else", "live/test"]
    found = discover(["modules/db/main.tf"])
    assert found.is_asked_for("modules/db/main.tf")
    assert not found.is_asked_for("modules/db/variables.tf")
    monkeypatch.chdir(repository / "modules")
    assert len(roots("db/main.tf")) == 2
    assert discover(["db/main.tf"]).is_asked_for(str(repository / "modules" / "db" / "main.tf"))


def test_modules_in_a_circle_are_judged_from_the_first(tree: Path) -> None:
    put(tree, "a/main.tf", call("../b"))
    put(tree, "b/main.tf", call("../a"))
    assert roots(".") == ["a"]


def test_a_template_that_is_named_is_judged_with_its_folder_and_the_ones_that_nest_it(tree: Path) -> None:
    nest = "Resources:\n  N:\n    Type: AWS::CloudFormation::Stack\n    Properties:\n      TemplateURL: {}\n"
    put(tree, ".git/HEAD")
    put(tree, "parts/inner.yaml", TEMPLATE)
    put(tree, "parts/beside.yaml", TEMPLATE)
    put(tree, "middle/middle.yaml", nest.format("../parts/inner.yaml"))
    put(tree, "top.yaml", nest.format("middle/middle.yaml"))
    put(tree, "other.yaml", nest.format("elsewhere.yaml"))
    found = discover(["parts/inner.yaml"])
    assert sorted(templates(found)) == ["middle/middle.yaml", "parts/beside.yaml", "parts/inner.yaml", "top.yaml"]
    linked = [set(unit.paths) for unit in units_of(found)]
    assert linked == [{"parts/beside.yaml"}, {"parts/inner.yaml", "middle/middle.yaml", "top.yaml"}]


def test_outside_of_a_repository_only_the_folder_of_a_named_file_is_looked_at(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tree, "main.tf")
    put(tree, "a.yaml", TEMPLATE)
    put(tree, "b.yaml", TEMPLATE)
    put(tree, "below/c.yaml", TEMPLATE)
    put(tree, "below/main.tf", call(".."))
    found = discover(["main.tf", "a.yaml"])
    assert templates(found) == ["a.yaml", "b.yaml"]
    assert (found.modules, found.modules_around) == ((".",), ())


def test_the_tree_is_the_repository_or_what_was_named(tree: Path) -> None:
    put(tree, "infra/live/main.tf")
    assert discover(["infra/live"]).tree == os.path.realpath("infra/live")
    put(tree, "infra/.git/HEAD")
    assert discover(["infra/live"]).tree == os.path.realpath("infra")
