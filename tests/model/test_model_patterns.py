"""A text with words in it that nobody knows: patterns that cannot match whatever the words are, and all others."""

from __future__ import annotations

import re

import pytest

from enclint.model.patterns import may_match

CERTIFICATE = "arn:aws[a-z-]*:acm:[^ ]*:certificate/|aws acm (export|get)-certificate"


@pytest.mark.parametrize(
    ("pattern", "runs"),
    [
        (CERTIFICATE, ["cfn-init --stack ", " --region ", "\n"]),
        (CERTIFICATE, ["arn:", ":acm:", ""]),
        (CERTIFICATE, ["aws ", "\n"]),
        (":x:", ["::", "x"]),
        (r"a\|b c", ["a", "b c"]),
        ("x?y  z", ["xy ", "z"]),
    ],
)
def test_what_a_word_cannot_supply_rules_a_match_out(pattern: str, runs: list[str]) -> None:
    assert not may_match(re.compile(pattern), runs)


@pytest.mark.parametrize(
    ("pattern", "runs"),
    [
        (CERTIFICATE, ["arn:", ":acm:", ":", ":certificate/x"]),
        (CERTIFICATE, ["aws ", " ", "-certificate"]),
        (CERTIFICATE, ["x" * 1_000 + "aws a", "m " + "x" * 1_000]),
        (":abc:", [":", ":"]),
        (":abc:", [":a", "c:"]),
        (":abc:", ["", "abc:", ":abc:"]),
        ("abc", ["", ""]),
        ("(?i): x", ["a", "b"]),
        ("(a b)?c", ["", ""]),
        ("a b*c", ["", " ", ""]),
        ("a b{0,2}c", ["a ", ""]),
        ("[ ]", ["a", "b"]),
        (r"\d \d", ["", " ", ""]),
        ("x|a b", ["", ""]),
    ],
)
def test_everything_else_may_match(pattern: str, runs: list[str]) -> None:
    assert may_match(re.compile(pattern), runs)
