"""Whatever a file holds, it neither stops nor steers the tool, runs nothing, and shows nothing from elsewhere."""

from __future__ import annotations

import errno
import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from command_line import BAD, GOOD, put, report
from enclint.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


HOSTILE = {
    "a/main.tf": 'resource "aws_ebs_volume" "b" {\n  encrypted = file("../../outside.txt") == "x"\n}\n',
    "b/main.tf": 'output "x" {\n  value = file("/etc/passwd")\n}\n' + BAD,
    "c/main.tf": 'module "m" {\n  source = "../../../elsewhere"\n}\n',
    "d/main.tf": "locals {\n  a = " + "[" * 20_000 + "]" * 20_000 + "\n}\n" + BAD,
    "e/main.tf": 'resource "aws_ebs_volume" "b" {\n  count = 100000\n  encrypted = true\n}\n',
    "f/main.tf": "locals {\n  a0 = [1]\n"
    + "".join(f"  a{n + 1} = concat(local.a{n}, local.a{n})\n" for n in range(60))
    + '}\nresource "aws_ebs_volume" "b" {\n  encrypted = length(local.a60) == 1\n}\n',
    "g/stack.yaml": "a: &a [x, x, x, x, x, x, x, x, x]\n"
    + "".join(f"b{n}: &b{n} [{', '.join(['*a' if n == 0 else f'*b{n - 1}'] * 9)}]\n" for n in range(9))
    + "Resources:\n  V:\n    Type: AWS::EC2::Volume\n    Properties: {Encrypted: *b8}\n",
    "h/stack.yaml": "Resources:\n  V:\n    Type: AWS::EC2::Volume\n    Properties: " + "{a: " * 5_000 + "\n",
    "i/stack.json": '{"Resources": {"V": {"Type": "AWS::EC2::Volume", "Properties": ' + '{"a":' * 50_000,
    "j/main.tf": "resource \x00\x1b]0;x\x07 {\n",
    "k/main.tf.json": "[" * 100_000,
    "l/plan.json": '{"format_version": "1.2", "resource_changes": ' + "[" * 100_000,
    "m/stack.yaml": "!!python/object/apply:os.system ['touch owned']\nResources:\n  V: {Type: AWS::EC2::Volume}\n",
}


def test_hostile_files_neither_stop_nor_steer_nor_leave_the_tree(
    tree: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tree.parent, "outside.txt", "x")
    put(tree.parent, "elsewhere/main.tf", BAD.replace('"bad"', '"elsewhere"'))
    for path, text in HOSTILE.items():
        put(tree, path, text)
    put(tree, "n/link.tf", "")
    (tree / "n" / "link.tf").unlink()
    (tree / "n" / "link.tf").symlink_to(tree.parent / "elsewhere" / "main.tf")
    put(tree, "n/main.tf", GOOD)
    data = report(capsys, ".", status=2)
    assert "internal-error" not in {each["policy"] for each in data["findings"]}, data["findings"]
    resources = {each["resource"] for each in data["findings"]}
    assert "aws_ebs_volume.elsewhere" not in resources
    by_file = {each["location"]["file"][0]: each["verdict"] for each in data["findings"] if each["location"]}
    assert by_file["a"] == "unknown"
    assert "root:" not in json.dumps(data)
    assert not (tree / "owned").exists()
    main(["."])
    assert "\x1b" not in capsys.readouterr().out


