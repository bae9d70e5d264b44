"""The whole of what Terraform would say of a root module."""

from __future__ import annotations

from enclint.frontends.terraform.diagnostics import INVALID, Diagnostic, Stage
from enclint.frontends.terraform.inputs import undeclared
from enclint.frontends.terraform.validation.calls import (
    check_aliases,
    check_arguments,
    check_installation,
    check_providers,
)
from enclint.frontends.terraform.validation.cycles import check_cycles, graph_of
from enclint.frontends.terraform.validation.declarations import check_declarations
from enclint.frontends.terraform.validation.moves import check_moves
from enclint.frontends.terraform.validation.planning import Outcome, Plan
from enclint.frontends.terraform.validation.references import check_references
from enclint.frontends.terraform.validation.skeleton import every_node, skeleton
from enclint.frontends.terraform.validation.static_values import check_values
from enclint.frontends.terraform.validation.syntax_words import in_terraforms_words
from enclint.lean_typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from enclint.finding import Finding
    from enclint.frontends.terraform.module import Module
    from enclint.frontends.terraform.tree import ModuleInstance
    from enclint.frontends.terraform.validation.skeleton import Node


class Verdict(NamedTuple):
    """What Terraform would say: `errors` of the first stage that has any, all `warnings`, what the conditions came to
    by address, and the ids of what is imported.
    """

    errors: list[Diagnostic]
    warnings: list[Diagnostic]
    outcomes: dict[str, Outcome]
    importing: dict[str, str]


def check(root: ModuleInstance) -> Verdict:
    """Everything that is wrong with a root module, which must be one that does not follow choices."""
    top = skeleton(root)
    plan = Plan(root, graph_of(top))
    importing = plan.imports()
    diagnostics = distinct(
        [*_static(root, top), *check_values(root), *check_moves(top, plan.addresses()), *plan.diagnostics]
    )
    errors = [each for each in diagnostics if not each.is_warning]
    first = min((each.stage for each in errors), default=None)
    return Verdict(
        [each for each in errors if each.stage == first],
        [each for each in diagnostics if each.is_warning and (first is None or each.stage <= first)],
        plan.outcomes,
        importing,
    )


def _static(root: ModuleInstance, top: Node) -> Iterator[Diagnostic]:
    if not root.module.has_files:
        detail = (
            "Plan requires configuration to be present. Planning without a configuration would mark everything for "
            "destruction, which is normally not what is desired. If you would like to destroy everything, run plan "
            "with the -destroy option. Otherwise, create a Terraform configuration file (.tf file) and try again."
        )
        yield Diagnostic("No configuration files", detail, None, Stage.READ)
    seen: set[int] = set()
    for node in every_node(top):
        module = node.instance.module
        if id(module) not in seen:
            seen.add(id(module))
            yield from _read(module, is_root=node.parent is None)
        yield from check_installation(node)
        yield from check_arguments(node)
        yield from check_providers(node)
        yield from check_aliases(node)
        yield from check_references(node)
        if node.parent is not None:
            yield from _imports_in_child(node)
    world = root.world
    yield from of_findings(world.inputs.findings, Stage.INPUT)
    yield from world.inputs.diagnostics
    yield from undeclared(world.inputs, root.module.variables)
    yield from check_cycles(graph_of(top))


def _read(module: Module, *, is_root: bool) -> Iterator[Diagnostic]:
    """What is wrong with the files of a module. That of called modules shows when they are installed."""
    stage = Stage.READ if is_root else Stage.INSTALL
    yield from of_findings(module.findings, stage)
    for diagnostic in check_declarations(module):
        later = diagnostic.stage in (Stage.READ, Stage.DECLARE) and not is_root
        yield diagnostic._replace(stage=Stage.INSTALL) if later else diagnostic


def of_findings(findings: Iterable[Finding], stage: Stage) -> Iterator[Diagnostic]:
    """Syntax errors and unreadable files as diagnostics."""
    for finding in findings:
        if finding.policy != INVALID:
            yield from in_terraforms_words(finding, stage)


def _imports_in_child(node: Node) -> Iterator[Diagnostic]:
    for declaration in node.instance.module.imports:
        detail = (
            f'An import block was detected in "{node.instance.static_name}". Import blocks are only allowed in the '
            "root "
            "module."
        )
        yield Diagnostic("Invalid import configuration", detail, declaration.definition, Stage.INSTALL)


def distinct(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The diagnostics without repetitions: one cause is told once, however many instances it hits."""
    found: dict[tuple[object, ...], Diagnostic] = {}
    for each in diagnostics:
        found.setdefault((each.summary, each.detail, each.span), each)
    return list(found.values())
