"""The table of functions, and what is the same for each call: arguments are checked, converted and cleaned here.

In goes a name and argument values, out comes the result's value, or EvaluationError with Terraform's words. A module
of functions is imported when one of its functions is called for the first time.
"""

from __future__ import annotations

from importlib import import_module

from enclint.frontends.terraform.choices import MAX_IDENTITY
from enclint.frontends.terraform.errors import LACKING, ArgumentError, EvaluationError, UnknownFunctionError
from enclint.frontends.terraform.functions.signature import ArgumentFault, Call, CallFault, LimitFault
from enclint.frontends.terraform.types import DYNAMIC, Type
from enclint.frontends.terraform.values import HAS_EPHEMERAL, drop_mark, is_null, sensitive, unknown, unknown_because
from enclint.lean_typing import TYPE_CHECKING, Final
from enclint.model.value import HAS_CHOICE, HAS_SENSITIVE, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from enclint.frontends.terraform.functions.signature import Function
    from enclint.frontends.terraform.scope import Scope
    from enclint.model.value import Value
    from enclint.source import Span

_MODULES: Final = {
    "strings": "chomp endswith indent join lower replace split startswith strcontains strrev substr title trim "
    "trimprefix trimspace trimsuffix upper",
    "formatting": "format formatlist",
    "regular_expressions": "regex regexall",
    "numeric": "abs ceil floor log max min parseint pow signum sum",
    "lengths": "length",
    "questions": "alltrue anytrue contains index",
    "sequences": "chunklist coalescelist compact concat distinct element flatten matchkeys one range reverse slice "
    "sort",
    "mappings": "keys lookup merge transpose values zipmap",
    "sets": "setintersection setproduct setsubtract setunion",
    "conversion": "coalesce ephemeralasnull issensitive nonsensitive sensitive tobool tolist tomap tonumber toset "
    "tostring",
    "encoding": "base64decode base64encode base64gzip textdecodebase64 textencodebase64 urlencode",
    "json_codec": "jsondecode jsonencode",
    "yaml_codec": "yamldecode yamlencode",
    "csv_codec": "csvdecode",
    "hashing": "base64sha256 base64sha512 bcrypt md5 rsadecrypt sha1 sha256 sha512 uuid uuidv5",
    "dates": "formatdate plantimestamp timeadd timecmp timestamp",
    "network": "cidrhost cidrnetmask cidrsubnet cidrsubnets",
    "paths": "abspath basename dirname pathexpand",
    "files": "file filebase64 filebase64sha256 filebase64sha512 fileexists filemd5 fileset filesha1 filesha256 "
    "filesha512",
    "templates": "templatefile templatestring",
    "language": "provider::terraform::decode_tfvars provider::terraform::encode_expr "
    "provider::terraform::encode_tfvars",
}
_MODULE_OF: Final = {name: module for module, names in _MODULES.items() for name in names.split()}

NAMES: Final = frozenset(_MODULE_OF) | {"can", "try"}
"""All built-in functions, without the prefix `core::`. `can` and `try` take expressions: they are the evaluator's."""

_functions: dict[str, Function] = {}


def exists(name: str) -> bool:
    """Whether there is a function of this name (`core::…` names included)."""
    return name.removeprefix("core::") in NAMES


def call(name: str, arguments: list[Value], span: Span | None, scope: Scope) -> Value:
    """What a function returns. Arguments are no Choices at the top; undecided parts of them are dealt with here.

    A value that the function takes from its arguments keeps its span and trace. Raises EvaluationError.
    """
    function = _function(name, span)
    _check_count(name, function, arguments, span)
    try:
        converted = [_convert(function, index, argument) for index, argument in enumerate(arguments)]
        return _call(Call(name, span, scope, DYNAMIC), function, converted)
    except ArgumentFault as fault:
        parameter = function.parameter(fault.index).name
        detail = f'Invalid value for "{parameter}" parameter: {_redacted(fault.message, arguments)}.'
        raise ArgumentError("Invalid function argument", detail, span, fault.index) from None
    except CallFault as fault:
        detail = f'Call to function "{name}" failed: {_redacted(fault.message, arguments)}.'
        raise EvaluationError("Error in function call", detail, span) from None


