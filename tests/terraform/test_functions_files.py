"""Functions that read files: Terraform's results and words inside of the scanned tree, nothing outside of it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from enclint.frontends.terraform.console import evaluate_line
from enclint.frontends.terraform.functions import glob, tree
from enclint.frontends.terraform.scope import Scope


@pytest.fixture
def scope(tmp_path: Path) -> Scope:
    """A root module `stack` in a scanned tree, with files in and around it."""
    stack = tmp_path / "tree" / "stack"
    for path, content in {
        "stack/main.txt": "hello\n",
        "stack/greeting.tftpl": "Hello, ${name}!",
        "stack/loop.tftpl": "%{ for item in items ~}\n- ${item}\n%{ endfor ~}\n",
        "stack/bare.tftpl": "${value}",
        "stack/again.tftpl": '${templatefile("greeting.tftpl", { name = "x" })}',
        "stack/broken.tftpl": "${ name",
        "stack/files/a.txt": "a",
        "stack/files/b.md": "b",
        "stack/files/deep/c.txt": "c",
        "stack/files/.hidden/d.txt": "d",
        "shared/note.txt": "shared",
        "../outside.txt": "outside",
    }.items():
        target = tmp_path / "tree" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content, encoding="utf-8")
    (stack / "binary.bin").write_bytes(b"\xff\xfe\x00")
    (stack / "way_out.txt").symlink_to(tmp_path / "outside.txt")
    (stack / "way_out").symlink_to(tmp_path)
    (stack / "link.txt").symlink_to(stack / "main.txt")
    (stack / "files" / "loop").symlink_to(stack / "files")
    return Scope(None, str(stack), str(tmp_path / "tree"))


def value(expression: str, scope: Scope) -> Any:
    result = evaluate_line(expression, scope)
    assert "value" in result, result
    return result["value"]


def detail(expression: str, scope: Scope) -> str:
    result = evaluate_line(expression, scope)
    assert result.get("error"), result
    return str(result["detail"])


@pytest.mark.parametrize("path", ["main.txt", "./main.txt", "files/../main.txt", "link.txt"])
def test_files_of_the_tree_are_read(path: str, scope: Scope) -> None:
    assert value(f'file("{path}")', scope) == "hello\n"


def test_files_beside_the_root_module_are_read_while_they_are_in_the_tree(scope: Scope) -> None:
    assert value('file("../shared/note.txt")', scope) == "shared"


@pytest.mark.parametrize(
    "path",
    [
        "../../outside.txt",
        "/etc/passwd",
        "~/.ssh/id_rsa",
        "way_out.txt",
        "way_out/outside.txt",
        "/nonexistent",
        "/dev/zero",
    ],
)
@pytest.mark.parametrize("function", ["file", "filebase64", "filesha256", "fileexists"])
def test_nothing_outside_of_the_tree_is_looked_at(function: str, path: str, scope: Scope) -> None:
    result = evaluate_line(f'{function}("{path}")', scope)
    assert "$unknown" in result["value"]
    assert "lies outside of the scanned files" in result["reason"]


def test_templates_outside_of_the_tree_are_not_looked_at(scope: Scope) -> None:
    assert "lies outside" in evaluate_line('templatefile("/etc/passwd", {})', scope)["reason"]


def test_without_a_tree_nothing_is_read() -> None:
    assert evaluate_line('file("main.txt")', Scope())["reason"] == "no files can be read here"


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ('file("missing.txt")', 'Invalid value for "path" parameter: no file exists at "missing.txt"; this function'),
        ('file("files/")', 'Invalid value for "path" parameter: failed to read file: read files: is a directory.'),
        ('file("main.txt/x")', 'Invalid value for "path" parameter: open main.txt/x: not a directory.'),
        ('file("binary.bin")', 'Call to function "file" failed: contents of "binary.bin" are not valid UTF-8; use'),
        ('filemd5("missing.txt")', 'Call to function "filemd5" failed: open missing.txt: no such file or directory.'),
        ('filemd5("files")', 'Call to function "filemd5" failed: read files: is a directory.'),
        ('fileexists("files")', 'Call to function "fileexists" failed: "files" is a directory, not a file.'),
        ('fileset("files", "[")', 'Call to function "fileset" failed: failed to glob pattern "files/[": syntax error'),
    ],
)
def test_what_cannot_be_read_is_refused_in_terraforms_words(expression: str, words: str, scope: Scope) -> None:
    assert detail(expression, scope).startswith(words)


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ('filebase64("binary.bin")', "//4A"),
        ('filemd5("main.txt")', "b1946ac92492d2347c6235b4d2611184"),
        ('filesha1("main.txt")', "f572d396fae9206628714fb2ce00f72e94f2258f"),
        ('filesha256("main.txt")', "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"),
        ('filebase64sha256("main.txt")', "WJG1tSLV3whtD/CxEPvZ0hu0/HFjrzTQgoai6Eb2vgM="),
        ('filesha512("main.txt") == sha512(file("main.txt"))', True),
        ('filebase64sha512("main.txt") == base64sha512(file("main.txt"))', True),
        ('fileexists("main.txt")', True),
        ('fileexists("missing.txt")', False),
    ],
)
def test_contents_hash_as_terraform_hashes_them(expression: str, result: object, scope: Scope) -> None:
    assert value(expression, scope) == result


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("*", ["a.txt", "b.md"]),
        ("*.txt", ["a.txt"]),
        ("**", [".hidden/d.txt", "a.txt", "b.md", "deep/c.txt"]),
        ("**/*.txt", [".hidden/d.txt", "a.txt", "deep/c.txt"]),
        ("*/*.txt", [".hidden/d.txt", "deep/c.txt", "loop/a.txt"]),
        ("{a,b}.*", ["a.txt", "b.md"]),
        ("{a,{b,c}}*", ["b.md"]),
        ("[!a].txt", ["a.txt"]),
        ("[^a]*", ["b.md"]),
        ("?.md", ["b.md"]),
        ("deep", []),
        ("./a.txt", ["a.txt"]),
        ("/a.txt", ["a.txt"]),
        ("../[lm]*.txt", ["../link.txt", "../main.txt"]),
        ("x[", []),
        ("", []),
    ],
)
def test_patterns_find_what_terraform_finds(pattern: str, found: list[str], scope: Scope) -> None:
    assert value(f'fileset("files", "{pattern}")', scope) == found


def test_patterns_begin_where_the_path_says_even_behind_a_slash(scope: Scope) -> None:
    assert value('fileset("", "/files/*.txt")', scope) == value('fileset("", "files/*.txt")', scope) != []


@pytest.mark.parametrize("name", ["x" * 300, "a\\u0000b"])
def test_names_that_no_file_can_have_match_nothing(name: str, scope: Scope) -> None:
    assert value(f'fileset("", "{name}")', scope) == []
    assert value(f'fileset("{name}", "*")', scope) == []


def test_patterns_lead_out_of_the_tree_neither_by_name_nor_by_link(scope: Scope) -> None:
    for path, pattern in (
        (".", "way_out/*.txt"),
        (".", "way_*/*.txt"),
        (".", "**"),
        ("../..", "*.txt"),
        (".", "*.txt"),
    ):
        result = evaluate_line(f'fileset("{path}", "{pattern}")', scope)
        assert "lies outside of the scanned files" in result["reason"], pattern


def test_a_pattern_that_would_look_at_too_much_says_so(scope: Scope, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(glob, "MAX_ENTRIES", 3)
    assert "more than 3 files" in evaluate_line('fileset("files", "**")', scope)["reason"]


def test_stars_upon_stars_end(scope: Scope) -> None:
    Path(str(scope.directory), "files", "a" * 200).touch()
    result = evaluate_line(f'fileset("files", "{"a*" * 40}b")', scope)
    assert "takes too long" in result["reason"]


def test_a_file_that_is_too_large_says_so(scope: Scope, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree, "MAX_FILE", 3)
    assert "more than 3 bytes" in evaluate_line('file("main.txt")', scope)["reason"]


def test_devices_are_not_read(scope: Scope) -> None:
    os.mkfifo(f"{scope.directory}/pipe")
    assert "not a regular file" in evaluate_line('file("pipe")', scope)["reason"]


# Templates ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ('templatefile("greeting.tftpl", { name = "Ann" })', "Hello, Ann!"),
        ('templatefile("greeting.tftpl", { name = "Ann", unused = 1 })', "Hello, Ann!"),
        ('templatefile("greeting.tftpl", tomap({ name = 5 }))', "Hello, 5!"),
        ('templatefile("loop.tftpl", { items = ["a", "b"] })', "- a\n- b\n"),
        ('templatefile("bare.tftpl", { value = [1] })', [1]),
        ('templatefile("main.txt", {})', "hello\n"),
    ],
)
def test_templates_are_rendered(expression: str, result: object, scope: Scope) -> None:
    assert value(expression, scope) == result


_VARS = 'Invalid value for "vars" parameter: '
_FAILED = 'Call to function "templatefile" failed: '


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            '"greeting.tftpl", {}',
            f'{_VARS}vars map does not contain key "name", referenced at greeting.tftpl:1,10-14.',
        ),
        ('"greeting.tftpl", { "a b" = 1 }', f"{_VARS}invalid template variable name"),
        ('"greeting.tftpl", "x"', f"{_VARS}invalid vars value: must be a map."),
        (
            '"greeting.tftpl", { name = null }',
            f"{_FAILED}greeting.tftpl:1,10-14: Invalid template interpolation value; The expression result is null.",
        ),
        ('"bare.tftpl", { value = null }', f"{_FAILED}bare.tftpl:1,1-9: Template result is null"),
        ('"broken.tftpl", { name = 1 }', f"{_FAILED}broken.tftpl:1,"),
        ('"missing.tftpl", {}', 'Invalid value for "path" parameter: no file exists at "missing.tftpl"'),
    ],
)
def test_templates_are_refused_in_terraforms_words(arguments: str, words: str, scope: Scope) -> None:
    assert detail(f"templatefile({arguments})", scope).startswith(words)


def test_templates_do_not_render_templates(scope: Scope) -> None:
    assert "cannot recursively call templatefile" in detail('templatefile("again.tftpl", {})', scope)
