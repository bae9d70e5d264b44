"""Reading a folder of files as one module."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configuration import by_address, plain, project, resolved, root, write

from enclint.frontends.terraform.loader import ModuleLoader
from enclint.frontends.terraform.module import module_files

if TYPE_CHECKING:
    from pathlib import Path


def test_override_files_replace_arguments_and_keep_the_others(tmp_path: Path) -> None:
    files = {
        "main.tf": 'resource "aws_ebs_volume" "v" {\n  encrypted = true\n  size = 1\n}\n',
        "a_override.tf": 'resource "aws_ebs_volume" "v" {\n  encrypted = false\n}\n',
        "override.tf": 'resource "aws_ebs_volume" "v" {\n  size = 3\n}\n',
    }
    volume = by_address(project(tmp_path, files))["aws_ebs_volume.v"]
    assert [plain(volume.argument(name)) for name in ("encrypted", "size")] == [False, 3]
    span = volume.argument("encrypted").span
    assert span is not None
    assert (span.source.path, span.line) == (str(tmp_path / "a_override.tf"), 2)


def test_override_files_replace_all_nested_blocks_of_a_type(tmp_path: Path) -> None:
    block = "  ebs_block_device {{\n    device_name = {}\n  }}\n"
    files = {
        "main.tf": 'resource "aws_instance" "w" {\n' + block.format('"a"') + block.format('"b"') + "}\n",
        "override.tf": 'resource "aws_instance" "w" {\n' + block.format('"c"') + "}\n",
    }
    server = by_address(project(tmp_path, files))["aws_instance.w"]
    assert plain(server.argument("ebs_block_device")) == [{"device_name": "c"}]


def test_tofu_files_take_the_place_of_tf_files_of_their_name(tmp_path: Path) -> None:
    folder = write(tmp_path, {"a.tf": "", "a.tofu": "", "b.tf": "", "c.tofu": "", "d.tf.json": "{}", ".hidden.tf": ""})
    names, overrides = module_files(folder)
    assert names == ["a.tofu", "b.tf", "c.tofu", "d.tf.json"]
    assert overrides == []


def test_a_file_that_does_not_parse_leaves_the_rest(tmp_path: Path) -> None:
    files = {
        "main.tf": 'resource "aws_ebs_volume" "a" {}\nresource "aws_ebs_volume" "b" {\n  size = = 1\n}\n',
        "more.tf": 'resource "aws_ebs_volume" "c" {}\n',
    }
    given = project(tmp_path, files)
    assert {"aws_ebs_volume.a", "aws_ebs_volume.c"} <= by_address(given).keys()
    (error,) = given.errors
    assert error.is_error
    assert error.span is not None
    assert error.span.line == 3


def test_a_second_declaration_is_an_error_and_the_first_counts(tmp_path: Path) -> None:
    text = 'resource "aws_ebs_volume" "a" {\n  size = 1\n}\nresource "aws_ebs_volume" "a" {\n  size = 2\n}\n'
    given = project(tmp_path, text)
    assert plain(by_address(given)["aws_ebs_volume.a"].argument("size")) == 1
    (error,) = given.errors
    assert (error.policy, error.span.line if error.span else 0) == ("invalid-configuration", 4)


def test_unknown_block_types_are_an_error_of_a_plan(tmp_path: Path) -> None:
    data = resolved(tmp_path, 'resorce "a" "b" {}\n')
    (error,) = data["errors"]
    assert (error["summary"], error["file"], error["line"]) == ("Unsupported block type", "main.tf", 1)


def test_no_file_is_read_through_a_link_out_of_the_tree(tmp_path: Path) -> None:
    write(tmp_path, {"elsewhere/secret.tf": 'output "a" {\n  value = 1\n}\n', "tree/main.tf": ""})
    (tmp_path / "tree" / "link.tf").symlink_to(tmp_path / "elsewhere" / "secret.tf")
    module = ModuleLoader(str(tmp_path / "tree")).load(str(tmp_path / "tree"))
    assert not module.outputs
    (finding,) = module.findings
    assert "a link that leads out of the scanned tree" in finding.message


def test_a_module_is_parsed_once_for_all_its_callers(tmp_path: Path) -> None:
    calls = "".join(f'module "m{number}" {{\n  source = "./m"\n}}\n' for number in range(3))
    instance = root(tmp_path, {"main.tf": calls, "m/main.tf": ""})
    modules = [instance.module_call(f"m{number}").instances()[0].module for number in range(3)]
    assert modules[0] is modules[1] is modules[2]


def test_a_json_file_declares_the_same_things(tmp_path: Path) -> None:
    volume = '{"resource": {"aws_ebs_volume": {"a": {"encrypted": "${!var.plain}"}}}}'
    files = {"main.tf.json": volume, "variables.tf.json": '{"variable": {"plain": {"default": true}}}'}
    assert plain(by_address(project(tmp_path, files))["aws_ebs_volume.a"].argument("encrypted")) is False


def test_modules_that_are_not_there_are_said_not_to_be_judged(tmp_path: Path) -> None:
    calls = "\n".join(f'module "m{number}" {{\n  source = "registry/m{number}/aws"\n}}' for number in range(7))
    given = project(
        tmp_path / "live",
        {
            "main.tf": f'{calls}\nmodule "near" {{\n  source = "./near"\n}}\nmodule "up" {{\n  source = "../../up"\n}}',
            "near/main.tf": 'module "key" {\n  source = "registry/key/aws"\n}',
        },
    )
    fetched, outside = given.notes
    assert fetched.endswith(
        "live: `module.m0`, `module.m1`, `module.m2`, `module.m3`, `module.m4` and 3 more are not judged "
        "(not in the tree: run terraform init)"
    )
    assert outside.endswith("live: `module.up` is not judged (outside of the scanned tree)")


def test_a_root_whose_modules_are_all_there_has_no_note(tmp_path: Path) -> None:
    given = project(tmp_path, {"main.tf": 'module "near" {\n  source = "./near"\n}', "near/main.tf": ""})
    assert given.notes == ()
