"""The functions of Terraform's own provider: values to expressions and variable files, and back.

Source: https://developer.hashicorp.com/terraform/language/functions/terraform-encode_expr and its siblings. The layout
is that of `terraform fmt` (https://github.com/hashicorp/hcl/blob/main/hclwrite/format.go).
"""

from __future__ import annotations

from enclint.frontends.terraform.errors import EvaluationError
from enclint.frontends.terraform.functions import partials
from enclint.frontends.terraform.functions.names import is_identifier
from enclint.frontends.terraform.functions.signature import CallFault, Functions, Parameter, check_text, text
from enclint.frontends.terraform.syntax import Attribute, Block, SyntaxFault
from enclint.frontends.terraform.types import DYNAMIC, STRING
from enclint.frontends.terraform.values import (
    UNDECIDED,
    may_be_null,
    object_value,
    primitive_text,
    quoted,
    string,
    unknown_because,
)
from enclint.lean_typing import TYPE_CHECKING, Any, Final
from enclint.model.value import Known
from enclint.source import Source

if TYPE_CHECKING:
    from enclint.frontends.terraform.functions import signature
    from enclint.model.value import Value

FUNCTIONS: Final = Functions()

_PREFIXES: Final = {"string": '"', "object": "{", "map": "{", "tuple": "[", "list": "[", "set": "["}


@FUNCTIONS.define("provider::terraform::encode_expr", Parameter("value", DYNAMIC, unknown=True), result=STRING)
def encode_expr(call: signature.Call, arguments: list[Value]) -> Value:
    """`encode_expr(value)`: an expression that gives the value."""
    (value,) = arguments
    if not value.flags & UNDECIDED:
        return string(_laid_out(_lines(value)), call.span)
    refinement: dict[str, Any] = {"not_null": True}
    prefix = _PREFIXES.get(value.type.kind)
    if prefix and not may_be_null(value):
        refinement["prefix"] = prefix
    return unknown_because(arguments, STRING, call.span, refinement=refinement)


@FUNCTIONS.define("provider::terraform::encode_tfvars", Parameter("value", DYNAMIC), result=STRING)
def encode_tfvars(call: signature.Call, arguments: list[Value]) -> Value:
    """`encode_tfvars(value)`: a variable file that sets each attribute."""
    (value,) = arguments
    if value.type.kind not in ("object", "map"):
        raise CallFault(
            "invalid value to encode: must be an object whose attribute names will become the encoded variable names"
        )
    assert isinstance(value, Known)  # noqa: S101 -- the registry has seen to it
    for name in value.data:
        if not is_identifier(name):
            rule = "must be a valid identifier, per Terraform's rules for input variable declarations"
            raise CallFault(f"invalid variable name {quoted(name)}: {rule}")
    if value.flags & UNDECIDED:
        return partials.undecided(call, arguments)
    lines = []
    for name in sorted(value.data):
        inner = _lines(value.data[name])
        lines.append(f"{name} = {inner[0]}")
        lines.extend(inner[1:])
    return string(_laid_out(lines) + "\n" if lines else "", call.span)


def _lines(value: Value) -> list[str]:
    """The lines of a value's expression, neither indented nor aligned."""
    data = value.data  # type: ignore[attr-defined]
    if data is None:
        return ["null"]
    if data.__class__ is str:
        return [quoted_expression(data)]
    if data.__class__ is list:
        lines = ["["]
        for index, element in enumerate(data):
            inner = _lines(element)
            lines[-1] += (", " if index else "") + inner[0]
            lines.extend(inner[1:])
        lines[-1] += "]"
        return lines
    if data.__class__ is dict:
        lines = ["{"]
        for key in sorted(data):
            inner = _lines(data[key])
            lines.append(f"{key if is_identifier(key) else quoted_expression(key)} = {inner[0]}")
            lines.extend(inner[1:])
        return [*lines, "}"] if data else ["{}"]
    return [primitive_text(data)]


