"""Expressions mean what a real Terraform computed for them.

Two sets of vectors: our own (`expressions/`), and, where it lies beside the checkout, a larger one.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from expression_context import ORACLE, OWN, ContextScope, load_context

from enclint.frontends.terraform.console import evaluate_line

if TYPE_CHECKING:
    from pathlib import Path


def equal(one: Any, other: Any) -> bool:
    """Whether two JSON values are the same, numbers with a tolerance."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        return one == other or math.isclose(one, other, rel_tol=1e-12)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(equal, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(equal(value, other[key]) for key, value in one.items())
    return type(one) is type(other) and one == other


def is_unknown(form: Any) -> bool:
    return isinstance(form, dict) and form.keys() == {"$unknown"}


def has_unknown(form: Any) -> bool:
    return "$unknown" in json.dumps(form)


def agrees(vector: dict[str, Any], result: dict[str, Any], examples: list[dict[str, Any]]) -> bool:
    """Whether a result is right: equal to Terraform's, or known where Terraform's is not, as in every example."""
    if vector.get("error"):
        return bool(result.get("error")) or is_unknown(result["value"])
    if result.get("error"):
        return False
    if equal(vector["value"], result["value"]) and vector["type"] == result["type"]:
        return vector.get("sensitive", result.get("sensitive")) == result.get("sensitive")
    if not has_unknown(vector["value"]) or has_unknown(result["value"]):
        return False
    outcomes = [example for example in examples if not example.get("error")]
    return all(equal(outcome["value"], result["value"]) and outcome["type"] == result["type"] for outcome in outcomes)


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_own_vectors_come_out_as_terraform_has_them() -> None:
    scope = ContextScope(OWN)
    examples = [ContextScope(OWN, name) for name in load_context(OWN)["examples"]]
    vectors = read(OWN / "vectors.jsonl")
    wrong = []
    for vector in vectors:
        text = vector["expr"]
        result = evaluate_line(text, scope)
        if not agrees(vector, result, [evaluate_line(text, each) for each in examples]):
            wrong.append((text, vector, result))
    assert wrong == []
    assert len(vectors) > 400


def test_own_vectors_fail_in_terraforms_words() -> None:
    """Only the first error is compared; Terraform may report another one of several first."""
    scope = ContextScope(OWN)
    failing = [vector for vector in read(OWN / "vectors.jsonl") if vector.get("error")]
    same = [vector for vector in failing if evaluate_line(vector["expr"], scope).get("message") == vector["error"]]
    assert len(same) > 0.9 * len(failing) > 50


@pytest.mark.skipif(not ORACLE.exists(), reason="the oracle does not lie beside this checkout")
def test_the_oracles_vectors_come_out_as_terraform_has_them(capsys: pytest.CaptureFixture[str]) -> None:
    scope = ContextScope(ORACLE)
    totals: Counter[str] = Counter()
    wrong: dict[str, list[str]] = {}
    for vector in read(ORACLE / "expressions.jsonl"):
        totals[vector["group"]] += 1
        result = evaluate_line(vector["expr"], scope)
        vector.setdefault("sensitive", None)
        if not agrees(vector, result, list(vector.get("examples", {}).values())):
            wrong.setdefault(vector["group"], []).append(vector["id"])
    total, bad = totals.total(), sum(map(len, wrong.values()))
    with capsys.disabled():
        print(f"\nexpressions of the oracle: {total - bad} of {total}, {100 * (total - bad) / total:.1f} %")
    assert wrong == {}
    assert total > 2000
