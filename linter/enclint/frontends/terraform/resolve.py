"""What a configuration comes to, as plain data: the heart of `enclint resolve`.

Where undecided conditions leave something open that a Terraform plan would not know either, the plan's answer is
given: each value is computed twice if need be, with conditions followed into both branches and without.
"""

from __future__ import annotations

from enclint.frontends.terraform.builtin import TERRAFORM_DATA
from enclint.frontends.terraform.deferral import waits_for_apply
from enclint.frontends.terraform.errors import EvaluationError
from enclint.frontends.terraform.project import Settings, Wanted, instances_below, open_root
from enclint.frontends.terraform.refinements import without_choices
from enclint.frontends.terraform.scope import whole
from enclint.frontends.terraform.types import DYNAMIC
from enclint.frontends.terraform.values import (
    HAS_DEFERRED,
    UNDECIDED,
    is_null,
    is_sensitive,
    null,
    sensitive,
    to_json,
    with_parts,
)
from enclint.lean_typing import TYPE_CHECKING, Any, Final, NamedTuple
from enclint.model.value import Absent, Choice, Known, Unknown, Value, first_reason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclint.frontends.terraform.diagnostics import Diagnostic
    from enclint.frontends.terraform.loader import ModuleLoader
    from enclint.frontends.terraform.resources import ResourceInstance
    from enclint.frontends.terraform.tree import ModuleInstance
    from enclint.frontends.terraform.validation.planning import Outcome

HIDDEN: Final = "(sensitive)"


class ResolvedInstance(NamedTuple):
    """One resource instance with what its code sets; unset arguments and absent blocks are left out."""

    address: str
    arguments: dict[str, Value]
    is_builtin: bool


class Resolved(NamedTuple):
    """What a root module comes to. Values hold no choices and nothing deferred."""

    instances: list[ResolvedInstance]
    outputs: dict[str, Value]


def resolve(path: str, loader: ModuleLoader, settings: Settings = Settings()) -> Resolved:  # noqa: B008
    """All resource instances and outputs of a root module, evaluated."""
    followed = open_root(path, loader, settings._replace(choices=True))
    planned = open_root(path, loader, settings._replace(choices=False))
    return resolve_roots(followed, planned, loader)


def resolve_roots(followed: ModuleInstance, planned: ModuleInstance, loader: ModuleLoader) -> Resolved:
    """The same of two root instances of one module: one that follows choices, one that does not."""
    everything = Wanted(loader, None)
    plain = {instance.address: instance for instance in instances_below(planned, everything)}
    instances = [
        resolved
        for instance in instances_below(followed, everything)
        if (resolved := _instance(instance, plain.get(instance.address))) is not None
    ]
    outputs = {name: _output(name, followed, planned) for name in followed.module.outputs}
    return Resolved(sorted(instances, key=lambda each: each.address), outputs)


def _instance(instance: ResourceInstance, plain: ResourceInstance | None) -> ResolvedInstance | None:
    """An instance's arguments; None for a data source that is read at once, so that a plan does not hold it."""
    is_builtin = instance.resource.key[:2] == TERRAFORM_DATA
    arguments: dict[str, Value] = {}
    for name in instance.names():
        value = settled_value(instance.argument(name), plain.argument(name) if plain is not None else None)
        if not is_builtin:
            value = _without_refinements(value)
        if not isinstance(value, Absent) and (not is_null(value) or (is_builtin and name == "input")):
            arguments[name] = value
    if is_builtin:
        arguments = {"input": null(), **arguments}
    if instance.resource.key[0] == "data" and not _is_deferred(instance, arguments):
        return None
    return ResolvedInstance(instance.address, arguments, is_builtin)


def _without_refinements(value: Value) -> Value:
    """The value as a plan has it that went through a provider, which knows nothing of refinements."""
    if isinstance(value, Unknown) and value.refinement:
        value = value.copy()
        value.refinement = None  # type: ignore[attr-defined]
    elif isinstance(value, Known) and value.flags & UNDECIDED:
        if value.type is not None:
            return with_parts(value, _without_refinements)
        return Known([_without_refinements_in(block) for block in value.data], value.span, sensitive=value.sensitive)
    return value