_ESCAPES: Final = {"\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\"}


def quoted_expression(text: str) -> str:
    """A text as a string literal of Terraform's language."""
    pieces = []
    for index, character in enumerate(text):
        escape = _ESCAPES.get(character)
        if escape is not None:
            pieces.append(escape)
        elif character in "$%" and text[index + 1 : index + 2] == "{":
            pieces.append(character * 2)
        elif character.isprintable():
            pieces.append(character)
        else:
            code = ord(character)
            pieces.append(f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}")
    return f'"{"".join(pieces)}"'


def _laid_out(lines: list[str]) -> str:
    """The lines indented by their brackets, with the equals signs of neighbours below each other."""
    check_text(sum(map(len, lines)))
    aligned = _aligned(lines)
    opened: list[int] = []
    result = []
    for line, plain in zip(aligned, lines, strict=True):
        net = _net_brackets(plain)
        closed = -net
        while closed > 0 and opened:
            closed, opened[-1] = closed - opened[-1], opened[-1] - closed
            if opened[-1] <= 0:
                opened.pop()
        result.append("  " * len(opened) + line)
        if net > 0:
            opened.append(net)
    return "\n".join(result)


def _net_brackets(line: str) -> int:
    """Opening less closing brackets outside of string literals."""
    net = 0
    position = 0
    while position < len(line):
        character = line[position]
        if character == '"':
            position = _after_literal(line, position)
            continue
        net += (character in "[{") - (character in "]}")
        position += 1
    return net


def _after_literal(line: str, position: int) -> int:
    position += 1
    while line[position] != '"':
        position += 2 if line[position] == "\\" else 1
    return position + 1


def _aligned(lines: list[str]) -> list[str]:
    result: list[str] = []
    group: list[tuple[str, str]] = []
    for line in lines:
        entry = _entry(line)
        if entry is not None:
            group.append(entry)
            continue
        result.extend(_aligned_group(group))
        group = []
        result.append(line)
    return result + _aligned_group(group)


def _entry(line: str) -> tuple[str, str] | None:
    """The key and the value of a line that has both whole; None for any other."""
    if line.startswith(("[", "]", "{", "}")):
        return None
    end = _after_literal(line, 0) if line.startswith('"') else line.find(" ")
    if end < 0 or not line.startswith(" = ", end) or _net_brackets(line[end:]):
        return None
    return line[:end], line[end + 3 :]


def _aligned_group(group: list[tuple[str, str]]) -> list[str]:
    from enclint.frontends.terraform.functions.graphemes import count

    width = max((count(key) for key, _ in group), default=0)
    return [f"{key}{' ' * (width - count(key))} = {value}" for key, value in group]


@FUNCTIONS.define("provider::terraform::decode_tfvars", text("src"), result=DYNAMIC, not_null=False)
def decode_tfvars(call: signature.Call, arguments: list[Value]) -> Value:
    """`decode_tfvars(src)`: an object with the values that a variable file sets."""
    from enclint.frontends.terraform.reader import parse

    whole: str = arguments[0].data  # type: ignore[attr-defined]
    check_text(len(whole))
    source = Source("<decode_tfvars argument>", whole)
    try:
        body = parse(source)
    except SyntaxFault as fault:
        raise CallFault(f"invalid tfvars syntax: {fault}") from None
    attributes: dict[str, Value] = {}
    for item in body.items:
        if isinstance(item, Block):
            raise CallFault(f'invalid tfvars content: Unexpected "{item.type}" block; Blocks are not allowed here')
        if item.name in attributes:
            raise CallFault(f'invalid tfvars syntax: Attribute redefined; The argument "{item.name}" was already set')
        attributes[item.name] = _constant(item, source).at(call.span)
    return object_value(attributes, call.span)


def _constant(item: Attribute, source: Source) -> Value:
    """The value of an argument that refers to nothing and calls nothing."""
    from enclint.frontends.terraform.constants import constant

    try:
        return constant(item.expression, source)
    except EvaluationError as error:
        raise CallFault(f'invalid expression for variable "{item.name}": {error}') from None
