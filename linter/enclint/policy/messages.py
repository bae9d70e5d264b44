"""Findings from verdicts: the place, the words, the way that the value came."""

from __future__ import annotations

import re

from enclint.finding import Finding, Related, Verdict
from enclint.lean_typing import TYPE_CHECKING, Final
from enclint.model.keys import Owner
from enclint.model.kinds import ByDefault, FormError, compile_property_path
from enclint.model.scenario import Undecided, in_words
from enclint.model.value import Absent, Known, Unknown

if TYPE_CHECKING:
    from enclint.finding import Severity
    from enclint.model.kleene import Evidence
    from enclint.model.resources import Resource
    from enclint.model.scenario import Decision, Scenario
    from enclint.model.value import Hop, Value
    from enclint.policy.form import Policy
    from enclint.policy.judge import Result
    from enclint.source import Span

_PLACEHOLDER: Final = re.compile(r"\{([a-z_][\w.\[\]-]*)\}")
MAX_QUOTED: Final = 500
"""Characters of what the code says that a finding repeats."""
MAX_HOPS: Final = 32
"""How many steps of a value's way are told."""


def finding_of(
    policy: Policy, resource: Resource, result: Result, verdict: Verdict, failing_when: tuple[Decision, ...] = ()
) -> Finding:
    """The finding that a verdict makes. `result` is that in one scenario; `failing_when` what makes it fail there."""
    deciding = deciding_evidence(result.evidence)
    severity, message, remedy = _words(policy, resource, result.scenario)
    scenario = in_words(failing_when) if failing_when else None
    reasons = tuple(map(_brief, result.reasons))
    if verdict is Verdict.FAIL:
        text = filled(message, resource, result.scenario, deciding)
    else:
        text = _undecided_text(policy, resource, scenario, reasons)
    project = resource.model.project
    return Finding(
        policy=policy.id,
        title=policy.title,
        verdict=verdict,
        severity=severity,
        message=text,
        span=_span(resource, deciding),
        resource=resource.source.address,
        resource_type=resource.source.type,
        header=resource.source.header,
        trace=tuple(_trace(resource, deciding)),
        scenario=scenario,
        reasons=reasons,
        remedy=remedy,
        fingerprint=f"{resource.label}\0{deciding.property if deciding is not None else ''}",
        construct_path=resource.source.construct_path,
        environment=project.environment,
    )


def deciding_evidence(evidence: tuple[Evidence, ...]) -> Evidence | None:
    """The value to point at: one that somebody wrote, rather than one that is missing."""
    for each in evidence:
        if not isinstance(each.value, (Absent, ByDefault)) and each.value.span is not None:
            return each
    return evidence[0] if evidence else None


def _words(policy: Policy, resource: Resource, scenario: Scenario) -> tuple[Severity, str, str]:
    """Severity, message and remedy, as the variants that hold say them; of several that hold the first wins."""
    severity: Severity | None = None
    message: str | None = None
    remedy: str | None = None
    for variant in policy.compiled.variants:
        try:
            holds = variant.when.check(resource, scenario).truth is True
        except Undecided:
            continue
        if holds:
            severity = severity or variant.severity
            message = message or variant.message
            remedy = remedy or variant.remedy
    return severity or policy.severity, message or policy.message, (remedy or policy.remedy).strip()


def _undecided_text(policy: Policy, resource: Resource, scenario: str | None, reasons: tuple[str, ...]) -> str:
    if scenario is not None:
        return f"{resource.name}: {policy.title} when {scenario}"
    because = f": {reasons[0]}" if reasons else ""
    return f"{resource.name}: {policy.title}? Not decided{because}"


def filled(template: str, resource: Resource, scenario: Scenario, deciding: Evidence | None) -> str:
    """A message with its placeholders filled in."""

    def fill(match: re.Match[str]) -> str:
        name = match[1]
        if name == "resource":
            return resource.name
        if name == "deciding":
            return deciding.resource.name if deciding is not None else resource.name
        try:
            return shown(resource.read_path(compile_property_path(name), scenario))
        except FormError:
            return match[0]
        except Undecided:
            return "(undecided)"

    return _PLACEHOLDER.sub(fill, template)


def shown(value: Value) -> str:
    """A value as a message says it."""
    if value.sensitive:
        return "(sensitive)"
    if isinstance(value, Absent):
        return "none"
    if isinstance(value, Unknown) or not isinstance(value, Known):
        return "(unknown)"
    if isinstance(value.data, Owner):
        return value.data.value.replace("_", "-")
    if isinstance(value.data, bool):
        return "true" if value.data else "false"
    if isinstance(value.data, list):
        return ", ".join(shown(item) for item in value.data)
    return _brief(str(value.data))


def _brief(text: str) -> str:
    return text if len(text) <= MAX_QUOTED else f"{text[: MAX_QUOTED - 1]}…"


def _span(resource: Resource, deciding: Evidence | None) -> Span | None:
    """The deciding value; where it is missing, the header of the block that it could stand in."""
    if deciding is not None and deciding.value.span is not None:
        return deciding.value.span
    return resource.place.span


def _trace(resource: Resource, deciding: Evidence | None) -> list[Related]:
    """The way that the value came, the resource that it stands in if it is another one, and the calls leading there."""
    steps = _hops(deciding.value.trace) if deciding is not None else []
    if deciding is not None and isinstance(deciding.value, ByDefault) and deciding.value.source:
        steps.append(Related(f"AWS's default is {shown(deciding.value)}, see {deciding.value.source}", None))
    if deciding is not None and deciding.resource.source is not resource.source:
        other = deciding.resource
        steps.append(Related(f"{other.name}: {other.kind.title}", other.source.header))
        steps.append(Related(f"{resource.name}: {resource.kind.title}", resource.source.header))
    steps += [Related(f"called as {name}", span) for name, span in reversed(resource.source.calls)]
    return steps


def _hops(hop: Hop | None) -> list[Related]:
    steps: list[Related] = []
    while hop is not None and len(steps) < MAX_HOPS:
        steps.append(Related(_brief(hop.label), hop.span))
        hop = hop.before
    return steps
