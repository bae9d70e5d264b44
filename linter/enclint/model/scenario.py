"""A scenario: what is assumed of the undecided subjects of a project while something is judged.

Judging starts with a scenario that assumes nothing. Whoever meets a Choice asks the scenario for the value; a subject
that is not decided yet raises Undecided, and the judge goes on once for each case, in a scenario that assumes it.
"""

from __future__ import annotations

from enclint.lean_typing import TYPE_CHECKING, Final, NamedTuple
from enclint.model.value import OTHER, Absent, Choice, Known, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from enclint.model.value import Case, Subject, Value


class Decision(NamedTuple):
    """One assumption of a scenario: `subject` is `case`. `others`: the cases that OTHER excludes, else empty."""

    subject: Subject
    case: Case
    others: frozenset[Case] = frozenset()


class Undecided(Exception):  # noqa: N818 (a question, no error)
    """Raised where a value hangs on a subject that the scenario says nothing about. `decisions`: its possible cases."""

    def __init__(self, decisions: Sequence[Decision]) -> None:
        super().__init__(decisions)
        self.decisions = tuple(decisions)


MAX_KEPT: Final = 64
"""Scenarios that are kept, of those which assume one thing more than another one."""
MAX_KEPT_DECISIONS: Final = 2
"""The most that a scenario assumes which is kept."""


class Scenario:
    """Some decisions. `asked` counts the choices that were looked at: unchanged, nothing depended on the scenario.

    Resources and policies that hang on the same subjects are judged in the same scenarios, so that values which depend
    on these are found out once: `values` holds them, by resource and property.
    """

    __slots__ = ("_by_key", "_constants", "_further", "asked", "decisions", "values")

    def __init__(self, decisions: tuple[Decision, ...] = ()) -> None:
        self.decisions = decisions
        self.asked = 0
        self.values: dict[tuple[object, str], Value] = {}
        self._further: dict[object, Scenario] = {}
        self._by_key = {decision.subject.key: decision for decision in decisions}
        self._constants: dict[str, list[Decision]] = {}
        """The decisions "this variable equals that constant", by variable."""
        for decision in decisions:
            if decision.subject.variable is not None:
                self._constants.setdefault(decision.subject.variable, []).append(decision)

    def assuming(self, decision: Decision) -> Scenario:
        """The scenario that assumes one thing more."""
        key = (decision.subject.key, decision.subject.label, decision.case, decision.others)
        scenario = self._further.get(key)
        if scenario is None:
            scenario = Scenario((*self.decisions, decision))
            if len(self.decisions) < MAX_KEPT_DECISIONS and len(self._further) < MAX_KEPT:
                self._further[key] = scenario
        return scenario

    def resolve(self, value: Value) -> Value:
        """The value without a Choice at its top, and null as Absent. Raises Undecided."""
        while value.__class__ is Choice:
            value = self._chosen(value)
        if value.__class__ is Known and value.data is None:
            return Absent(value.span, value.trace)
        return value

    def says_something(self, unknown: Unknown) -> bool | None:
        """Whether an unknown is neither null nor empty, by the constants that it is assumed to equal or to differ from;
        None where these do not tell.
        """
        comparisons = self._constants.get(unknown.identity, ()) if unknown.identity is not None else ()
        found: bool | None = None
        for comparison in comparisons:
            if comparison.case is True:
                found = not comparison.subject.is_nothing
                break
            if comparison.subject.is_nothing:
                found = True
        if found is not None:
            self.asked += 1
        return found

    def _chosen(self, choice: Choice) -> Value:
        self.asked += 1
        possible = self._possible_cases(choice)
        if len(possible) == 1:
            chosen = choice.given(possible[0])
            return chosen if chosen is not None else _no_such_case(choice)
        if not possible:
            return _no_such_case(choice)
        named = frozenset(case for case, _ in choice.branches if case != OTHER)
        already = self._by_key.get(choice.subject.key)
        if already is not None:
            named |= already.others
        raise Undecided([Decision(choice.subject, case, named if case == OTHER else frozenset()) for case in possible])

    def _possible_cases(self, choice: Choice) -> list[Case]:
        """The cases of a choice that do not contradict what is assumed."""
        subject = choice.subject
        cases = [case for case, _ in choice.branches]
        decision = self._by_key.get(subject.key)
        if decision is not None:
            return _cases_given(decision, cases)
        if subject.variable is not None:
            return self._cases_of_comparison(subject, cases)
        if subject.key in self._constants:
            return self._cases_of_variable(subject, cases)
        return cases

    def _cases_of_comparison(self, subject: Subject, cases: list[Case]) -> list[Case]:
        """Of "the variable equals the constant": decided by its value, and by its equalling another constant."""
        assert subject.variable is not None  # noqa: S101
        decided = self._by_key.get(subject.variable)
        if decided is not None:
            if decided.case is True:
                return [subject.constant == "true"]
            if decided.case == OTHER:
                if subject.constant in decided.others:
                    return [False]
            elif decided.case is not False:  # a bool that is not true may be null
                return [decided.case == subject.constant]
        if any(each.case is True for each in self._constants.get(subject.variable, ())):
            return [False]
        return cases

    def _cases_of_variable(self, subject: Subject, cases: list[Case]) -> list[Case]:
        """Of "which value has the variable": decided by a comparison that holds, narrowed by those that do not."""
        comparisons = self._constants[subject.key]
        for comparison in comparisons:
            if comparison.case is True:
                constant = comparison.subject.constant
                return [constant] if constant in cases else [OTHER]
        excluded = {comparison.subject.constant for comparison in comparisons}
        return [case for case in cases if case not in excluded]


