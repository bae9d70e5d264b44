"""`templatefile` and `templatestring`.

Source: https://developer.hashicorp.com/terraform/language/functions/templatefile and its sibling. A template sees its
variables and nothing else, and may call every function but these two.
"""

from __future__ import annotations

from functools import lru_cache

from enclint.frontends.terraform.convert import ConversionError, convert
from enclint.frontends.terraform.errors import EvaluationError, LimitError, UndeclaredError
from enclint.frontends.terraform.functions import partials
from enclint.frontends.terraform.functions.files import read_text
from enclint.frontends.terraform.functions.names import is_identifier
from enclint.frontends.terraform.functions.signature import (
    ArgumentFault,
    CallFault,
    Functions,
    Parameter,
    text,
)
from enclint.frontends.terraform.scope import NamedScope, Scope
from enclint.frontends.terraform.syntax import SyntaxFault
from enclint.frontends.terraform.types import DYNAMIC, STRING
from enclint.frontends.terraform.values import is_null, quoted
from enclint.lean_typing import TYPE_CHECKING, Final
from enclint.model.value import Known, Unknown
from enclint.source import Source, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enclint.frontends.terraform.functions.signature import Call
    from enclint.frontends.terraform.scope import Path
    from enclint.frontends.terraform.syntax import Expression
    from enclint.frontends.terraform.types import Type
    from enclint.model.value import Value

FUNCTIONS: Final = Functions()

_TEMPLATE_FUNCTIONS: Final = frozenset({"templatefile", "templatestring"})
_FILE_FUNCTIONS: Final = frozenset(
    {"file", "filebase64", "filebase64sha256", "filebase64sha512", "fileexists", "filemd5", "fileset", "filesha1"}
    | {"filesha256", "filesha512"}
)


@FUNCTIONS.define(
    "templatefile",
    text("path"),
    Parameter("vars", DYNAMIC),
    result=DYNAMIC,
    not_null=False,
    holds_choices=True,
)
def templatefile(call: Call, arguments: list[Value]) -> Value:
    """`templatefile(path, vars)`: the file rendered, known in part where variables are not known."""
    path, variables = arguments
    name: str = path.data  # type: ignore[attr-defined]
    return _rendered(call, name, read_text(call, name), variables)


def _text_or_unknown(arguments: Sequence[Value]) -> Type:
    return STRING if arguments[1].type.kind != "dynamic" else DYNAMIC


@FUNCTIONS.define(
    "templatestring",
    Parameter("template", DYNAMIC, null=True, unknown=True, untyped=True),
    Parameter("vars", DYNAMIC, unknown=True),
    result=_text_or_unknown,
    holds_choices=True,
)
def templatestring(call: Call, arguments: list[Value]) -> Value:
    """`templatestring(template, vars)`: a text from elsewhere rendered."""
    template, variables = arguments
    if is_null(template) or template.type.kind not in ("string", "dynamic"):
        raise ArgumentFault(0, "invalid template value: a string is required")
    if isinstance(template, Unknown) or isinstance(variables, Unknown):
        return partials.undecided(call, arguments)
    result = _rendered(call, "<templatestring argument>", template.data, variables, _TextScope)  # type: ignore[attr-defined]
    try:
        return convert(result, STRING)
    except ConversionError as error:
        raise CallFault(f"invalid template result: {error.detail}") from None


class _TemplateScope(NamedScope):
    """What a template sees: its variables, and the functions that are no templates again."""

    __slots__ = ()

    def lookup(self, path: Path, span: Span | None) -> tuple[Value, int]:
        """One of the variables."""
        self.check(path, span)
        return self.names[path[0]], 1  # type: ignore[index]

    def check(self, path: Path, span: Span | None) -> None:
        """Raise UndeclaredError for anything but a variable."""
        if path[0] not in self.names:
            raise UndeclaredError("Invalid reference", str(path[0]), span)

    def call(self, name: str, arguments: Sequence[Value], span: Span | None, scope: Scope | None = None) -> Value:
        """A function's result."""
        plain = name.removeprefix("core::")
        if plain in _TEMPLATE_FUNCTIONS:
            detail = (
                f'Call to function "{name}" failed: cannot recursively call {plain} from inside another template '
                "function."
            )
            raise EvaluationError("Error in function call", detail, span)
        return self.parent.call(name, arguments, span, scope or self)


class _TextScope(_TemplateScope):
    """What a template sees that is no file: no files either."""

    __slots__ = ()

    def call(self, name: str, arguments: Sequence[Value], span: Span | None, scope: Scope | None = None) -> Value:
        """A function's result."""
        plain = name.removeprefix("core::")
        if plain in _FILE_FUNCTIONS:
            detail = (
                f'Call to function "{name}" failed: cannot use filesystem access functions like {plain} in '
                "templatestring templates; consider passing the function result as a template variable instead."
            )
            raise EvaluationError("Error in function call", detail, span)
        return super().call(name, arguments, span, scope)


def _rendered(
    call: Call, name: str, template: str, variables: Value, scope_class: type[_TemplateScope] = _TemplateScope
) -> Value:
    """What a template comes to with the variables in a map or object."""
    source = Source(name, template)
    expression = _parsed(name, template)
    scope = scope_class(call.scope, _names(variables))
    scope.source = source
    _check_references(expression, scope)
    from enclint.frontends.terraform.evaluate import evaluate

    try:
        result = evaluate(expression, scope)
    except LimitError:
        raise
    except EvaluationError as error:
        raise CallFault(f"{_place(error.span)}{error.summary}; {error.detail}") from None
    if is_null(result):
        detail = "The result of the template is null, which is not a valid result for a templatestring call."
        raise CallFault(f"{_place(Span(source, 0, len(template)))}Template result is null; {detail}")
    return result


def _parsed(name: str, template: str) -> Expression:
    try:
        return _parse(template)
    except SyntaxFault as fault:
        from enclint.frontends.terraform.diagnostics import Stage, syntax_error
        from enclint.frontends.terraform.validation.syntax_words import in_terraforms_words

        said = in_terraforms_words(syntax_error(Source(name, template), fault), Stage.PLAN)[0]
        raise CallFault(f"{_place(said.span)}{said.summary}; {said.detail}") from None


@lru_cache(maxsize=64)
def _parse(template: str) -> Expression:
    """The tree of a template: the same file is often rendered several times."""
    from enclint.frontends.terraform.reader import parse_template

    return parse_template(template)


def _names(variables: Value) -> dict[str, Value]:
    if variables.type.kind not in ("map", "object"):
        raise ArgumentFault(1, "invalid vars value: must be a map")
    assert isinstance(variables, Known)  # noqa: S101 -- unknown ones do not come here
    for name in variables.data:
        if not is_identifier(name):
            rule = "must start with a letter, followed by zero or more letters, digits, and underscores"
            raise ArgumentFault(1, f"invalid template variable name {quoted(name)}: {rule}")
    return dict(variables.data)


def _check_references(expression: Expression, scope: Scope) -> None:
    from enclint.frontends.terraform.references import check

    try:
        check(expression, scope)
    except UndeclaredError as error:
        place = _place(error.span).rstrip(": ")
        message = f"vars map does not contain key {quoted(error.detail)}, referenced at {place}"
        raise ArgumentFault(1, message) from None


def _place(span: Span | None) -> str:
    """`files/x.tftpl:1,10-14: `, as Terraform writes places; "" for none."""
    if span is None:
        return ""
    start = f"{span.line},{span.column}"
    end = f"{span.end_column}" if span.end_line == span.line else f"{span.end_line},{span.end_column}"
    return f"{span.source.path}:{start}-{end}: "
