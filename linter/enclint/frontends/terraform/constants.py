"""Values that may not refer to anything: defaults, tfvars files, `-var`, the arguments that Terraform needs early."""

from __future__ import annotations

import unicodedata

from enclint.frontends.terraform.errors import EvaluationError, UndeclaredError
from enclint.frontends.terraform.numbers import parse as parse_number
from enclint.frontends.terraform.scope import Scope
from enclint.frontends.terraform.values import boolean, null, number, object_value, string, tuple_value
from enclint.lean_typing import TYPE_CHECKING
from enclint.source import Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enclint.frontends.terraform.scope import Path
    from enclint.frontends.terraform.syntax import Expression
    from enclint.json_positions import JsonNode, JsonScalar
    from enclint.model.value import Value
    from enclint.source import Source


class ConstantScope(Scope):
    """A scope in which there is nothing to refer to and nothing to call."""

    __slots__ = ()

    def lookup(self, path: Path, span: Span | None) -> tuple[Value, int]:  # noqa: ARG002
        """Nothing."""
        raise UndeclaredError("Variables not allowed", "Variables may not be used here.", span)

    def check(self, path: Path, span: Span | None) -> None:
        """Nothing is declared."""
        self.lookup(path, span)

    def call(self, name: str, arguments: Sequence[Value], span: Span | None, scope: Scope | None = None) -> Value:  # noqa: ARG002
        """No function."""
        raise EvaluationError("Function calls not allowed", "Functions may not be called here.", span)


def constant(expression: Expression, source: Source) -> Value:
    """The value of an expression that may not refer to anything. Raises EvaluationError."""
    from enclint.frontends.terraform.evaluate import evaluate

    return evaluate(expression, ConstantScope(source))


def literal(node: JsonNode, source: Source) -> Value:
    """A JSON node as Terraform's value, taken as it stands: `${…}` in a string is text."""
    from enclint.json_positions import JsonArray, JsonObject

    span = Span(source, node.start, node.end)
    if isinstance(node, JsonObject):
        return object_value({_text(key): literal(value, source) for key, value in node.members.items()}, span)
    if isinstance(node, JsonArray):
        return tuple_value([literal(item, source) for item in node.items], span)
    return _scalar(node, span)


def _scalar(node: JsonScalar, span: Span) -> Value:
    from enclint.json_positions import JsonNumber

    value = node.value
    if value is None:
        return null(span=span)
    if isinstance(value, bool):
        return boolean(value, span)
    if isinstance(value, str):
        return string(_text(value), span)
    return number(parse_number(value.text) if isinstance(value, JsonNumber) else value, span)


def _text(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFC", text)
