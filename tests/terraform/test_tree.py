"""What names stand for, evaluated when somebody asks and once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from configuration import by_address, plain, project, resolved, root, write

from enclint.frontends.terraform import tree
from enclint.frontends.terraform.loader import ModuleLoader
from enclint.frontends.terraform.project import Settings, load_project
from enclint.frontends.terraform.tree import MAX_CALLS, MAX_DEPTH, MAX_PARTS

if TYPE_CHECKING:
    from pathlib import Path

    from enclint.model.value import Value

MODULE = {
    "main.tf": """
locals {
  enc = false
}
module "db" {
  source  = "./modules/db"
  encrypt = local.enc
}
""",
    "modules/db/main.tf": """
variable "encrypt" {
  type = bool
}
resource "aws_ebs_volume" "v" {
  encrypted = var.encrypt
}
output "volume" {
  value = aws_ebs_volume.v.id
}
output "encrypt" {
  value = var.encrypt
}
""",
}


def origin(value: Value) -> list[tuple[str, str]]:
    """The way that a value came, nearest hop first, with the code that each hop leads to."""
    hops, hop = [], value.trace
    while hop is not None:
        hops.append((hop.label, hop.span.text if hop.span is not None else ""))
        hop = hop.before
    return hops


def test_a_value_tells_the_way_it_came_through_a_module(tmp_path: Path) -> None:
    volume = by_address(project(tmp_path, MODULE))["module.db.aws_ebs_volume.v"]
    value = volume.argument("encrypted")
    assert plain(value) is False
    assert value.span is not None
    assert value.span.text == "var.encrypt"
    assert [label for label, _ in origin(value)] == ["var.encrypt", "local.enc"]
    assert [text for _, text in origin(value)] == ["local.enc", "false"]


def test_a_resource_tells_the_calls_that_lead_to_it_outermost_first(tmp_path: Path) -> None:
    files = {
        "main.tf": 'module "a" {\n  source = "./a"\n}\n',
        "a/main.tf": 'module "b" {\n  count  = 1\n  source = "../b"\n}\n',
        "b/main.tf": 'resource "aws_ebs_volume" "v" {}\n',
    }
    (volume,) = project(tmp_path, files).resources
    assert volume.address == "module.a.module.b[0].aws_ebs_volume.v"
    assert [label for label, _ in volume.calls] == ["module.a", "module.b[0]"]
    assert [span.line for _, span in volume.calls if span is not None] == [1, 1]


def test_references_across_modules_name_the_resource(tmp_path: Path) -> None:
    text = MODULE["main.tf"] + 'resource "aws_instance" "i" {\n  a = module.db.volume\n  b = module.db.encrypt\n}\n'
    instance = by_address(project(tmp_path, {**MODULE, "main.tf": text}))["aws_instance.i"]
    assert plain(instance.argument("a")) == "-> module.db.aws_ebs_volume.v.id"
    assert plain(instance.argument("b")) is False


def test_what_nobody_asks_for_is_not_evaluated_and_the_rest_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = """
locals {
  asked   = 1
  unasked = 2
  sums    = [for n in range(3) : local.asked + n]
}
resource "aws_ebs_volume" "v" {
  size = local.sums[1] + local.asked
  iops = local.unasked
}
"""
    evaluated = []
    evaluate = tree.evaluate
    monkeypatch.setattr(tree, "evaluate", lambda expression, scope: evaluated.append(1) or evaluate(expression, scope))
    (volume,) = project(tmp_path, text).resources
    assert len(evaluated) == 0
    assert [plain(volume.argument("size")) for _ in range(3)] == [3, 3, 3]
    assert len(evaluated) == 2


def test_what_depends_on_itself_is_unknown_and_says_so(tmp_path: Path) -> None:
    text = 'locals {\n  a = local.b\n  b = local.a\n}\nresource "aws_ebs_volume" "v" {\n  size = local.a\n}\n'
    (volume,) = project(tmp_path, text).resources
    assert plain(volume.argument("size")) == "? `local.a` depends on itself"
    (error,) = resolved(tmp_path, text)["errors"]
    assert error["summary"] == "Cycle: local.a (expand), local.b (expand)"


def test_a_chain_of_references_that_is_too_long_is_unknown(tmp_path: Path) -> None:
    length = MAX_DEPTH + 100
    links = "".join(f"  l{number} = local.l{number + 1}\n" for number in range(length))
    text = f'locals {{\n{links}  l{length} = 1\n}}\nresource "aws_ebs_volume" "v" {{\n  size = local.l0\n}}\n'
    (volume,) = project(tmp_path, text).resources
    assert f"More than {MAX_DEPTH} references" in plain(volume.argument("size"))


def test_text_that_doubles_at_each_step_stays_bounded(tmp_path: Path) -> None:
    links = "".join(f'  l{number} = "${{local.l{number + 1}}}${{local.l{number + 1}}}"\n' for number in range(60))
    text = (
        f'variable "a" {{\n  type = string\n}}\nlocals {{\n{links}  l60 = "${{var.a}}x"\n}}\n'
        'resource "aws_ebs_volume" "v" {\n  size = local.l0\n}\n'
    )
    (volume,) = project(tmp_path, text).resources
    assert len(plain(volume.argument("size"))) <= MAX_PARTS


MISSING = 'module "vpc" {\n  source = "terraform-aws-modules/vpc/aws"\n}\noutput "o" {\n  value = module.vpc.id\n}\n'


def test_a_module_that_is_not_in_the_tree_has_unknown_outputs(tmp_path: Path) -> None:
    assert plain(root(tmp_path, MISSING).output("o")) == "? module `vpc` is not in the tree: run terraform init"


def test_a_module_that_was_installed_is_read(tmp_path: Path) -> None:
    manifest = '{"Modules": [{"Key": "", "Dir": "."}, {"Key": "vpc", "Dir": ".terraform/modules/vpc"}]}'
    files = {
        "main.tf": MISSING,
        ".terraform/modules/modules.json": manifest,
        ".terraform/modules/vpc/main.tf": 'output "id" {\n  value = 1\n}\n',
    }
    assert plain(root(tmp_path, files).output("o")) == 1


@pytest.mark.parametrize("manifest", ["", "[]", "{", '{"Modules": 1}', '{"Modules": [1, {"Key": 1}]}'])
def test_a_broken_manifest_installs_nothing(manifest: str, tmp_path: Path) -> None:
    files = {"main.tf": MISSING, ".terraform/modules/modules.json": manifest}
    assert "run terraform init" in plain(root(tmp_path, files).output("o"))


def test_nothing_outside_of_the_tree_is_read(tmp_path: Path) -> None:
    write(tmp_path, {"outside/main.tf": 'output "id" {\n  value = 1\n}\n', "tree/.keep": ""})
    calls = 'module "m" {\n  source = "../outside"\n}\noutput "o" {\n  value = module.m.id\n}\n'
    assert "lies outside of the scanned tree" in plain(root(tmp_path / "tree", calls).output("o"))


def test_a_module_that_calls_itself_ends(tmp_path: Path) -> None:
    given = project(tmp_path, 'module "again" {\n  source = "./."\n}\nresource "aws_ebs_volume" "v" {}\n')
    assert list(by_address(given)) == ["aws_ebs_volume.v"]


def test_modules_that_call_each_other_ever_deeper_end(tmp_path: Path) -> None:
    files = {"main.tf": 'module "m" {\n  source = "./m0"\n}\n'}
    for number in range(50):
        files[f"m{number}/main.tf"] = (
            f'module "m" {{\n  source = "../m{number + 1}"\n}}\nresource "aws_ebs_volume" "v" {{}}\n'
        )
    assert len(project(tmp_path, files).resources) == MAX_CALLS


def test_the_workspace_is_unknown_unless_somebody_says_it(tmp_path: Path) -> None:
    text = 'output "o" {\n  value = "a-${terraform.workspace}"\n}\n'
    assert plain(root(tmp_path, text).output("o"))[0] == "text"
    assert plain(root(tmp_path, text, Settings(workspace="prod")).output("o")) == "a-prod"


def test_paths_are_those_of_terraform(tmp_path: Path) -> None:
    text = 'output "o" {\n  value = [path.module, path.root, basename(path.cwd)]\n}\n'
    assert plain(root(tmp_path / "infra", text).output("o")) == [".", ".", "infra"]


def test_a_module_called_several_times_is_evaluated_for_each_call(tmp_path: Path) -> None:
    files = {
        "main.tf": 'module "m" {\n  source   = "./m"\n  for_each = { a = 1, b = 2 }\n  size     = each.value\n}\n',
        "m/main.tf": 'variable "size" {}\nresource "aws_ebs_volume" "v" {\n  size = var.size\n}\n',
    }
    sizes = {name: plain(each.argument("size")) for name, each in by_address(project(tmp_path, files)).items()}
    assert sizes == {'module.m["a"].aws_ebs_volume.v': 1, 'module.m["b"].aws_ebs_volume.v': 2}


def test_a_root_within_the_tree_may_call_its_neighbours(tmp_path: Path) -> None:
    write(tmp_path, {"shared/main.tf": 'resource "aws_ebs_volume" "v" {}\n'})
    write(tmp_path, {"live/main.tf": 'module "m" {\n  source = "../shared"\n}\n'})
    given = load_project(str(tmp_path / "live"), ModuleLoader(str(tmp_path)))
    assert list(by_address(given)) == ["module.m.aws_ebs_volume.v"]
