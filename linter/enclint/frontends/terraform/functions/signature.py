"""What a function is: its parameters, the type of its result, and what computes it.

The design is that of go-cty's function package, which Terraform's functions are written against
(https://pkg.go.dev/github.com/zclconf/go-cty/cty/function): a parameter says which arguments it takes, and the
registry deals with all others, so that an implementation gets clean arguments only.
"""

from __future__ import annotations

from enclint.frontends.terraform.native.strings import normalise
from enclint.frontends.terraform.types import NUMBER, STRING, Type
from enclint.lean_typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias
from enclint.model.value import Known

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TypeVar

    _Implementation = TypeVar("_Implementation", bound=Callable[..., Any])

    from enclint.frontends.terraform.scope import Scope
    from enclint.model.value import Value
    from enclint.source import Span


class Parameter(NamedTuple):
    """One parameter, or the variadic one.

    `null`: may be null. `unknown`: may be unknown; else an unknown argument makes the result unknown. `untyped`: may
    be a value without a type (`null`, a wholly unknown value); else such an argument makes a result without a type.
    `marked`: sensitive parts stay marked and only the mark of the whole is taken off; else all marks are. The result
    is sensitive where a mark was taken off. `kept`: no mark is taken off, the function deals with them itself.
    """

    name: str
    type: Type
    null: bool = False
    unknown: bool = False
    untyped: bool = False
    marked: bool = False
    kept: bool = False


class Call(NamedTuple):
    """What an implementation may ask about its call: the name as written, the place, the scope, the result's type."""

    name: str
    span: Span | None
    scope: Scope
    type: Type


class ArgumentFault(Exception):  # noqa: N818 (the field's word for an error in what was read)
    """An argument that the function refuses. `index` counts the arguments from 0."""

    def __init__(self, index: int, message: str) -> None:
        super().__init__(message)
        self.index = index
        self.message = message


class CallFault(Exception):  # noqa: N818
    """Arguments that the function refuses together."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class LimitFault(Exception):  # noqa: N818
    """A result that would be too large to build: it is unknown for that `reason`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


MAX_TEXT: Final = 10_000_000
"""Characters that a text which a function makes may have."""
MAX_ELEMENTS: Final = 100_000
"""Elements that a collection which a function makes may have."""


def check_text(length: int) -> None:
    """Raise LimitFault for a text that is too long to build."""
    if length > MAX_TEXT:
        raise LimitFault(f"a text of more than {MAX_TEXT:,} characters is not built")


def check_elements(length: int) -> None:
    """Raise LimitFault for a collection that is too large to build."""
    if length > MAX_ELEMENTS:
        raise LimitFault(f"a collection of more than {MAX_ELEMENTS:,} elements is not built")


ResultType: TypeAlias = "Type | Callable[[Sequence[Value]], Type]"
Implementation: TypeAlias = "Callable[[Call, list[Value]], Value]"


class Function:
    """A function that expressions can call.

    `result`: the type of the result, or what tells it from the (possibly unknown) arguments; it may raise faults.
    `not_null`: the result is never null, even where it is unknown. `holds_choices`: the implementation passes
    undecided parts of its arguments on as they are; for all others the registry decides them case by case. `pure`:
    equal arguments give equal results, even unknown ones. `minds_marks`: the implementation is about sensitive and
    ephemeral marks; the registry neither takes them off nor puts them on.
    """

    __slots__ = (
        "holds_choices",
        "implementation",
        "minds_marks",
        "not_null",
        "parameters",
        "pure",
        "result",
        "variadic",
    )

    def __init__(
        self,
        parameters: Sequence[Parameter],
        variadic: Parameter | None,
        result: ResultType,
        implementation: Implementation,
        *,
        not_null: bool = True,
        holds_choices: bool = False,
        pure: bool = True,
        minds_marks: bool = False,
    ) -> None:
        self.parameters = tuple(parameters)
        self.variadic = variadic
        self.result = result
        self.implementation = implementation
        self.not_null = not_null
        self.holds_choices = holds_choices
        self.pure = pure
        self.minds_marks = minds_marks

    def parameter(self, index: int) -> Parameter:
        """The parameter that an argument belongs to."""
        if index < len(self.parameters):
            return self.parameters[index]
        assert self.variadic is not None  # noqa: S101 -- the number of arguments has been checked
        return self.variadic


class Functions(dict[str, Function]):
    """The functions of one module, by name."""

    def define(
        self,
        name: str,
        *parameters: Parameter,
        result: ResultType,
        variadic: Parameter | None = None,
        **properties: bool,
    ) -> Callable[[Implementation], Implementation]:
        """Make a function of an implementation that takes the Call and Values and returns a Value.

        `properties` are those of Function: not_null, holds_choices, pure, minds_marks.
        """

        def add(implementation: Implementation) -> Implementation:
            self[name] = Function(parameters, variadic, result, implementation, **properties)
            return implementation

        return add

    def define_plain(
        self, name: str, *parameters: Parameter, result: Type, variadic: Parameter | None = None
    ) -> Callable[[_Implementation], _Implementation]:
        """Make a function of one that takes and returns plain Python data: strings, bools, numbers."""

        def add(compute: _Implementation) -> _Implementation:
            def implementation(call: Call, arguments: list[Value]) -> Value:
                data = compute(*[argument.data for argument in arguments])  # type: ignore[attr-defined]
                if data.__class__ is str and not data.isascii():
                    data = normalise(data)
                return Known(data, call.span, result)

            self[name] = Function(parameters, variadic, result, implementation)
            return compute

        return add


def text(name: str) -> Parameter:
    """A string parameter."""
    return Parameter(name, STRING)


def number(name: str) -> Parameter:
    """A number parameter."""
    return Parameter(name, NUMBER)