MAX_TRIED: Final = 200
"""How many scenarios further on are looked at to find out whether one is possible."""
MAX_TRIED_IN_ALL: Final = 50_000
"""The same for all scenarios of a project together."""


class Constraints:
    """Boolean values that are true in every deployment, and so exclude scenarios.

    Looking for a deployment that a scenario leaves is bounded; a scenario of which it is not found out is possible.
    """

    def __init__(self, values: Sequence[Value]) -> None:
        self._values = tuple(values)
        self._left = MAX_TRIED_IN_ALL
        self._left_here = 0

    def allow(self, scenario: Scenario) -> bool:
        """Whether all constraints may hold together in a scenario."""
        if not self._values or not scenario.decisions:
            return True
        self._left_here = min(MAX_TRIED, self._left)
        allowed = self._may_hold(self._values, scenario)
        self._left -= min(MAX_TRIED, self._left) - self._left_here
        return allowed

    def _may_hold(self, values: tuple[Value, ...], scenario: Scenario) -> bool:
        if not values or self._left_here <= 0:
            return True
        self._left_here -= 1
        try:
            value = scenario.resolve(values[0])
        except Undecided as question:
            return any(self._may_hold(values, scenario.assuming(each)) for each in question.decisions)
        is_false = value.__class__ is Known and value.data is False
        return not is_false and self._may_hold(values[1:], scenario)


NOTHING_ASSUMED = Scenario()
"""For reading outside of a judgement: only for values that hang on nothing undecided."""


def _cases_given(decision: Decision, cases: list[Case]) -> list[Case]:
    if decision.case != OTHER:
        return [decision.case] if decision.case in cases else [OTHER]
    remaining = [case for case in cases if case not in decision.others]
    return remaining or [OTHER]


def _no_such_case(choice: Choice) -> Value:
    return Unknown(f"`{choice.subject.label}` has no value that fits", choice.span)


def contradict(first: Iterable[Decision], second: Iterable[Decision]) -> bool:
    """Whether two sets of decisions decide a subject differently."""
    cases = {decision.subject.key: decision for decision in first}
    for decision in second:
        other = cases.get(decision.subject.key)
        if other is not None and (other.case, other.others) != (decision.case, decision.others):
            return True
    return False


def in_words(decisions: Iterable[Decision]) -> str:
    """A scenario as a sentence: ``` `Stage` is `test` and `var.for_cdn` is true ```."""
    return " and ".join(_decision_in_words(decision) for decision in decisions)


def _decision_in_words(decision: Decision) -> str:
    subject, case = decision.subject, decision.case
    if subject.variable is not None and subject.constant is not None and isinstance(case, bool):
        constant = subject.constant or '""'
        return f"`{subject.variable}` is {'' if case else 'not '}`{constant}`"
    if isinstance(case, bool):
        return f"`{subject.label}` is {'true' if case else 'false'}"
    if case == OTHER:
        names = ", ".join(f"`{other}`" for other in sorted(map(str, decision.others)))
        return f"`{subject.label}` is none of {names}" if names else f"`{subject.label}` has another value"
    return f"`{subject.label}` is `{case}`"