def _redacted(message: str, arguments: Sequence[Value]) -> str:
    """The message without the text of any sensitive argument."""
    if not _any_flag(arguments, HAS_SENSITIVE):
        return message
    from enclint.frontends.terraform.functions.marks import redacted

    return redacted(message, arguments)


def _function(name: str, span: Span | None) -> Function:
    """The function of a name; its module is imported on the way."""
    plain = name.removeprefix("core::")
    function = _functions.get(plain)
    if function is None:
        module = _MODULE_OF.get(plain)
        if module is None:
            raise no_such_function(name, span)
        _functions.update(import_module(f"{__package__}.{module}").FUNCTIONS)
        function = _functions[plain]
    return function


def check_builtin(name: str, span: Span | None) -> None:
    """Raise the error for a function that the built-in provider, which the module requires, does not have."""
    if name not in _MODULE_OF:
        _, provider, function = name.split("::")[:3]
        detail = f'The function "{function}" is not available from the provider "{provider}".'
        raise UnknownFunctionError("Unknown provider function", detail, span)


def no_such_function(name: str, span: Span | None) -> UnknownFunctionError:
    """The error for a name that no function has."""
    if "::" not in name:
        from enclint.frontends.terraform.functions.names import similar_name

        similar = similar_name(name, NAMES)
        hint = f' Did you mean "{similar}"?' if similar else ""
        return UnknownFunctionError("Call to unknown function", f'There is no function named "{name}".{hint}', span)
    namespace = name.partition("::")[0]
    if namespace == "provider":
        _, provider, function = f"{name}::".split("::")[:3]
        detail = (
            f'There is no function named "{name}". Ensure that provider name "{provider}" is declared in this '
            f'module\'s required_providers block, and that this provider offers a function named "{function}".'
        )
    else:
        detail = (
            f'The function namespace "{namespace}" is not valid. Provider function calls must use the "provider::" '
            "namespace prefix."
        )
    return UnknownFunctionError("Unknown provider function", detail, span)


def _check_count(name: str, function: Function, arguments: Sequence[Value], span: Span | None) -> None:
    required = len(function.parameters)
    given = len(arguments)
    if given < required:
        least = " at least" if function.variadic is not None else ""
        missing = function.parameters[given].name
        detail = f'Function "{name}" expects{least} {required} argument(s). Missing value for "{missing}".'
        raise ArgumentError("Not enough function arguments", detail, span, LACKING)
    if given > required and function.variadic is None:
        detail = f'Function "{name}" expects only {required} argument(s).'
        raise ArgumentError("Too many function arguments", detail, span, required)


def _convert(function: Function, index: int, argument: Value) -> Value:
    """An argument as its parameter wants it."""
    wanted = function.parameter(index).type
    if argument.type is wanted:
        return argument
    from enclint.frontends.terraform.convert import ConversionError, convert

    try:
        return convert(argument, wanted)
    except ConversionError as error:
        raise ArgumentFault(index, error.detail) from None


def _call(call: Call, function: Function, arguments: list[Value]) -> Value:
    """The result for arguments that are converted."""
    if not function.holds_choices and _any_flag(arguments, HAS_CHOICE):
        from enclint.frontends.terraform.functions.scenarios import decided

        return decided(lambda cases: _call(call, function, cases), arguments, call.span)
    is_typed = _check_arguments(function, arguments)
    if function.minds_marks:
        return _compute(call, function, arguments)
    bare, is_sensitive, is_bared_deeply = _without_marks(function, arguments)
    result = _compute(call, function, bare) if is_typed else unknown_because(arguments, DYNAMIC, call.span)
    if (
        _any_flag(arguments, HAS_SENSITIVE)
        and not call.scope.choices
        and not (is_typed and _are_known_enough(function, bare))
    ):
        result = drop_mark(result)
        is_sensitive = is_bared_deeply
    if result.__class__ is Unknown and function.pure:
        _identify(call.name.removeprefix("core::"), result, arguments)
    if is_sensitive:
        result = sensitive(result)
    if _any_flag(arguments, HAS_EPHEMERAL) and not result.flags & HAS_EPHEMERAL:
        result = result.copy()
        result.flags |= HAS_EPHEMERAL
    return result


