"""Scopes that stand for the root modules which vectors of expressions were evaluated in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from enclint.frontends.terraform.errors import UndeclaredError
from enclint.frontends.terraform.numbers import INFINITY, NEGATIVE_INFINITY, from_double
from enclint.frontends.terraform.scope import Scope
from enclint.frontends.terraform.syntax import Key
from enclint.frontends.terraform.types import BOOL, DYNAMIC, NUMBER, STRING, Type
from enclint.frontends.terraform.values import HAS_EPHEMERAL, sensitive, set_value
from enclint.model.value import Known, Reference, Unknown, Value

if TYPE_CHECKING:
    from enclint.frontends.terraform.scope import Path as ReferencePath
    from enclint.source import Span

OWN = Path(__file__).parent / "expressions"
ORACLE = Path(__file__).parents[2] / ".." / "shared" / "oracle"

_ROOTS = ("var", "local", "module", "path", "terraform", "terraform_data")
_PRIMITIVES = {"string": STRING, "number": NUMBER, "bool": BOOL, "dynamic": DYNAMIC}
_WITH_INSTANCES = ("counted", "keyed", "none")


def type_from_json(form: Any) -> Type:
    """The type of Terraform's JSON form."""
    if isinstance(form, str):
        return _PRIMITIVES[form]
    kind, inner = form
    if kind == "object":
        return Type("object", attributes={name: type_from_json(each) for name, each in inner.items()})
    if kind == "tuple":
        return Type("tuple", elements=tuple(type_from_json(each) for each in inner))
    return Type(kind, type_from_json(inner))


def value_from_json(form: Any, type: Type, name: str = "it") -> Value:
    """The value of a JSON form, a reference of the given name where it is unknown."""
    if isinstance(form, dict) and form.keys() == {"$unknown"}:
        refinement = {"not_null": True} if form["$unknown"].get("null") is False else None
        return Reference(name, "", None, type, refinement=refinement)
    if form is None:
        return Known(None, None, type)
    if isinstance(form, dict) and form.keys() == {"$infinity"}:
        return Known(INFINITY if form["$infinity"] > 0 else NEGATIVE_INFINITY, None, NUMBER)
    if isinstance(form, dict):
        types = {key: type.element or type.attributes[key] for key in form}
        data = {key: value_from_json(each, types[key], f"{name}.{key}") for key, each in form.items()}
        return Known(data, None, type)
    if isinstance(form, list):
        element_types = type.elements or (type.element or DYNAMIC,) * len(form)
        parts = zip(form, element_types, strict=True)
        elements = [value_from_json(each, inner, f"{name}[{index}]") for index, (each, inner) in enumerate(parts)]
        return set_value(elements, type.element) if type.kind == "set" else Known(elements, None, type)
    return Known(from_double(form) if isinstance(form, float) else form, None, type)


class ContextScope(Scope):
    """What a `context.json` says; with an `example`, that example's values in place of the unknown locals."""

    __slots__ = ("values",)

    def __init__(self, folder: Path, example: str | None = None) -> None:
        directory = str((folder / "context").resolve())
        super().__init__(None, directory, directory)
        context = load_context(folder)
        self.values: dict[tuple[str, str], Value] = {}
        for root in _ROOTS:
            for name, entry in context.get(root, {}).items():
                self.values[root, name] = _value(f"{root}.{name}", entry)
        for name, entry in context["examples"].get(example, {}).items():
            self.values["local", name] = _value(f"local.{name}", entry)
        self.values["path", "cwd"] = Known(directory, None, STRING)
        fleeting = Unknown("it is ephemeral", None, STRING)
        fleeting.flags |= HAS_EPHEMERAL
        self.values["var", "fleeting"] = fleeting

    def lookup(self, path: ReferencePath, span: Span | None) -> tuple[Value, int]:
        """The value of one of the roots' names."""
        self.check(path, span)
        used = 3 if path[0] == "resource" else 2
        return self.values[path[used - 2 : used]], used

    def check(self, path: ReferencePath, span: Span | None) -> None:
        """Refuse names that the context does not list, and keys behind resources that have one instance."""
        if path[0] == "resource":
            path = path[1:]
        is_indexed = path[0] == "terraform_data" and len(path) > 2 and isinstance(path[2], Key)
        if is_indexed and path[1] not in _WITH_INSTANCES:
            raise UndeclaredError("Unexpected resource instance key", f"{path[1]} is a single resource.", span)
        if path[:2] not in self.values:
            raise UndeclaredError("Reference to undeclared name", f"{path[0]} is not declared.", span)


def _value(name: str, entry: dict[str, Any]) -> Value:
    value = value_from_json(entry["value"], type_from_json(entry["type"]), name)
    marked = entry.get("sensitive")
    if name == "local.partly_secret":
        marked = ["closed"]
    if not marked:
        return value
    if marked is True:
        return sensitive(value)
    assert isinstance(value, Known)
    parts = {key: sensitive(part) if key in marked else part for key, part in value.data.items()}
    return Known(parts, None, value.type)


def load_context(folder: Path) -> dict[str, Any]:
    """The context that belongs to a folder's vectors."""
    path = folder / "context.json"
    if not path.exists():
        path = folder / "context" / "context.json"
    context: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return context
