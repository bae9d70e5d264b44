"""Judging: every policy that is on over every resource of its kind, scenario by scenario.

A resource that hangs on undecided subjects is judged once for each consistent assignment of them. Fails in every
scenario in which it exists: fail. Fails in some: unknown, with the shortest scenario in which it fails. What cannot be
decided is unknown, with what would decide it.
"""

from __future__ import annotations

from enclint.finding import Verdict
from enclint.lean_typing import TYPE_CHECKING, Final, NamedTuple
from enclint.model.index import Model
from enclint.model.scenario import Scenario, Undecided, contradict
from enclint.policy.messages import finding_of
from enclint.policy.requirements import is_required
from enclint.policy.selection import selected

if TYPE_CHECKING:
    from enclint.finding import Finding
    from enclint.model.kleene import Evidence
    from enclint.model.resource import Project
    from enclint.model.resources import Resource
    from enclint.model.scenario import Decision
    from enclint.policy.bundled import Catalog
    from enclint.policy.form import Policy
    from enclint.policy.settings import Settings

MAX_SCENARIOS: Final = 256
"""How many scenarios of one resource are judged for one policy; beyond that the verdict is unknown and says so."""
MAX_EXCLUDED: Final = 1024
"""How many scenarios may turn out to be impossible while those of one resource are looked for."""


class Judged(NamedTuple):
    """The findings about a project, in the order of policies, and how many resources were judged."""

    findings: tuple[Finding, ...]
    resources: int


class Result(NamedTuple):
    """The answer in one scenario: `verdict` None where there is no such resource in it."""

    scenario: Scenario
    verdict: Verdict | None
    evidence: tuple[Evidence, ...] = ()
    reasons: tuple[str, ...] = ()


def judge(project: Project, catalog: Catalog, settings: Settings) -> Judged:
    """The findings about a project. Raises FormError for a policy that makes no sense."""
    model = Model(project, catalog.vocabulary, settings.created_since, settings.today)
    findings: list[Finding] = []
    seen: set[str] = set()
    for policy, everywhere in selected(catalog, settings):
        for resource in model.of_kind(policy.kind_name):
            if resource.source.mode == "data":
                continue
            seen.add(resource.source.key)
            finding = judge_resource(policy, resource, settings, everywhere=everywhere)
            if finding is not None:
                findings.append(finding)
    return Judged(tuple(findings), len(seen))


def judge_resource(policy: Policy, resource: Resource, settings: Settings, *, everywhere: bool) -> Finding | None:
    """What one policy has to say about one resource; None where it passes, or does not exist."""
    results, is_complete = _results(policy, resource, settings, everywhere=everywhere)
    if is_complete and all(result.verdict is None or result.verdict is Verdict.PASS for result in results):
        return None
    existing = [result for result in results if result.verdict is not None]
    failing = [result for result in existing if result.verdict is Verdict.FAIL]
    undecided = [result for result in existing if result.verdict is Verdict.UNKNOWN]
    if failing and len(failing) == len(existing) and is_complete:
        return finding_of(policy, resource, failing[0], Verdict.FAIL)
    if failing:
        worst = min(failing, key=lambda result: len(result.scenario.decisions))
        return finding_of(policy, resource, worst, Verdict.UNKNOWN, _needed(worst, existing))
    if undecided:
        return finding_of(policy, resource, undecided[0], Verdict.UNKNOWN)
    if not is_complete:
        reason = f"it depends on more than {MAX_SCENARIOS} combinations of undecided conditions"
        return finding_of(policy, resource, Result(Scenario(), Verdict.UNKNOWN, (), (reason,)), Verdict.UNKNOWN)
    return None


def _results(policy: Policy, resource: Resource, settings: Settings, *, everywhere: bool) -> tuple[list[Result], bool]:
    """The answer in each scenario, and whether these are all scenarios that there are."""
    results: list[Result] = []
    constraints = resource.model.constraints
    excluded = 0
    waiting = [resource.model.scenario]
    while waiting:
        if len(results) >= MAX_SCENARIOS or excluded >= MAX_EXCLUDED:
            return results, False
        scenario = waiting.pop()
        if not constraints.allow(scenario):
            excluded += 1
            continue
        try:
            results.append(_result(policy, resource, scenario, settings, everywhere=everywhere))
        except Undecided as question:
            waiting.extend(scenario.assuming(decision) for decision in reversed(question.decisions))
    return results, True


def _result(policy: Policy, resource: Resource, scenario: Scenario, settings: Settings, *, everywhere: bool) -> Result:
    """The answer in a scenario. Raises Undecided where it hangs on more than the scenario assumes."""
    exists = resource.source_exists(scenario)
    if exists is False:
        return Result(scenario, None)
    here = resource.element_exists(scenario)
    if here is False:
        return Result(scenario, Verdict.PASS)
    reasons: list[str] = [fact for fact in (exists, here) if isinstance(fact, str)]
    if not everywhere and policy.required_by is not None:
        required = is_required(policy.required_by, resource, scenario, settings)
        if required is False:
            return Result(scenario, Verdict.PASS)
        if isinstance(required, str):
            reasons.append(required)
    conditions = policy.compiled
    if conditions.when is not None:
        applies = conditions.when.check(resource, scenario)
        if applies.truth is False:
            return Result(scenario, Verdict.PASS)
        if applies.truth is None:
            reasons += _reasons(applies.evidence)
    for unseen in conditions.unseen:
        case = unseen.when.check(resource, scenario)
        if case.truth is True:
            return Result(scenario, Verdict.UNKNOWN, unseen.when.evidence(resource, scenario), (unseen.because,))
        if case.truth is None:
            reasons += _reasons(case.evidence)
    outcome = conditions.require.check(resource, scenario)
    if outcome.truth is True:
        return Result(scenario, Verdict.PASS)
    if outcome.truth is False and not reasons:
        return Result(scenario, Verdict.FAIL, outcome.evidence)
    if outcome.truth is None:
        reasons += _reasons(outcome.evidence)
    return Result(scenario, Verdict.UNKNOWN, outcome.evidence, tuple(dict.fromkeys(reasons)))


def _reasons(evidence: tuple[Evidence, ...]) -> list[str]:
    """Why something is undecided; never empty, since having reasons is what makes a verdict unknown."""
    return [each.reason for each in evidence if each.reason] or ["it is not known"]


def _needed(worst: Result, existing: list[Result]) -> tuple[Decision, ...]:
    """The assumptions of a failing result without those that it would fail without."""
    decisions = worst.scenario.decisions
    others = [result for result in existing if result.verdict is not Verdict.FAIL]
    for decision in decisions:
        fewer = tuple(each for each in decisions if each is not decision)
        if fewer and all(_excludes(fewer, result) for result in others):
            decisions = fewer
    return decisions


def _excludes(decisions: tuple[Decision, ...], result: Result) -> bool:
    return contradict(decisions, result.scenario.decisions)