def _any_flag(values: Sequence[Value], flag: int) -> int:
    flags = 0
    for value in values:
        flags |= value.flags
    return flags & flag


def _check_arguments(function: Function, arguments: Sequence[Value]) -> bool:
    """False if an argument without a type leaves the result without one. Nulls that may not be are refused."""
    for index, argument in enumerate(arguments):
        parameter = function.parameter(index)
        if not parameter.null and is_null(argument):
            raise ArgumentFault(index, "argument must not be null")
        if not parameter.untyped and argument.type.kind == "dynamic":
            return False
    return True


def _without_marks(function: Function, arguments: list[Value]) -> tuple[list[Value], bool, bool]:
    """The arguments without the marks that their parameters do not take.

    Also: whether any was taken off, and whether any was that of a parameter which takes none at all. Terraform forgets
    the others where it does not call the function because something is unknown.
    """
    if not _any_flag(arguments, HAS_SENSITIVE):
        return arguments, False, False
    from enclint.frontends.terraform.functions.marks import unmark_deeply, unmark_top

    bare = []
    found = found_deeply = False
    for index, argument in enumerate(arguments):
        parameter = function.parameter(index)
        if not argument.flags & HAS_SENSITIVE or parameter.kept:
            bare.append(argument)
        elif parameter.marked:
            found = found or argument.sensitive
            bare.append(unmark_top(argument))
        else:
            found = found_deeply = True
            bare.append(unmark_deeply(argument))
    return bare, found, found_deeply


def _are_known_enough(function: Function, arguments: Sequence[Value]) -> bool:
    """Whether the function can be computed: every unknown argument is one that it takes."""
    return all(
        function.parameter(index).unknown or not isinstance(argument, Unknown)
        for index, argument in enumerate(arguments)
    )


def _compute(call: Call, function: Function, arguments: list[Value]) -> Value:
    """The result of arguments that are typed, not null and not sensitive."""
    result = function.result
    type = result if result.__class__ is Type else result(arguments)  # type: ignore[operator]
    if not _are_known_enough(function, arguments):
        return unknown_result(call, function, arguments, type)
    try:
        return function.implementation(call._replace(type=type), arguments)
    except LimitFault as fault:
        return unknown(fault.reason, type, call.span, of=arguments)


def unknown_result(call: Call, function: Function, arguments: Sequence[Value], type: Type) -> Unknown:
    """The result of a call whose arguments are not known well enough."""
    refinement = {"not_null": True} if function.not_null and type.kind != "dynamic" else None
    return unknown_because(arguments, type, call.span, refinement=refinement)


def _identify(name: str, result: Value, arguments: Sequence[Value]) -> None:
    """Give an unknown result an identity: the same function of the same arguments has the same value."""
    assert isinstance(result, Unknown)  # noqa: S101
    if result.identity is not None:
        return
    texts = list(_identities(arguments))
    if len(texts) == len(arguments) and sum(map(len, texts)) <= MAX_IDENTITY:
        result.identity = f"{name}({', '.join(texts)})"


def _identities(arguments: Sequence[Value]) -> Iterator[str]:
    """The canonical text of each argument that has one."""
    from enclint.frontends.terraform.functions.marks import canonical_text

    for argument in arguments:
        text = canonical_text(argument, MAX_IDENTITY)
        if text is not None:
            yield text
