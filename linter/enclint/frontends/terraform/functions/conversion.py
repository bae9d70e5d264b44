"""Conversions, `coalesce`, and what is said of sensitive and ephemeral values.

Source: https://developer.hashicorp.com/terraform/language/functions/tostring and its siblings.
"""

from __future__ import annotations

from enclint.frontends.terraform import values
from enclint.frontends.terraform.convert import ConversionError, convert
from enclint.frontends.terraform.functions import partials
from enclint.frontends.terraform.functions.signature import ArgumentFault, CallFault, Functions, Parameter
from enclint.frontends.terraform.types import BOOL, DYNAMIC, NUMBER, STRING, Type, list_of, map_of, set_of
from enclint.frontends.terraform.unify import is_convertible, unify
from enclint.frontends.terraform.values import HAS_EPHEMERAL, boolean, drop_mark, is_null, null, quoted
from enclint.lean_typing import TYPE_CHECKING, Final
from enclint.model.value import HAS_SENSITIVE, Choice, Known, Unknown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enclint.frontends.terraform.functions.signature import Call
    from enclint.model.value import Value

FUNCTIONS: Final = Functions()
_define = FUNCTIONS.define


def _anything(name: str) -> Parameter:
    """A parameter that takes whatever there is, as it is."""
    return Parameter(name, DYNAMIC, null=True, unknown=True, untyped=True, marked=True)


# Conversions ----------------------------------------------------------------------------------------------------------


def _define_conversion(name: str, wanted: Type) -> None:
    def check(arguments: Sequence[Value]) -> Type:
        given: Type = arguments[0].type
        if not is_convertible(given, wanted):
            raise ArgumentFault(0, f"cannot convert {given.name} to {wanted.constraint_name}")
        return wanted

    def implementation(call: Call, arguments: list[Value]) -> Value:
        (argument,) = arguments
        try:
            result = convert(argument, wanted)
        except ConversionError:
            raise ArgumentFault(0, _refusal(argument, wanted)) from None
        if not isinstance(argument, Unknown) or not isinstance(result, Unknown):
            return result
        # Terraform forgets here all that it knew of an unknown, down to the type of its elements.
        result = result.copy()
        result.type = wanted
        result.refinement = None  # type: ignore[attr-defined]
        return result if call.scope.choices else drop_mark(result)

    _define(name, _anything("v"), result=check, not_null=False, holds_choices=True, minds_marks=True)(implementation)


def _refusal(argument: Value, wanted: Type) -> str:
    """Why a value does not convert, without saying what a sensitive one is."""
    given: Type = argument.type
    if argument.flags & HAS_SENSITIVE:
        return f"cannot convert this sensitive {given.name} to {wanted.constraint_name}"
    if given.kind == "string" and isinstance(argument, Known):
        text = quoted(argument.data)
        if wanted.kind == "bool":
            return f'cannot convert {text} to bool; only the strings "true" or "false" are allowed'
        if wanted.kind == "number":
            return f"cannot convert {text} to number; given string must be a decimal representation of a number"
    return f"cannot convert {given.name} to {wanted.constraint_name}"


_define_conversion("tostring", STRING)
_define_conversion("tonumber", NUMBER)
_define_conversion("tobool", BOOL)
_define_conversion("tolist", list_of(DYNAMIC))
_define_conversion("toset", set_of(DYNAMIC))
_define_conversion("tomap", map_of(DYNAMIC))


# The first of several -------------------------------------------------------------------------------------------------


def _common_type(arguments: Sequence[Value]) -> Type:
    shared = unify([argument.type for argument in arguments])
    if shared is None:
        raise CallFault("all arguments must have the same type")
    return shared


@_define(
    "coalesce",
    variadic=Parameter("vals", DYNAMIC, null=True, unknown=True, untyped=True),
    result=_common_type,
    holds_choices=True,
)
def coalesce(call: Call, arguments: list[Value]) -> Value:
    """`coalesce(vals...)`: the first that is neither null nor an empty string."""
    for argument in arguments:
        value = convert(argument, call.type)
        if isinstance(value, Unknown) and not partials.is_something(value):
            return partials.undecided(call, [argument])
        if is_null(value) or (isinstance(value, Known) and value.data == "" and value.type.kind == "string"):
            continue
        return value if not isinstance(value, Unknown) else _certain(value)
    raise CallFault("no non-null, non-empty-string arguments")


def _certain(value: Unknown) -> Unknown:
    """The unknown with no more of a refinement than Terraform has here."""
    new = value.copy()
    assert isinstance(new, Unknown)  # noqa: S101
    new.refinement = {"not_null": True}
    return new


# Marks ----------------------------------------------------------------------------------------------------------------


def _own_type(arguments: Sequence[Value]) -> Type:
    type: Type = arguments[0].type
    return type


@_define("sensitive", _anything("value"), result=_own_type, holds_choices=True, minds_marks=True)
def sensitive(call: Call, arguments: list[Value]) -> Value:  # noqa: ARG001
    """`sensitive(value)`."""
    return values.sensitive(arguments[0])


@_define("nonsensitive", _anything("value"), result=_own_type, holds_choices=True, minds_marks=True)
def nonsensitive(call: Call, arguments: list[Value]) -> Value:  # noqa: ARG001
    """`nonsensitive(value)`: the mark of the whole is taken off, marks of its parts stay."""
    from enclint.frontends.terraform.functions.marks import unmark_top

    return unmark_top(arguments[0])


@_define("issensitive", _anything("value"), result=BOOL, holds_choices=True, minds_marks=True)
def issensitive(call: Call, arguments: list[Value]) -> Value:
    """`issensitive(value)`: whether the value as a whole is; an unknown may become so."""
    (value,) = arguments
    if value.sensitive:
        return boolean(True, call.span)
    if isinstance(value, Unknown):
        return partials.undecided(call, [values.unmark(value)], not_null=False)
    return boolean(False, call.span)


@_define("ephemeralasnull", _anything("value"), result=_own_type, holds_choices=True, minds_marks=True)
def ephemeralasnull(call: Call, arguments: list[Value]) -> Value:  # noqa: ARG001
    """`ephemeralasnull(value)`: every ephemeral part is null instead."""
    return _without_ephemeral(arguments[0])


def _without_ephemeral(value: Value) -> Value:
    if not value.flags & HAS_EPHEMERAL:
        return value
    if isinstance(value, Choice):
        branches = [(case, _without_ephemeral(branch)) for case, branch in value.branches]
        return Choice(value.subject, branches, value.span, value.type, sensitive=value.sensitive, trace=value.trace)
    if not isinstance(value, Known) or not isinstance(value.data, (list, dict)):
        return values.marked_like(null(value.type, value.span), value)
    data: object
    if isinstance(value.data, dict):
        data = {key: _without_ephemeral(part) for key, part in value.data.items()}
    else:
        data = [_without_ephemeral(part) for part in value.data]
    return Known(data, value.span, value.type, sensitive=value.sensitive, trace=value.trace)
