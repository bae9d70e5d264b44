"""A scope that stands for the root module which the oracle's expressions were evaluated in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from enclint.frontends.terraform.errors import UndeclaredError
from enclint.frontends.terraform.numbers import INFINITY, NEGATIVE_INFINITY, from_double
from enclint.frontends.terraform.scope import Scope
from enclint.frontends.terraform.syntax import Key
from enclint.frontends.terraform.types import BOOL, DYNAMIC, NUMBER, STRING, Type
from enclint.frontends.terraform.values import HAS_EPHEMERAL, sensitive, set_value
from enclint.model.value import Known, Reference, Unknown, Value

ORACLE = Path(__file__).parents[2] / ".." / "shared" / "oracle"

_PRIMITIVES = {"string": STRING, "number": NUMBER, "bool": BOOL, "dynamic": DYNAMIC}
_TWO_STEPS = ("var", "local", "module", "path", "terraform", "each", "count")


def type_from_json(form: Any) -> Type:
    if isinstance(form, str):
        return _PRIMITIVES[form]
    kind, inner = form
    if kind == "object":
        return Type("object", attributes={name: type_from_json(each) for name, each in inner.items()})
    if kind == "tuple":
        return Type("tuple", elements=tuple(type_from_json(each) for each in inner))
    return Type(kind, type_from_json(inner))


def value_from_json(form: Any, type: Type, name: str) -> Value:
    """The value of a JSON form, named `name` where it is unknown."""
    if isinstance(form, dict) and form.keys() == {"$unknown"}:
        refinement = {"not_null": True} if form["$unknown"].get("null") is False else None
        return Reference(name, "", None, type, refinement=refinement)
    if form is None:
        return Known(None, None, type)
    if isinstance(form, dict) and form.keys() == {"$infinity"}:
        return Known(INFINITY if form["$infinity"] > 0 else NEGATIVE_INFINITY, None, NUMBER)
    if type.kind in ("object", "map"):
        return Known(
            {
                key: value_from_json(each, type.element or type.attributes[key], f"{name}.{key}")
                for key, each in form.items()
            },
            None,
            type,
        )
    if type.kind == "tuple":
        parts = zip(form, type.elements, strict=True)
        return Known([value_from_json(e, t, f"{name}[{i}]") for i, (e, t) in enumerate(parts)], None, type)
    if type.element is not None:
        elements = [value_from_json(each, type.element, f"{name}[{i}]") for i, each in enumerate(form)]
        return set_value(elements, type.element) if type.kind == "set" else Known(elements, None, type)
    return Known(from_double(form) if isinstance(form, float) else form, None, type)


class ContextScope(Scope):
    """What `context.json` says; with an `example`, its values in place of the unknown locals."""

    __slots__ = ("values",)

    def __init__(self, context: dict[str, Any], example: str | None = None) -> None:
        directory = str((ORACLE / "context").resolve())
        super().__init__(None, directory, directory)
        self.values: dict[tuple[str, str], Value] = {}
        for root in (*_TWO_STEPS, "terraform_data"):
            for name, entry in context.get(root, {}).items():
                self.values[root, name] = self._value(root, name, entry)
        if example is not None:
            for name, entry in context["examples"][example].items():
                self.values["local", name] = self._value("local", name, entry)
        self.values["path", "cwd"] = Known(self.directory, None, STRING)
        fleeting = Unknown("it is ephemeral", None, STRING)
        fleeting.flags |= HAS_EPHEMERAL
        self.values["var", "fleeting"] = fleeting

    def _value(self, root: str, name: str, entry: dict[str, Any]) -> Value:
        value = value_from_json(entry["value"], type_from_json(entry["type"]), f"{root}.{name}")
        if not entry.get("sensitive"):
            return value
        if name == "partly_secret":
            assert isinstance(value, Known)
            return Known({**value.data, "closed": sensitive(value.data["closed"])}, None, value.type)
        return sensitive(value)

    def lookup(self, path, span):
        self.check(path, span)
        if path[0] == "resource":
            return self.values[path[1], path[2]], 3
        return self.values[path[0], path[1]], 2

    def check(self, path, span):
        if path[0] == "resource":
            path = path[1:]
        is_indexed = path[0] == "terraform_data" and len(path) > 2 and isinstance(path[2], Key)
        if is_indexed and path[1] not in ("counted", "keyed", "none"):
            raise UndeclaredError("Unexpected resource instance key", f"{path[1]} is a single resource.", span)
        if len(path) < 2 or (path[0], path[1]) not in self.values:
            raise UndeclaredError("Reference to undeclared name", f"{path[0]} is not declared.", span)


def load_context() -> dict[str, Any]:
    return json.loads((ORACLE / "context" / "context.json").read_text(encoding="utf-8"))