def test_the_repositorys_own_files_are_no_part_of_the_tree(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(tree, ".git/config", "token = hunter2\n")
    put(tree, "main.tf", 'output "x" {\n  value = file(".git/config")\n}\n')
    main(["resolve"])
    assert "hunter2" not in "".join(capsys.readouterr())


@pytest.mark.parametrize(
    "step", ["concat(local.a{0}, local.a{0})", "flatten([local.a{0}, local.a{0}])", "[local.a{0}, local.a{0}]"]
)
def test_values_that_double_with_each_line_are_undecided(
    tree: Path, step: str, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = "".join(f"  a{number + 1} = {step.format(number)}\n" for number in range(60))
    volume = 'resource "aws_ebs_volume" "b" {\n  encrypted = length(local.a60) == 1\n}\n'
    put(tree, "main.tf", f"locals {{\n  a0 = [1]\n{lines}}}\n{volume}")
    [finding] = report(capsys, status=0)["findings"]
    assert finding["verdict"] == "unknown"


def test_numbers_that_square_with_each_line_are_undecided(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = "".join(f"  a{number + 1} = local.a{number} * local.a{number}\n" for number in range(60))
    volume = 'resource "aws_ebs_volume" "b" {\n  encrypted = local.a60 > 1\n}\n'
    put(tree, "main.tf", f"locals {{\n  a0 = 10\n{lines}}}\n{volume}")
    [finding] = report(capsys, status=0)["findings"]
    assert finding["verdict"] == "unknown"


def test_pipes_and_links_that_go_round_keep_no_other_file_from_being_judged(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(tree, "main.tf", BAD)
    put(tree, "stack.yaml", "Resources:\n  V:\n    Type: AWS::EC2::Volume\n")
    os.mkfifo(tree / "pipe.tf")
    os.mkfifo(tree / "pipe.yaml")
    os.mkfifo(tree / ".gitignore")
    (tree / "round.tf").symlink_to("round.tf")
    messages = {
        "pipe.tf cannot be read: it is no regular file",
        "round.tf cannot be read: too many levels of symbolic links",
    }
    for words, status in ((["."], 2), ([".", "stack.yaml"], 2), (["main.tf", "stack.yaml"], 1)):
        data = report(capsys, *words, status=status)
        assert {"aws_ebs_volume.bad", "V"} <= {each["resource"] for each in data["findings"]}
        assert status == 1 or messages <= {each["message"] for each in data["findings"]}


@pytest.mark.parametrize("word", ["m", "m/main.tf", "m/x.tfvars"])
def test_a_folder_that_cannot_be_listed_is_an_error_however_it_is_named(
    tree: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, word: str
) -> None:
    put(tree, "m/main.tf", GOOD)
    put(tree, "m/x.tfvars", "")

    def without_permission(list_folder: Callable[[str], Any]) -> Callable[[str], Any]:
        def attempt(path: str) -> Any:
            if os.path.realpath(path) == os.path.realpath(tree / "m"):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
            return list_folder(path)

        return attempt

    monkeypatch.setattr("os.listdir", without_permission(os.listdir))
    monkeypatch.setattr("os.scandir", without_permission(os.scandir))
    [finding] = report(capsys, word, status=2)["findings"]
    assert finding["message"] == "m cannot be read: the folder cannot be listed"


def test_loops_within_loops_and_many_loops_are_undecided_instead_of_run(
    tree: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("enclint.frontends.terraform.loops.MAX_ITERATIONS", 1_000)
    monkeypatch.setattr("enclint.frontends.terraform.loops.MAX_ALTOGETHER", 10_000)
    loop = "flatten([for a in range(%d) : [for b in range(%d) : %s]])"
    put(tree, "few/main.tf", f"locals {{\n  n = {loop % (20, 20, 'true')}\n}}\n" + encrypted_if("local.n[0]"))
    put(tree, "nested/main.tf", f"locals {{\n  n = {loop % (100, 100, 'true')}\n}}\n" + encrypted_if("local.n[0]"))
    put(tree, "text/main.tf", encrypted_if('templatefile("many.tftpl", {}) == ""'))
    put(tree, "text/many.tftpl", "%{ for a in range(100) }%{ for b in range(100) }x%{ endfor }%{ endfor }")
    lines = "".join(f"  n{n} = [for i in range(900) : i == {n} ? local.n{n + 1}[0] : true]\n" for n in range(20))
    put(tree, "often/main.tf", f"locals {{\n{lines}  n20 = [true]\n}}\n" + encrypted_if("local.n0[0]"))
    data = report(capsys, ".", status=0)
    assert {(each["location"]["file"], each["verdict"]) for each in data["findings"]} == {
        ("nested/main.tf", "unknown"),
        ("text/main.tf", "unknown"),
        ("often/main.tf", "unknown"),
    }
    assert {reason.partition(" more than ")[2] for each in data["findings"] for reason in each["reasons"]} == {
        "1,000 elements"
    }


def test_texts_that_begin_like_what_a_policy_looks_for_again_and_again_take_no_longer(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With a pattern that goes back over the rest of the text from each beginning, this would run for hours."""
    put(tree, "main.tf", f'resource "aws_instance" "i" {{\n  user_data = "{"arn:aws:acm:" * 200_000}"\n}}\n')
    data = report(capsys, "--select", "ec2-expects-acm-certificate", ".", status=0)
    assert (data["summary"]["resources"], data["findings"]) == (1, [])


def test_long_values_are_not_repeated_whole(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(tree, "main.tf", encrypted_if(f'"{"x" * 100_000}"'))
    put(tree, "plan/main.tf", encrypted_if("var.e") + f'variable "e" {{\n  default = "{"y" * 100_000}"\n}}\n')
    assert main([".", "--format", "json"]) == 0
    assert len(capsys.readouterr().out) < 10_000


def encrypted_if(condition: str) -> str:
    return f'resource "aws_ebs_volume" "b" {{\n  encrypted = {condition}\n}}\n'
