"""Hard cases that users of such tools stumbled over: the right verdict of one control for one resource each.

The cases stand beside the checkout where there are any; the ones the project needs to stand alone are fixtures.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from enclint.cli import main

CASES = Path(__file__).parents[2] / "shared" / "cases" / "cases.yaml"


def load_cases() -> list[dict[str, Any]]:
    if not CASES.is_file():
        return []
    cases: list[dict[str, Any]] = yaml.safe_load(CASES.read_text(encoding="utf-8"))
    return cases


def write(case: dict[str, Any], folder: Path) -> Path:
    """The case's files in a folder; the path to name on the command line."""
    for name, text in case["files"].items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder / case["scan"] if "scan" in case else folder


@pytest.fixture(scope="module")
def policy_of() -> dict[str, str]:
    """The policy that answers a control: its id, or one that lists it under its aliases."""
    from enclint.policy import bundled

    answers = {}
    for policy in bundled.load().policies:
        answers[policy.id] = policy.id
        answers.update(dict.fromkeys(policy.aliases, policy.id))
    return answers


@pytest.mark.parametrize("case", [pytest.param(case, id=case["id"]) for case in load_cases()])
def test_case_has_the_right_verdict(
    case: dict[str, Any], policy_of: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(case, tmp_path)
    status = main(["--profile", "strict", "--format", "json", str(path)])
    report = json.loads(capsys.readouterr().out)
    assert status in (0, 1), report["findings"]
    policy = policy_of[case["control"]]
    verdicts = {
        finding["verdict"]
        for finding in report["findings"]
        if finding["policy"] == policy and finding["resource"] == case["resource"]
    }
    expected = {case["verdict"]} - {"pass"}
    assert verdicts == expected, f"{case['why']}: {report['findings']}"
