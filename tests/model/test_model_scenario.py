"""Conditions that mean the same are decided together, and what contradicts is never assumed."""

from __future__ import annotations

import pytest

from building import either, equals, one_of, unknown, value
from enclint.model.kleene import HOLDS, Outcome, conjunction, disjunction
from enclint.model.scenario import Constraints, Decision, Scenario, Undecided, contradict, in_words
from enclint.model.value import OTHER, Choice, Known, Subject, Value, assume


def cases(choice: Value, scenario: Scenario) -> list[Decision]:
    with pytest.raises(Undecided) as question:
        scenario.resolve(choice)
    return list(question.value.decisions)


def data(choice: Value, scenario: Scenario) -> object:
    resolved = scenario.resolve(choice)
    assert isinstance(resolved, Known)
    return resolved.data


def test_what_nothing_depends_on_is_not_counted_as_asked() -> None:
    scenario = Scenario()
    scenario.resolve(value(1))
    assert scenario.asked == 0
    cases(either("x", 1, 2), scenario)
    assert scenario.asked == 1


def test_equal_subjects_are_decided_together() -> None:
    for decision in cases(either("x", 1, 2), Scenario()):
        scenario = Scenario((decision,))
        assert data(either("x", 1, 2), scenario) == data(either("x", 10, 20), scenario) / 10  # type: ignore[operator]


def test_a_variable_equals_at_most_one_constant() -> None:
    yes = next(each for each in cases(equals("env", "prod", 1, 2), Scenario()) if each.case is True)
    assert data(equals("env", "test", 1, 2), Scenario((yes,))) == 2


def test_the_value_of_a_variable_decides_what_it_equals() -> None:
    stage = one_of("env", prod=1, test=2)
    for decision in cases(stage, Scenario()):
        scenario = Scenario((decision,))
        assert data(equals("env", "prod", True, False), scenario) is (decision.case == "prod")


@pytest.mark.parametrize("constant", ["false", "null"])
def test_a_bool_that_is_not_true_may_be_false_or_null(constant: str) -> None:
    flag = Choice(Subject("var.flag", "var.flag", "var.flag", "true"), [(True, value(1)), (False, value(2))])
    comparison = equals("flag", constant, 1, 2)
    comparison = Choice(comparison.subject._replace(variable="var.flag"), comparison.branches)
    yes, no = (Scenario((decision,)) for decision in cases(flag, Scenario()))
    assert data(comparison, yes) == 2
    assert len(cases(comparison, no)) == 2
    assert repr(assume(comparison, flag.subject, True)) == "Known(2)"
    assert repr(assume(comparison, flag.subject, False)) == repr(comparison)


def test_a_comparison_that_holds_decides_the_variable() -> None:
    yes = next(each for each in cases(equals("env", "prod", 1, 2), Scenario()) if each.case is True)
    assert data(one_of("env", prod=1, test=2), Scenario((yes,))) == 1


def test_comparisons_that_do_not_hold_leave_fewer_values() -> None:
    no = next(each for each in cases(equals("env", "prod", 1, 2), Scenario()) if each.case is False)
    assert data(one_of("env", prod=1, test=2), Scenario((no,))) == 2


def test_another_value_is_told_apart_further_when_more_values_are_named() -> None:
    subject = Subject("env", "env")
    few = Choice(subject, [("prod", value(1)), (OTHER, value(2))])
    more = Choice(subject, [("prod", value(1)), ("test", value(2)), (OTHER, value(3))])
    other = next(each for each in cases(few, Scenario()) if each.case == OTHER)
    assert [each.case for each in cases(more, Scenario((other,)))] == ["test", OTHER]


def test_scenarios_are_told_in_words() -> None:
    decisions = [
        Decision(Subject("var.cdn", "var.cdn"), False),
        Decision(Subject('var.env == "prod"', 'var.env == "prod"', "var.env", "prod"), True),
        Decision(Subject("Stage", "Stage"), "test"),
        Decision(Subject("Zone", "Zone"), OTHER, frozenset({"a", "b"})),
    ]
    assert in_words(decisions) == (
        "`var.cdn` is false and `var.env` is `prod` and `Stage` is `test` and `Zone` is none of `a`, `b`"
    )


def test_contradiction_is_deciding_one_subject_twice() -> None:
    yes, no = Decision(Subject("a", "a"), True), Decision(Subject("a", "a"), False)
    assert contradict([yes], [no])
    assert not contradict([yes], [yes, Decision(Subject("b", "b"), True)])


FAILS, OPEN = Outcome(False), Outcome(None)


@pytest.mark.parametrize(
    ("outcomes", "both", "one"),
    [
        ((HOLDS, HOLDS), True, True),
        ((HOLDS, OPEN), None, True),
        ((OPEN, FAILS), False, None),
        ((HOLDS, FAILS), False, True),
        ((OPEN, OPEN), None, None),
        ((FAILS, FAILS), False, False),
        ((), True, False),
    ],
)
def test_the_logic_is_kleenes(outcomes: tuple[Outcome, ...], both: bool | None, one: bool | None) -> None:
    for order in (outcomes, outcomes[::-1]):
        assert conjunction(order).truth is both
        assert disjunction(order).truth is one


NOTHING = Subject('var.key == ""', 'var.key == ""', "var.key", "", is_nothing=True)
SOMETHING = Subject('var.key == "x"', 'var.key == "x"', "var.key", "x")


@pytest.mark.parametrize(
    ("decision", "expected"),
    [
        (Decision(NOTHING, True), False),
        (Decision(NOTHING, False), True),
        (Decision(SOMETHING, True), True),
        (Decision(SOMETHING, False), None),
    ],
)
def test_what_a_variable_is_assumed_to_equal_says_whether_it_says_something(
    decision: Decision, expected: bool | None
) -> None:
    scenario = Scenario((decision,))
    assert scenario.says_something(unknown("key")) is expected
    assert scenario.asked == (0 if expected is None else 1)
    assert scenario.says_something(unknown("other")) is None


def test_an_empty_constant_is_told_in_words() -> None:
    assert in_words([Decision(NOTHING, True)]) == '`var.key` is `""`'


def test_constraints_exclude_what_no_deployment_has_together() -> None:
    stage, flag = one_of("Stage", dev=False, prod=True), one_of("Flag", on=True, off=False)
    either_is = Choice(stage.subject, [("dev", Known(True)), ("prod", flag)])
    constraints = Constraints([either_is, stage])
    off = Scenario((Decision(flag.subject, "off"),))
    on = Scenario((Decision(flag.subject, "on"),))
    assert not constraints.allow(off)
    assert constraints.allow(on)
    assert constraints.allow(Scenario())


def test_looking_for_a_deployment_ends_and_leaves_possible_what_it_did_not_find_out() -> None:
    undecided = [one_of(f"P{number}", a=True, b=True) for number in range(40)]
    impossible = one_of("Last", a=False, b=False)
    constraints = Constraints([*undecided, impossible])
    scenario = Scenario((Decision(one_of("Other", a=1, b=2).subject, "a"),))
    assert all(constraints.allow(scenario) for _ in range(1_000))