def _without_refinements_in(block: Value) -> Value:
    """The same of a nested block."""
    if not isinstance(block, Known):
        return block
    return Known({name: _without_refinements(part) for name, part in block.data.items()}, block.span)


def _is_deferred(instance: ResourceInstance, arguments: dict[str, Value]) -> bool:
    """Whether a data source is read only when the plan is applied."""
    return any(value.flags & UNDECIDED for value in arguments.values()) or waits_for_apply(instance.resource)


def settled_value(followed: Value, plain: Value | None) -> Value:
    """The value that a plan would have; or a known one where all undecided conditions lead to it."""
    value = _settled(followed)
    if plain is None:
        return value
    planned = _settled(plain)
    if planned.flags & UNDECIDED and not value.flags & UNDECIDED:
        return value
    return sensitive(planned) if is_sensitive(value) and not is_sensitive(planned) else planned


def _settled(value: Value) -> Value:
    if value.type is None and isinstance(value, Known):
        return _settled_blocks(value)
    return without_choices(whole(value) if value.flags & HAS_DEFERRED else value)


def _settled_blocks(blocks: Known) -> Value:
    """A list of nested blocks, without what is absent; an Unknown where it is not decided which there are."""
    items: list[Value] = []
    for item in blocks.data:
        if isinstance(item, (Choice, Unknown)):
            return Unknown(first_reason(item) or "it is not decided which blocks there are", blocks.span)
        if isinstance(item, Known):
            parts = {name: _settled(part) for name, part in item.data.items()}
            present = {name: part for name, part in parts.items() if not isinstance(part, Absent) and not is_null(part)}
            items.append(Known(present, item.span))
    return Known(items, blocks.span, sensitive=blocks.sensitive)


def _output(name: str, followed: ModuleInstance, planned: ModuleInstance) -> Value:
    values: list[Value] = []
    for root in (followed, planned):
        try:
            values.append(root.output(name))
        except EvaluationError as error:
            values.append(Unknown(f"cannot be evaluated: {error}", root.module.outputs[name].header, DYNAMIC))
    return settled_value(*values)


def report(
    path: str,
    loader: ModuleLoader,
    settings: Settings = Settings(),  # noqa: B008
    *,
    show_sensitive: bool = False,
) -> dict[str, Any]:
    """What a root module comes to, with what Terraform would say of it: the form of `enclint resolve --format json`.

    Keys: `resources` and `outputs`, and where there are any: `types`, `sensitive`, `checks`, `importing`, `notes`,
    `errors` and `warnings`. Errors are those that Terraform would stop at; what could be evaluated all the same is
    there, too.
    """
    from enclint.frontends.terraform.validation.check import check

    followed = open_root(path, loader, settings._replace(choices=True))
    planned = open_root(path, loader, settings._replace(choices=False))
    verdict = check(planned)
    data = as_data(resolve_roots(followed, planned, loader), show_sensitive=show_sensitive)
    if verdict.outcomes:
        data["checks"] = {address: _outcome_data(each) for address, each in sorted(verdict.outcomes.items())}
    if verdict.importing:
        data["importing"] = verdict.importing
    if planned.world.notes:
        data["notes"] = list(planned.world.notes)
    for key, diagnostics in (("errors", verdict.errors), ("warnings", verdict.warnings)):
        if diagnostics:
            data[key] = [_diagnostic_data(each, path) for each in diagnostics]
    return data


def _outcome_data(outcome: Outcome) -> dict[str, Any]:
    data: dict[str, Any] = {"status": outcome.status}
    if outcome.problems:
        data["problems"] = list(outcome.problems)
    return data


def _diagnostic_data(diagnostic: Diagnostic, root: str) -> dict[str, Any]:
    """A diagnostic with its file as seen from the root module's folder."""
    prefix = "" if root == "." else root.rstrip("/") + "/"
    data: dict[str, Any] = {"summary": diagnostic.summary, "detail": _relative(diagnostic.detail, prefix)}
    if diagnostic.span is not None:
        data["file"] = _relative(diagnostic.span.source.path, prefix)
        data["line"] = diagnostic.span.line
    return data


