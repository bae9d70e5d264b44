"""Evaluation is lazy, says where values come from, and ends."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from enclint.frontends.terraform.console import evaluate_line
from enclint.frontends.terraform.errors import EvaluationError, LimitError, UndeclaredError
from enclint.frontends.terraform.evaluate import evaluate
from enclint.frontends.terraform.reader import parse
from enclint.frontends.terraform.references import references
from enclint.frontends.terraform.scope import Deferred, Scope
from enclint.frontends.terraform.syntax import Attribute, Binary, Literal
from enclint.frontends.terraform.types import DYNAMIC
from enclint.frontends.terraform.values import number, object_value, string, to_json
from enclint.model.value import Known, Reference, Unknown, Value
from enclint.source import Source

if TYPE_CHECKING:
    from enclint.frontends.terraform.scope import Path
    from enclint.source import Span


class Module(Scope):
    """The locals of a file, each evaluated once, when it is first asked for."""

    __slots__ = ("asked", "expressions", "more", "values")

    def __init__(self, text: str, **more: Value) -> None:
        super().__init__(Source("main.tf", text))
        assert self.source is not None
        items = [item for item in parse(self.source).items if isinstance(item, Attribute)]
        self.expressions = {item.name: item.expression for item in items}
        self.values: dict[str, Value] = {}
        self.asked: list[str] = []
        self.more = more

    def lookup(self, path: Path, span: Span | None) -> tuple[Value, int]:
        if path[0] in self.more:
            return self.more[str(path[0])], 1
        name = str(path[1]) if len(path) > 1 else ""
        if path[0] != "local" or name not in self.expressions:
            raise UndeclaredError("Reference to undeclared local value", name, span)
        self.asked.append(name)
        if name not in self.values:
            self.values[name] = evaluate(self.expressions[name], self)
        return self.values[name], 2

    def value(self, name: str) -> Value:
        return evaluate(self.expressions[name], self)


class Bucket(Deferred):
    """A resource that says which of its attributes were asked for."""

    __slots__ = ("seen",)

    def __init__(self) -> None:
        super().__init__("`aws_s3_bucket.b`")
        self.seen: list[str] = []

    def get(self, name: str, span: Span | None) -> Value:
        self.seen.append(name)
        return Reference("aws_s3_bucket.b", name, span, DYNAMIC)

    def force(self) -> Value:
        raise AssertionError("nobody wanted it whole")


def test_a_literal_says_where_it_stands() -> None:
    value = Module('a = "x"\n').value("a")
    assert value.span is not None
    assert (value.span.text, str(value.span)) == ('"x"', "main.tf:1:5")


def test_a_reference_stands_where_it_is_read_and_tells_where_it_leads() -> None:
    module = Module("a = local.b.size\nb = { size = local.c }\nc = 12\n")
    value = module.value("a")
    assert value.span is not None
    assert value.span.text == "local.b.size"
    labels = []
    hop = value.trace
    while hop is not None:
        assert hop.span is not None
        labels.append((hop.label, hop.span.text, hop.span.line))
        hop = hop.before
    assert labels == [("local.b.size", "local.c", 2), ("local.c", "12", 3)]


def test_computed_keys_leave_a_hop_too() -> None:
    value = Module('a = local.b["k${"ey"}"].x\nb = { key = { x = 1 } }\n').value("a")
    assert value.trace is not None
    assert value.trace.label == 'local.b["k${"ey"}"].x'
    assert value.trace.span is not None
    assert value.trace.span.text == "1"


def test_a_branch_that_is_taken_stands_where_it_is_written() -> None:
    value = Module("a = true ? 1 : 2\n").value("a")
    assert value.span is not None
    assert value.span.text == "1"


def test_only_what_is_reached_is_evaluated() -> None:
    module = Module('a = local.b.x\nb = { x = 1, y = 2 }\nnever = local.b[nothing("at all")]\n')
    module.value("a")
    assert module.asked == ["b"]


def test_a_resource_is_asked_for_one_attribute_and_not_built() -> None:
    bucket = Bucket()
    module = Module(
        "a = bucket.arn\nb = [for each in [bucket, bucket] : each.id][1]\nc = { it = bucket }.it.tags\n"
        "d = [bucket][*].arn\ne = merge({ b = bucket }, {}).b.region\n",
        bucket=bucket,
    )
    for name in "abcde":
        module.value(name)
    assert bucket.seen == ["arn", "id", "id", "tags", "arn", "region"]


def test_undeclared_names_are_errors_even_where_nothing_is_evaluated() -> None:
    module = Module("")
    for text in ("true ? 1 : nope.x", "try(nope.x, 1)", "can(nope.x)", "[for x in [] : nope.x]", "try(1, nope.x)"):
        assert evaluate_line(text, module)["error"], text
    assert evaluate_line("[for nope in [{ x = 1 }] : nope.x]", module)["value"] == [1]


def test_references_are_found_without_evaluating() -> None:
    module = Module('a = [for x in local.b : "${x}${var.c[local.d]}" if x != each.key]\n')
    assert [".".join(map(str, found.path)) for found in references(module.expressions["a"])] == [
        "local.b",
        "var.c",
        "local.d",
        "each.key",
    ]


def test_long_chains_of_operators_do_not_nest() -> None:
    node: Literal | Binary = Literal(1, 0, 1)
    for _ in range(20_000):
        node = Binary("+", node, Literal(1, 0, 1), 0, 1)
    assert to_json(evaluate(node, Scope())) == 20_001


def test_locals_that_lead_too_deep_are_an_error_that_says_so() -> None:
    text = "".join(f"l{n} = local.l{n + 1}\n" for n in range(3000)) + "l3000 = 1\n"
    with pytest.raises(LimitError, match="too deep"):
        Module(text).value("l0")


def test_values_that_double_and_double_are_refused() -> None:
    text = "l0 = [1, 1]\n" + "".join(f"l{n} = [local.l{n - 1}, local.l{n - 1}]\n" for n in range(1, 60))
    started = time.perf_counter()
    with pytest.raises(LimitError, match="parts"):
        Module(text).value("l59")
    assert time.perf_counter() - started < 1


def test_texts_that_double_and_double_are_unknown() -> None:
    text = 'l0 = "xxxxxxxxxx"\n' + "".join(f'l{n} = "${{local.l{n - 1}}}${{local.l{n - 1}}}"\n' for n in range(1, 40))
    value = Module(text).value("l39")
    assert isinstance(value, Unknown)
    assert "16,000,000 characters" in value.reason


def test_objects_of_unknown_keys_are_unknown_with_that_reason() -> None:
    unknown = Unknown("variable `key` has no default", None, DYNAMIC)
    value = Module("a = { (key) = 1 }\n", key=unknown).value("a")
    assert isinstance(value, Unknown)
    assert value.reason == "variable `key` has no default"


def test_errors_point_at_the_operand_that_is_wrong() -> None:
    with pytest.raises(EvaluationError) as caught:
        Module('a = 1 + "x"\n').value("a")
    assert caught.value.summary == "Invalid operand"
    assert caught.value.span is not None
    assert caught.value.span.text == '"x"'


def test_syntax_errors_are_told_from_others() -> None:
    scope = Module("")
    assert evaluate_line("1 +", scope)["stage"] == "syntax"
    assert evaluate_line("1 + []", scope)["stage"] == "evaluation"


def test_iterator_variables_hide_what_is_outside() -> None:
    module = Module("a = [for local in [{ b = 1 }] : local.b]\nb = 2\n", each=object_value({"key": string("k")}))
    assert to_json(module.value("a")) == [1]
    assert to_json(Module("a = each.key\n", each=object_value({"key": string("k")})).value("a")) == "k"
    assert isinstance(number(1), Known)
