"""Turning an input into an unknown never changes a known result into a different known result."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from expression_context import type_from_json, value_from_json
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from enclint.frontends.terraform.console import evaluate_line
from enclint.frontends.terraform.errors import UndeclaredError
from enclint.frontends.terraform.scope import Scope
from enclint.frontends.terraform.types import BOOL, DYNAMIC
from enclint.model.value import Choice, Subject, Unknown, Value

if TYPE_CHECKING:
    from enclint.frontends.terraform.scope import Path
    from enclint.source import Span

INPUTS: dict[str, list[tuple[Any, Any]]] = {
    "text": [("a", "string"), ("", "string"), (None, "string")],
    "size": [(1, "number"), (2.5, "number"), (-3, "number")],
    "flag": [(True, "bool"), (False, "bool")],
    "list": [(["a", "b"], ["list", "string"]), ([], ["list", "string"]), (["a"], ["list", "string"])],
    "set": [(["a", "b"], ["set", "string"]), ([], ["set", "string"])],
    "map": [({"a": "1", "b": "x"}, ["map", "string"]), ({}, ["map", "string"])],
    "object": [
        ({"a": "x", "b": None}, ["object", {"a": "string", "b": "dynamic"}]),
        ({"a": "y", "b": 1}, ["object", {"a": "string", "b": "number"}]),
    ],
    "tuple": [(["a", 1, True], ["tuple", ["string", "number", "bool"]]), ([], ["tuple", []])],
}


class Inputs(Scope):
    """`var.NAME` for a few inputs."""

    __slots__ = ("values",)

    def __init__(self, values: dict[str, Value]) -> None:
        super().__init__()
        self.values = values

    def lookup(self, path: Path, span: Span | None) -> tuple[Value, int]:
        if len(path) < 2 or path[0] != "var" or path[1] not in self.values:
            raise UndeclaredError("Invalid reference", "", span)
        return self.values[str(path[1])], 2


def expressions(depth: int) -> st.SearchStrategy[str]:
    """Expressions over the inputs, most of which make sense."""
    names = st.sampled_from([f"var.{name}" for name in INPUTS])
    leaf = st.one_of(
        names, st.sampled_from(['"a"', "1", "true", "null", '"${var.text}-x"', "var.map.a", "var.list[0]"])
    )
    if depth == 0:
        return leaf
    inner = expressions(depth - 1)
    # What is decided early (`1 == "a"`, an empty `for`) Terraform takes for a success, though a part may fail later.
    step = st.sampled_from(["[0]", '["a"]', ".a", "[var.size]", "[var.text]", " + 1"])
    steps = st.builds("{}{}".format, names, step)
    arithmetic = st.sampled_from(["+", "-", "*", "/", "%", "<", ">=", "==", "!=", "&&", "||"])
    return st.one_of(
        leaf,
        st.builds("({} {} {})".format, inner, arithmetic, inner),
        st.builds("(var.flag ? {} : {})".format, inner, inner),
        st.builds("({} ? {} : {})".format, inner, inner, inner),
        st.builds("!{}".format, inner),
        st.builds("[{}, {}]".format, inner, inner),
        st.builds("{{a = {}, b = {}}}".format, inner, inner),
        st.builds("{}[*]".format, names),
        st.builds("{}[{}]".format, names, inner),
        st.builds("[for k, x in {} : {}]".format, names, st.sampled_from(["x", "k", "[k, x]", "var.size", '"${k}"'])),
        st.builds("[for k, x in {} : x if {}]".format, names, inner),
        st.builds("{{for k, x in {} : k => {} if {}}}".format, names, inner, inner),
        st.builds('"<%{{ if {} }}{}%{{ else }}${{{}}}%{{ endif }}>"'.format, inner, st.just("y"), inner),
        st.builds('"%{{ for x in {} }}${{x}},%{{ endfor }}"'.format, names),
        st.builds("try({}, {})".format, steps, inner),
        st.builds("can({})".format, steps),
    )


def unknown_of(name: str, known: Value, way: str) -> Value:
    """An unknown, or a Choice, that might turn out to be the known value."""
    if way == "typed":
        return Unknown(f"variable `{name}` has no default", None, known.type, identity=f"var.{name}")
    if way == "untyped":
        return Unknown(f"variable `{name}` has no default", None, DYNAMIC, identity=f"var.{name}")
    other_form, other_type = INPUTS[name][-1]
    other = value_from_json(other_form, type_from_json(other_type), name)
    type = known.type if known.type == other.type else DYNAMIC
    return Choice(Subject("somebody", "somebody"), [(True, known), (False, other)], None, type)


def as_text(form: Any) -> Any:
    """A JSON value with its bools and numbers as the strings that Terraform converts them to."""
    if isinstance(form, list):
        return [as_text(each) for each in form]
    if isinstance(form, dict):
        return {key: as_text(each) for key, each in form.items()}
    return json.dumps(form) if isinstance(form, (bool, int, float)) else form


@settings(max_examples=400, deadline=None)
@given(
    text=expressions(3),
    picks=st.lists(st.integers(0, 2), min_size=len(INPUTS), max_size=len(INPUTS)),
    hidden=st.dictionaries(
        st.sampled_from(sorted(INPUTS)), st.sampled_from(["typed", "untyped", "choice"]), min_size=1
    ),
)
def test_an_unknown_input_never_leads_to_another_known_result(
    text: str, picks: list[int], hidden: dict[str, str]
) -> None:
    values: dict[str, Value] = {}
    for (name, forms), pick in zip(INPUTS.items(), picks, strict=True):
        form, type = forms[pick % len(forms)]
        values[name] = value_from_json(form, type_from_json(type), name)
    # Terraform takes a branch as it is where the other one has no type yet, and converts it once it has one.
    assume("untyped" not in hidden.values() or "?" not in text)
    known = evaluate_line(text, Inputs(values))
    assume(not known.get("error"))
    blurred = {**values, **{name: unknown_of(name, values[name], way) for name, way in hidden.items()}}
    result = evaluate_line(text, Inputs(blurred))
    if result.get("error"):
        assert "?" in text or set(hidden.values()) != {"typed"}, result  # of the same type, it is not refused
    elif "$unknown" not in json.dumps(result["value"]):
        # A branch that fails has no type, so it may be that nothing is converted: 1 may come out as "1".
        assert as_text(result["value"]) == as_text(known["value"])


@settings(max_examples=100, deadline=None)
@given(condition=expressions(2), one=expressions(1), other=expressions(1))
def test_both_ways_to_write_a_condition_are_decided_together(condition: str, one: str, other: str) -> None:
    """`c ? a : b` and `!c ? b : a` are equal even where nobody knows c."""
    scope = Inputs(
        {
            name: Unknown(
                "unknown", None, BOOL if name == "flag" else type_from_json(forms[0][1]), identity=f"var.{name}"
            )
            for name, forms in INPUTS.items()
        }
    )
    straight = evaluate_line(f"(({condition}) ? 1 : 2)", scope)
    assume(not straight.get("error"))
    negated = evaluate_line(f"(({condition}) ? 1 : 2) + (!({condition}) ? 1 : 2)", scope)
    if not negated.get("error"):
        assert negated["value"] == 3 or "$unknown" in json.dumps(negated["value"])
