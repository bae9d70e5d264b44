"""The line of arrows: paths ▶ what is there ▶ projects ▶ findings ▶ what nobody accepted ▶ a report.

This is the public way in for programs: `enclint.lint.lint(["infra"], Config())`. It prints nothing.
"""

from __future__ import annotations

import os
import re
from time import perf_counter, strftime

from enclint import garbage
from enclint.catalog import judging, load_catalog, names_of, rules_of
from enclint.config import Config
from enclint.discover import discover
from enclint.environments import demand_environments, parameter_environments, values_for_nobody
from enclint.finding import Finding, Severity, Verdict
from enclint.lean_typing import TYPE_CHECKING, Final, NamedTuple
from enclint.policy.judge import judge
from enclint.policy.selection import wanted_types
from enclint.report import Report
from enclint.source import Source, Span
from enclint.units import UnitLoader, units_of
from enclint.workers import outcomes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from concurrent.futures import Executor

    from enclint.discover import Found
    from enclint.model.resource import Project
    from enclint.policy.bundled import Catalog
    from enclint.suppressions import Comment, Key, Suppressions
    from enclint.units import Unit

INTERNAL_ERROR: Final = "internal-error"


def lint(
    paths: Sequence[str],
    config: Config = Config(),  # noqa: B008 (immutable)
    *,
    progress: Callable[[int, int], None] | None = None,
    executor: Executor | None = None,
) -> Report:
    """Judges everything below some paths. Raises ConfigError where the call or the configuration makes no sense.

    `progress` is told how many files are done, and how many there are. `executor` works in the place of the processes
    that `config.jobs` speaks of.
    """
    start = perf_counter()
    job = Job(config, load_catalog(config), discover(paths), tuple(paths))
    units = units_of(job.found)
    demand_environments(units, config)
    files = sum(unit.files for unit in units)
    done = 0
    made: list[Outcome] = []
    for unit, outcome in zip(units, outcomes(units, job, config.jobs, executor), strict=True):
        made.append(outcome)
        done += unit.files
        if progress is not None:
            progress(done, files)
    return _report(job, made, start)


class Outcome(NamedTuple):
    """What came of one unit of work."""

    findings: tuple[Finding, ...]
    resources: int
    files: tuple[str, ...]
    notes: tuple[str, ...]
    inputs: frozenset[tuple[str, str]] = frozenset()
    """The variables and parameters to which values can be given, each with its dialect."""
    comments: Mapping[Key, Comment] = {}
    used: frozenset[tuple[Key, str]] = frozenset()


class Job:
    """Loads and judges units of work, one after the other; it can be sent to another process."""

    def __init__(self, config: Config, catalog: Catalog, found: Found, paths: tuple[str, ...]) -> None:
        self.config = config
        self.catalog = catalog
        self.found = found
        self.paths = paths
        self.settings = judging(config, catalog)
        self._loader = UnitLoader(config, found, wanted_types(catalog, self.settings))

    def suppressions(self) -> Suppressions:
        """A ledger with no suppressions in it yet."""
        from enclint.suppressions import Suppressions

        names = names_of(self.config, self.catalog, self.settings)
        return Suppressions(names, self.config.today or strftime("%Y-%m-%d"), self.config.honour)

    def __call__(self, unit: Unit) -> Outcome:
        """The findings of a unit. A fault of ours in one unit is a finding too, and stops no other."""
        garbage.collect()  # of the unit before
        findings: list[Finding] = []
        files: dict[str, None] = {}
        notes: dict[str, None] = {}
        inputs: set[tuple[str, str]] = set()
        resources = 0
        suppressions: Suppressions | None = None
        try:
            for project in self._loader.load(unit):
                judged = judge(project, self.catalog, self.settings)
                findings += project.errors
                if suppressions is None and self._holds_suppressions(project):
                    suppressions = self.suppressions()
                findings += judged.findings if suppressions is None else suppressions.apply(project, judged.findings)
                resources += judged.resources
                files.update(dict.fromkeys(source.path for source in project.sources))
                notes.update(dict.fromkeys(project.notes))
                inputs.update((project.dialect, name) for name in project.inputs)
        except (Exception, RecursionError) as fault:  # noqa: BLE001 (whatever it is, the other units are judged)
            findings.append(_internal_error(unit, fault))
        outcome = Outcome(tuple(findings), resources, tuple(files), tuple(notes), frozenset(inputs))
        if suppressions is None:
            return outcome
        return outcome._replace(comments=suppressions.comments, used=frozenset(suppressions.used))

    def _holds_suppressions(self, project: Project) -> bool:
        """Whether there may be any in a project; in most there is none, and nothing of them need be known."""
        return bool(self.config.honour) or any("enclint" in source.text for source in project.sources)


