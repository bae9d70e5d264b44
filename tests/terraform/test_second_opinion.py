"""python-hcl2 beside our reader: the same outline of all fixtures, its known faults written down, when it is asked."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import hcl2
import pytest

from enclint.frontends.terraform.diagnostics import syntax_error
from enclint.frontends.terraform.reader import parse
from enclint.frontends.terraform.second_opinion import LENIENCES, MAX_LENGTH, python_hcl2_accepts, second_opinion
from enclint.frontends.terraform.syntax import Attribute, Item, SyntaxFault
from enclint.source import Source

FIXTURES = sorted((Path(__file__).parents[2] / "fixtures").rglob("*.tf"))
VECTORS = [json.loads(line) for line in (Path(__file__).parent / "syntax_vectors.jsonl").read_text().splitlines()]

REFUSED_BY_PYTHON_HCL2 = {
    "argument_3": "a comment between an argument's name and `=`",
    "argument_14": "a byte-order mark",
    "block_4": "comments in a block's header",
    "block_6": "a label with `$` in it",
    "template_3": "`${~` and `~}`",
    "template_4": "`${~` and `~}`",
    "template_5": "an interpolation over several lines",
    "heredoc_16": "white space behind a heredoc's closing marker",
    "heredoc_22": "a heredoc's marker beyond ASCII",
    "steps_26": "an attribute on the next line, in parentheses",
    "operator_4": "`5-10`",
    "call_11": "a function's name in a namespace, with blanks",
    "comment_7": "a comment between `=` and the value",
    "unicode_1": "letters beyond ASCII",
    "unicode_2": "letters beyond ASCII",
    "unicode_7": "letters beyond ASCII",
}
"""Vectors that Terraform reads and python-hcl2 8.1 does not."""

MISREAD_BY_PYTHON_HCL2 = {
    "a = <<T\nx\nT \nb = 1\nc = <<T\ny\nT\nd = 1\n": "a blank behind a marker: all is text up to the next marker",
    'a = "%%{"\nb = 1\nc = "}"\n': "an escaped `%{` that is not closed swallows what follows",
}
"""Texts that Terraform reads and of which python-hcl2 8.1 loses something in silence."""

Outline = dict[str, Any]
"""Names of arguments to None, and types of blocks with their labels to the outlines of such blocks, in order."""


def outline(items: list[Item]) -> Outline:
    found: Outline = {}
    for item in items:
        if isinstance(item, Attribute):
            found[item.name] = None
        else:
            found.setdefault(" ".join([item.type, *item.labels]), []).append(outline(item.items))
    return found


def outline_of_python_hcl2(body: dict[str, Any]) -> Outline:
    found: Outline = {}
    for name, value in body.items():
        if name in ("__is_block__", "__comments__", "__inline_comments__"):
            continue
        blocks = value if isinstance(value, list) and value and all(isinstance(each, dict) for each in value) else []
        unpacked = [unpack([name], block) for block in blocks]
        if blocks and all(unpacked):
            for header, inner in unpacked:
                found.setdefault(header, []).append(inner)
        else:
            found[name] = None
    return found


def unpack(header: list[str], body: dict[str, Any]) -> tuple[str, Outline] | tuple[()]:
    """A block's header and outline, or nothing where the value is no block but an object."""
    while "__is_block__" not in body:
        if len(body) != 1:
            return ()
        label, body = next(iter(body.items()))
        if not isinstance(body, dict):
            return ()
        header = [*header, label.strip('"')]
    return " ".join(header), outline_of_python_hcl2(body)


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: str(path.relative_to(path.parents[2])))
def test_python_hcl2_sees_the_same_blocks_and_arguments_in_a_fixture(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert outline(parse(Source(str(path), text)).items) == outline_of_python_hcl2(hcl2.loads(text))


def test_there_are_fixtures() -> None:
    assert FIXTURES


def test_python_hcl2_sees_the_same_in_all_vectors_that_it_reads() -> None:
    refused = set()
    for vector in VECTORS:
        if "tree" not in vector or vector["name"] == "block_5":  # it leaves the escapes of labels as they are
            continue
        if not python_hcl2_accepts(vector["source"]):
            refused.add(vector["name"])
            continue
        items = parse(Source("main.tf", vector["source"])).items
        assert outline(items) == outline_of_python_hcl2(hcl2.loads(vector["source"])), vector["name"]
    assert refused == set(REFUSED_BY_PYTHON_HCL2)


@pytest.mark.parametrize("text", MISREAD_BY_PYTHON_HCL2)
def test_what_python_hcl2_loses_in_silence_is_read_here(text: str) -> None:
    ours = outline(parse(Source("main.tf", text)).items)
    assert len(ours) > len(outline_of_python_hcl2(hcl2.loads(text)))


def opinion(text: str, fault: SyntaxFault | None = None, path: str = "main.tf") -> str:
    return second_opinion(Source(path, text), fault or SyntaxFault("unexpected `x`", 0))


def test_a_file_that_only_we_reject_may_be_our_fault() -> None:
    assert "may be enclint's" in opinion('resource "a" "b" {\n  c = 1\n}\n')


def test_a_file_that_both_reject_is_the_users_fault() -> None:
    assert opinion("a = )\n") == ""


def test_what_python_hcl2_cannot_judge_is_not_put_to_it() -> None:
    assert opinion('{"a": 1}', path="main.tf.json") == ""
    assert opinion("a = 1\n" * MAX_LENGTH) == ""


def test_python_hcl2_is_asked_about_nothing_that_it_is_known_to_overlook() -> None:
    """All refusals of the vectors are right: whoever gets a note on one of them is misled."""
    used = set()
    for vector in VECTORS:
        source = Source("main.tf", vector["source"])
        if "fault" in vector:
            with pytest.raises(SyntaxFault) as caught:
                parse(source)
            assert second_opinion(source, caught.value) == "", vector["name"]
            if python_hcl2_accepts(source.text):
                used |= {lenience for lenience in LENIENCES if lenience in str(caught.value)}
    assert used == set(LENIENCES)


def test_reading_does_not_import_python_hcl2() -> None:
    code = (
        "import sys; from enclint.frontends.terraform.reader import parse; from enclint.source import Source;"
        "import enclint.frontends.terraform.json_syntax, enclint.frontends.terraform.second_opinion;"
        "parse(Source('a', 'a = 1')); assert not {'hcl2', 'lark'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_error_about_a_file_that_only_we_reject_asks_for_a_report(monkeypatch: pytest.MonkeyPatch) -> None:
    source = Source("main.tf", "a = = 1\n")
    with pytest.raises(SyntaxFault) as caught:
        parse(source)
    monkeypatch.setattr(f"{second_opinion.__module__}.python_hcl2_accepts", lambda _: True)
    assert "the fault may be enclint's" in syntax_error(source, caught.value).message
    monkeypatch.setattr(f"{second_opinion.__module__}.python_hcl2_accepts", lambda _: False)
    assert syntax_error(source, caught.value).message == str(caught.value)
