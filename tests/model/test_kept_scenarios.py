"""Scenarios are kept so that values are found out once, and only so many of them."""

from __future__ import annotations

from enclint.model.scenario import MAX_KEPT, MAX_KEPT_DECISIONS, Decision, Scenario
from enclint.model.value import Subject


def decision(key: str, case: bool = True) -> Decision:
    return Decision(Subject(key, key), case)


def test_the_same_assumption_leads_to_the_same_scenario() -> None:
    start = Scenario()
    assert start.assuming(decision("var.a")) is start.assuming(decision("var.a"))
    assert start.assuming(decision("var.a")) is not start.assuming(decision("var.a", case=False))
    assert start.assuming(decision("var.a")) is not Scenario().assuming(decision("var.a"))


def test_so_many_scenarios_are_kept_and_no_more() -> None:
    start = Scenario()
    for number in range(MAX_KEPT):
        start.assuming(decision(f"var.x{number}"))
    assert start.assuming(decision("var.x0")) is start.assuming(decision("var.x0"))
    assert start.assuming(decision("var.late")) is not start.assuming(decision("var.late"))


def test_long_scenarios_are_not_kept() -> None:
    scenario = Scenario()
    for number in range(MAX_KEPT_DECISIONS):
        scenario = scenario.assuming(decision(f"var.x{number}"))
    assert scenario.assuming(decision("var.y")) is not scenario.assuming(decision("var.y"))
    assert len(scenario.assuming(decision("var.y")).decisions) == MAX_KEPT_DECISIONS + 1
