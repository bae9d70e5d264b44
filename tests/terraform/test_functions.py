"""Built-in functions compute what Terraform computes, and refuse in its words what it refuses.

`functions/vectors.jsonl` was made with Terraform 1.11.4 in the root module of `expressions/main.tf`.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from expression_context import OWN, ContextScope, load_context
from test_expressions import agrees

from enclint.frontends.terraform import functions
from enclint.frontends.terraform.console import evaluate_line

VECTORS = [
    json.loads(line)
    for line in (Path(__file__).parent / "functions" / "vectors.jsonl").read_text(encoding="utf-8").splitlines()
]

NEED_FILES = {"filebase64", "filebase64sha256", "filebase64sha512", "fileexists", "fileset", "filesha1"}
NEED_FILES |= {"filesha256", "filesha512", "file", "filemd5", "templatefile"}
CHANGE_BY_THEMSELVES = {"plantimestamp", "timestamp"}

ALL = (Path(__file__).parent / "functions" / "names.txt").read_text(encoding="utf-8").split()
"""What `terraform metadata functions -json` lists for 1.11.4, and the functions of its own provider."""


def test_there_is_every_function_of_terraform_and_no_other() -> None:
    assert set(ALL) == functions.NAMES


def test_every_function_has_vectors() -> None:
    called = {name for vector in VECTORS for name in re.findall(r"([\w:]+)\(", vector["expr"])}
    assert set(ALL) - called - NEED_FILES - CHANGE_BY_THEMSELVES == {"sha512"} - called


def test_functions_come_out_as_terraform_has_them() -> None:
    scope = ContextScope(OWN)
    examples = [ContextScope(OWN, name) for name in load_context(OWN)["examples"]]
    wrong: list[tuple[Any, Any]] = []
    for vector in VECTORS:
        result = evaluate_line(vector["expr"], scope)
        wanted = {"sensitive": result.get("sensitive"), **vector}
        if not agrees(wanted, result, [evaluate_line(vector["expr"], each) for each in examples]):
            wrong.append((vector, result))
    assert wrong == []
    assert len(VECTORS) > 1500


def test_functions_refuse_in_terraforms_words() -> None:
    scope = ContextScope(OWN)
    wrong = []
    for vector in VECTORS:
        if "detail" in vector:
            result = evaluate_line(vector["expr"], scope)
            if (result.get("message"), result.get("detail")) != (vector["error"], vector["detail"]):
                wrong.append((vector, result))
    assert wrong == []


@pytest.mark.parametrize(
    ("name", "detail"),
    [
        ("uper", 'There is no function named "uper". Did you mean "upper"?'),
        ("entirelyunlike", 'There is no function named "entirelyunlike".'),
        ("core::core::upper", 'The function namespace "core" is not valid.'),
        ("terraform::upper", 'The function namespace "terraform" is not valid.'),
        ("provider::aws::arn_parse", 'There is no function named "provider::aws::arn_parse"'),
    ],
)
def test_functions_that_there_are_not_are_errors(name: str, detail: str) -> None:
    result = evaluate_line(f'{name}("x")', ContextScope(OWN))
    assert result["error"]
    assert result["detail"].startswith(detail)


@pytest.mark.parametrize("name", ["core::upper", "upper"])
def test_built_in_functions_have_a_second_name(name: str) -> None:
    assert evaluate_line(f'{name}("x")', ContextScope(OWN))["value"] == "X"


def test_texts_with_many_characters_of_their_own_are_counted_as_terraform_counts_them() -> None:
    counts = {
        "": 0,
        "e\u0301": 1,
        "\r\n": 1,
        "\U0001f468\u200d\U0001f469\u200d\U0001f467": 1,
        "\U0001f1e9\U0001f1ea\U0001f1eb\U0001f1f7": 2,
        "नमस्ते": 4,
        "น้ำ": 1,
        "각": 1,
    }
    scope = ContextScope(OWN)
    for text, count in counts.items():
        assert evaluate_line(f"length({json.dumps(text, ensure_ascii=False)})", scope)["value"] == count, text


def test_the_time_of_a_plan_is_one_and_the_same_throughout_a_run() -> None:
    scope = ContextScope(OWN)
    first = evaluate_line("plantimestamp()", scope)["value"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", first)
    assert evaluate_line("plantimestamp()", scope)["value"] == first


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("timestamp()", "`timestamp` is the time of the apply"),
        ("uuid()", "`uuid` is random"),
        ('bcrypt("x")', "`bcrypt` adds a random salt"),
        (r'rsadecrypt("YQ==", "-----BEGIN RSA PRIVATE KEY-----\n")', "`rsadecrypt` decrypts a secret"),
    ],
)
def test_what_hangs_on_time_randomness_and_secrets_is_unknown_for_that_reason(expression: str, reason: str) -> None:
    result = evaluate_line(expression, ContextScope(OWN))
    assert result["value"] == {"$unknown": {"null": False}}
    assert result["reason"].startswith(reason)


@pytest.mark.parametrize(
    "expression",
    [
        "tonumber(local.secret)",
        "parseint(local.secret, 10)",
        "cidrhost(local.secret, 1)",
        'formatdate("YYYY", local.secret)',
        'regex("x", local.secret)',
        "lookup(tomap({ a = 1 }), local.secret)",
        "base64decode(local.secret)",
        "file(local.secret)",
        'timeadd(local.secret, "1h")',
        'uuidv5(local.secret, "x")',
        'textencodebase64("x", local.secret)',
    ],
)
def test_no_error_tells_a_secret(expression: str) -> None:
    assert "s3cr3t" not in json.dumps(evaluate_line(expression, ContextScope(OWN)))