def _internal_error(unit: Unit, fault: BaseException) -> Finding:
    """A fault of enclint's own, as an error about what it was judging."""
    message = f"{unit.paths[0]} could not be judged because of a fault in enclint ({type(fault).__name__}: {fault})"
    return Finding(
        INTERNAL_ERROR,
        "Fault in enclint",
        Verdict.UNKNOWN,
        Severity.HIGH,
        message,
        Span(Source(unit.paths[0], ""), 0, 0),
        remedy="Please report it, with what it was judging if you can.",
        is_error=True,
    )


def _report(job: Job, made: Sequence[Outcome], start: float) -> Report:
    """The report of a run: what every unit found, in the order of files and lines, each thing once."""
    findings: list[Finding] = []
    files: set[str] = set()
    notes: dict[str, None] = {}
    resources = 0
    for outcome in made:
        findings += outcome.findings
        resources += outcome.resources
        files.update(outcome.files)
        notes.update(dict.fromkeys(outcome.notes))
    if any(outcome.comments for outcome in made):
        suppressions = job.suppressions()
        for outcome in made:
            suppressions.merge(outcome.comments, outcome.used)
        findings += suppressions.findings(_files_of([each for each in findings if each.is_error]))
        notes.update(dict.fromkeys(suppressions.honoured()))
    notes.update(dict.fromkeys(values_for_nobody(job.config, {each for outcome in made for each in outcome.inputs})))
    named = [*job.found.errors, *parameter_environments(job.config).errors]
    shown = sorted(_each_once([*named, *(each for each in findings if _is_asked_for(each, job.found))]), key=_order)
    nothing = f"there is neither Terraform nor CloudFormation in {', '.join(job.paths)}"
    return Report(
        tuple(shown),
        rules_of(job.catalog, shown),
        resources=resources,
        files_read=len(files),
        seconds=perf_counter() - start,
        notes=tuple(notes),
        nothing_to_read=nothing if job.found.nothing_here else "",
        working_directory=os.getcwd(),
        repository=job.found.repository,
    )


def _files_of(findings: Iterable[Finding]) -> set[str]:
    return {finding.span.source.path for finding in findings if finding.span is not None}


def _each_once(findings: Iterable[Finding]) -> Iterable[Finding]:
    """The findings without repetitions: what is wrong with a module is met by each root that calls it."""
    seen: dict[object, Finding] = {}
    for finding in findings:
        trace = tuple([_place(related.span) for related in finding.trace])
        key = (finding.policy, finding.resource, finding.message, finding.environment, _place(finding.span), trace)
        seen.setdefault(key, finding)
    return seen.values()


def _is_asked_for(finding: Finding, found: Found) -> bool:
    """Whether a finding concerns a file that was named; where folders were named, every finding does.

    A fault of ours concerns everybody.
    """
    if not found.named_files or finding.policy == INTERNAL_ERROR:
        return True
    spans = [finding.span, finding.header, *[related.span for related in finding.trace]]
    places = [span.source.path for span in spans if span is not None]
    return not places or any(found.is_asked_for(path) for path in places)


def _order(finding: Finding) -> tuple[object, ...]:
    return (*_place(finding.span), finding.policy, finding.environment, _natural(finding.resource))


def _place(span: Span | None) -> tuple[str, int, int]:
    return (span.source.path, span.start, span.end) if span is not None else ("", 0, 0)


def _natural(address: str) -> list[tuple[bool, int, str]]:
    """An address with its numbers as numbers: `x[2]` comes before `x[10]`."""
    return [(part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in re.split(r"(\d+)", address)]