def _relative(text: str, prefix: str) -> str:
    return text.replace(prefix, "") if prefix else text


def as_data(resolved: Resolved, *, show_sensitive: bool = False) -> dict[str, Any]:
    """The form of `enclint resolve --format json`."""
    resources = {}
    types = {}
    secrets = []
    for instance in resolved.instances:
        resources[instance.address] = {
            name: value_data(value, show_sensitive=show_sensitive) for name, value in instance.arguments.items()
        }
        if instance.is_builtin:
            types[instance.address] = type_data(instance.arguments["input"])
        secrets += [f"{instance.address}.{name}" for name, value in instance.arguments.items() if is_sensitive(value)]
    data: dict[str, Any] = {"resources": resources}
    if types:
        data["types"] = types
    outputs = {
        name: {"value": value_data(value, show_sensitive=show_sensitive), "type": type_data(value)}
        for name, value in resolved.outputs.items()
    }
    if outputs:
        data["outputs"] = outputs
    secrets += [f"output.{name}" for name, value in resolved.outputs.items() if is_sensitive(value)]
    if secrets:
        data["sensitive"] = secrets
    return data


def type_data(value: Value) -> Any:
    """A value's type in Terraform's JSON form."""
    return (value.type or DYNAMIC).to_json()


def value_data(value: Value, *, show_sensitive: bool = False) -> Any:
    """A settled value as plain data; `{"$unknown": {…, "reason": "…"}}` for what is not known."""
    if value.sensitive and not show_sensitive:
        return HIDDEN
    if isinstance(value, Unknown):
        data = to_json(value)
        data["$unknown"]["reason"] = value.reason
        return data
    if isinstance(value, Known) and value.data.__class__ is list:
        return [value_data(part, show_sensitive=show_sensitive) for part in value.data]
    if isinstance(value, Known) and value.data.__class__ is dict:
        return {name: value_data(part, show_sensitive=show_sensitive) for name, part in value.data.items()}
    return to_json(value)


def text_lines(resolved: Resolved, *, show_sensitive: bool = False) -> Iterator[str]:
    """The form of `enclint resolve` for people: an argument a line, with why it is unknown and where it came from."""
    for instance in resolved.instances:
        yield instance.address
        for name, value in instance.arguments.items():
            yield from _argument_lines(name, value, "  ", show_sensitive=show_sensitive)
    if resolved.outputs:
        yield "outputs"
    for name, value in resolved.outputs.items():
        yield from _argument_lines(name, value, "  ", show_sensitive=show_sensitive)


def _argument_lines(name: str, value: Value, indent: str, *, show_sensitive: bool) -> Iterator[str]:
    if value.type is None and isinstance(value, Known):
        for block in value.data:
            yield f"{indent}{name}"
            for inner, part in block.data.items():
                yield from _argument_lines(inner, part, indent + "  ", show_sensitive=show_sensitive)
        return
    yield f"{indent}{name} = {_text(value, show_sensitive=show_sensitive)}{_origin(value)}"


def _text(value: Value, *, show_sensitive: bool) -> str:
    import json

    if value.sensitive and not show_sensitive:
        return HIDDEN
    if isinstance(value, Unknown):
        return f"unknown: {value.reason}"
    if not isinstance(value, Known):
        return ""
    if value.data.__class__ is list:
        return "[" + ", ".join([_text(part, show_sensitive=show_sensitive) for part in value.data]) + "]"
    if value.data.__class__ is dict:
        parts = [f"{name} = {_text(part, show_sensitive=show_sensitive)}" for name, part in value.data.items()]
        return "{" + ", ".join(parts) + "}"
    return json.dumps(to_json(value), ensure_ascii=False)


def _origin(value: Value) -> str:
    """The way that a value came, nearest hop first."""
    hops = []
    hop = value.trace
    while hop is not None:
        hops.append(f"{hop.label} ({hop.span})" if hop.span is not None else hop.label)
        hop = hop.before
    return "".join([f"  ◀ {each}" for each in hops])
