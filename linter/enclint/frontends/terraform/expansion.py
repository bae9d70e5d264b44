"""`count` and `for_each`: which instances a resource or module call has, and what `count` and `each` stand for in them.

What Terraform could not plan, enclint still judges. A `count` that hangs on undecided conditions gives every instance
that there may be, each with the condition of its existence. One that is wholly unknown gives a single instance of the
key `ANY`, which stands for all that there will be: `aws_instance.web[*]`. More than MAX_INSTANCES are not told apart
either: `aws_instance.web[*]` stands for all the others, so that none goes unjudged.
"""

from __future__ import annotations

from enclint.frontends.terraform.choices import Impossible, choice, map_cases
from enclint.frontends.terraform.convert import ConversionError, convert
from enclint.frontends.terraform.errors import EvaluationError
from enclint.frontends.terraform.evaluate import evaluate
from enclint.frontends.terraform.numbers import Float
from enclint.frontends.terraform.scope import Deferred
from enclint.frontends.terraform.types import BOOL, DYNAMIC, NUMBER, STRING, Type
from enclint.frontends.terraform.values import (
    HAS_EPHEMERAL,
    UNDECIDED,
    is_null,
    object_value,
    quoted,
    string,
    tuple_value,
    unmark,
)
from enclint.lean_typing import TYPE_CHECKING, Final, NamedTuple
from enclint.model.value import Choice, Known, Unknown, Value, first_reason

if TYPE_CHECKING:
    from collections.abc import Callable

    from enclint.frontends.terraform.declarations import Argument
    from enclint.frontends.terraform.scope import Scope
    from enclint.source import Span

MAX_INSTANCES: Final = 1024
"""Instances of one resource that are judged one by one."""

_NOT_TOLD_APART: Final = f"of more than {MAX_INSTANCES:,} instances, those beyond are not told apart"

EXISTS: Final = Known(True, None, BOOL)
_GONE: Final = Known(False, None, BOOL)

NOT_KNOWN_COUNT: Final = (
    'The "count" value depends on resource attributes that cannot be determined until apply, so Terraform cannot '
    "predict how many instances will be created. To work around this, use the -target argument to first apply only "
    "the resources that the count depends on."
)
_NOT_KNOWN_KEYS: Final = (
    'The "for_each" {} includes {} derived from resource attributes that cannot be determined until apply, and so '
    "Terraform cannot determine the full set of keys that will identify the instances of this resource."
)


class AnyKey:
    """The key of an instance that stands for all those that nobody can tell apart yet."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "*"


ANY: Final = AnyKey()

InstanceKey = str | int | AnyKey | None


def key_text(key: InstanceKey) -> str:
    """The key as it stands in addresses: `[0]`, `["a"]`, `[*]`, or nothing."""
    if key is None:
        return ""
    if isinstance(key, str):
        return f"[{_escaped(key)}]"
    return f"[{key}]"


def _escaped(key: str) -> str:
    return quoted(key).replace("${", "$${").replace("%{", "%%{")


class Repetition(NamedTuple):
    """One instance: its key, whether it exists, and what `each` or `count` has as attributes in it (None: neither)."""

    key: InstanceKey
    exists: Value
    name: str
    attributes: dict[str, Value]


SINGLE: Final = Repetition(None, EXISTS, "", {})


class Expansion:
    """The instances of a resource or module call.

    `argument` is `count`, `for_each` or "". `repetitions` are in the order of their keys. `keys` is a Known list of
    Known keys, a Choice of such, or an Unknown: which of them there are. `amount` is how many there are at most, which
    may be more than MAX_INSTANCES. `problem` is why Terraform could not plan it, where it could not.
    """

    __slots__ = ("amount", "argument", "keys", "problem", "repetitions")

    def __init__(
        self,
        argument: str,
        repetitions: list[Repetition],
        keys: Value,
        amount: int = 1,
        problem: EvaluationError | None = None,
    ) -> None:
        self.argument = argument
        self.repetitions = repetitions
        self.keys = keys
        self.amount = amount
        self.problem = problem

    def whole(self, instance: Callable[[InstanceKey], Deferred]) -> Value:
        """The tuple (for `count`) or object (for `for_each`) of all instances; undecided where their keys are."""

        def collect(keys: Value) -> Value:
            if not isinstance(keys, Known):
                reason = first_reason(keys) or "it is not known which instances there are"
                return Unknown(reason, keys.span, DYNAMIC, element=instance(ANY), trace=keys.trace)
            if self.amount > MAX_INSTANCES and len(keys.data) == MAX_INSTANCES:
                return _too_many(self.argument, self.amount, instance(ANY))
            if self.argument == "count":
                return tuple_value([instance(each.data) for each in keys.data])
            return object_value({each.data: instance(each.data) for each in keys.data})

        return map_cases(self.keys, collect)


def _too_many(argument: str, amount: int, element: Deferred) -> Unknown:
    """The collection of more instances than are told apart. (The amount is that of the longest case.)"""
    type = Type("list" if argument == "count" else "map", DYNAMIC)
    return Unknown(f"there are {amount:,} instances, more than are told apart", None, type, element=element)


ONE: Final = Expansion("", [SINGLE], Known([]))


def expand(
    count: Argument | None,
    for_each: Argument | None,
    scope_of: Callable[[Argument], Scope],
    *,
    may_be_secret: bool = False,
) -> Expansion:
    """The instances that the arguments ask for; `count` decides where an override file left both.

    `may_be_secret`: the keys of `for_each` may be sensitive all the same. Raises EvaluationError where Terraform would
    refuse the value.
    """
    if count is not None:
        return _by_count(evaluate(count.attribute.expression, scope_of(count)), count.span)
    if for_each is not None:
        value = evaluate(for_each.attribute.expression, scope_of(for_each))
        return _by_keys(unmark(value) if may_be_secret else value, for_each.span)
    return ONE


def _by_count(value: Value, span: Span) -> Expansion:
    try:
        value = convert(value, NUMBER)
    except ConversionError as error:
        raise EvaluationError("Incorrect value type", f"Invalid expression value: {error.detail}.", span) from None
    if value.flags & HAS_EPHEMERAL:
        raise EvaluationError(
            "Invalid count argument",
            'The given "count" is derived from an ephemeral value, which means that Terraform cannot persist it '
            "between plan/apply rounds. Use only non-ephemeral values to specify the number of resource instances.",
            span,
        )
    most = 0

    def numbers(leaf: Value) -> Value:
        nonlocal most
        if not isinstance(leaf, Known):
            return leaf
        amount = _checked_count(leaf, span)
        most = max(most, amount)
        return Known([Known(index, None, NUMBER) for index in range(min(amount, MAX_INSTANCES))])

    keys = _each_case(value, numbers)
    problem = EvaluationError("Invalid count argument", NOT_KNOWN_COUNT, span) if value.flags & UNDECIDED else None
    repetitions = [
        Repetition(key, exists, "count", {"index": Known(key, None, NUMBER)}) for key, exists in _existing(keys)
    ]
    if _has_unknown(keys) or most > MAX_INSTANCES:
        why = "there is no telling how many instances there are" if _has_unknown(keys) else _NOT_TOLD_APART
        index = Unknown(why, span, NUMBER, refinement={"not_null": True, "min": (0, True)})
        repetitions.append(Repetition(ANY, _may_exist(keys, most), "count", {"index": index}))
    return Expansion("count", repetitions, keys, most, problem)


def _checked_count(value: Known, span: Span) -> int:
    count = value.data
    if count is None:
        detail = 'The given "count" argument value is null. An integer is required.'
    elif isinstance(count, Float) or abs(count) >= 2**63:
        detail = (
            'The given "count" argument value is unsuitable: value must be a whole number, between '
            "-9223372036854775808 and 9223372036854775807."
        )
    elif count < 0:
        detail = 'The given "count" argument value is unsuitable: must be greater than or equal to zero.'
    else:
        return int(count)
    raise EvaluationError("Invalid count argument", detail, span)


def _by_keys(value: Value, span: Span) -> Expansion:
    _refuse_marks(value, span)
    if isinstance(value, Deferred):
        value = value.force()
    problem = _unknown_keys(value, span)
    most = 0

    def names(leaf: Value) -> Value:
        nonlocal most
        if isinstance(leaf, Deferred):
            leaf = leaf.force()
        if not isinstance(leaf, Known):
            return leaf
        _check_keys(leaf, span)
        found = (
            sorted(leaf.data) if leaf.data.__class__ is dict else [e.data for e in leaf.data if e.__class__ is Known]
        )
        most = max(most, len(found))
        keys: list[Value] = [Known(name, None, STRING) for name in found[:MAX_INSTANCES]]
        if leaf.data.__class__ is list:
            keys += [element for element in leaf.data if element.__class__ is not Known]
        return Known(keys)

    keys = _each_case(value, names)
    if _has_undecided_elements(keys):
        keys = _each_case(keys, _unknown_if_undecided)
    repetitions = [
        Repetition(key, exists, "each", {"key": string(str(key)), "value": _value_at(value, str(key))})
        for key, exists in _existing(keys)
    ]
    if _has_unknown(keys) or most > MAX_INSTANCES:
        why = "the keys of `for_each` are not known" if _has_unknown(keys) else _NOT_TOLD_APART
        attributes: dict[str, Value] = {
            "key": Unknown(why, span, STRING, refinement={"not_null": True}),
            "value": _any_value(value, why, span),
        }
        repetitions.append(Repetition(ANY, _may_exist(keys, most), "each", attributes))
    return Expansion("for_each", repetitions, keys, most, problem)


def _refuse_marks(value: Value, span: Span) -> None:
    if value.sensitive:
        raise EvaluationError(
            "Invalid for_each argument",
            "Sensitive values, or values derived from sensitive values, cannot be used as for_each arguments. If "
            "used, the sensitive value could be exposed as a resource instance key.",
            span,
        )
    if isinstance(value, Unknown) and value.flags & HAS_EPHEMERAL:
        raise EvaluationError(
            "Invalid for_each argument",
            'The given "for_each" value is derived from an ephemeral value, which means that Terraform cannot persist '
            "it between plan/apply rounds. Use only non-ephemeral values to specify a resource's instance keys.",
            span,
        )


def _unknown_keys(value: Value, span: Span) -> EvaluationError | None:
    """The error of a plan that cannot know the keys."""
    kind = (value.type or DYNAMIC).kind
    if isinstance(value, Known) and not (kind == "set" and value.flags & UNDECIDED):
        return None
    words = ("set", "values") if kind == "set" else ("map", "keys")
    return EvaluationError("Invalid for_each argument", _NOT_KNOWN_KEYS.format(*words), span)


def _check_keys(value: Value, span: Span) -> None:
    """Refuse a known value that cannot be iterated over."""
    type: Type = value.type or DYNAMIC
    if is_null(value):
        raise EvaluationError(
            "Invalid for_each argument",
            'The given "for_each" argument value is unsuitable: the given "for_each" argument value is null. A map, '
            "or set of strings is allowed.",
            span,
        )
    if type.kind == "dynamic":
        return
    if type.kind not in ("map", "set", "object"):
        raise EvaluationError(
            "Invalid for_each argument",
            'The given "for_each" argument value is unsuitable: the "for_each" argument must be a map, or set of '
            f"strings, and you have provided a value of type {type.name}.",
            span,
        )
    if type.kind != "set" or not isinstance(value, Known) or not value.data or value.flags & UNDECIDED:
        return
    if type.element is not None and type.element.kind != "string":
        raise EvaluationError(
            "Invalid for_each set argument",
            'The given "for_each" argument value is unsuitable: "for_each" supports maps and sets of strings, but you '
            f"have provided a set containing type {type.element.name}.",
            span,
        )
    if any(is_null(element) for element in value.data):
        raise EvaluationError(
            "Invalid for_each set argument",
            'The given "for_each" argument value is unsuitable: "for_each" sets must not contain null values.',
            span,
        )


def _each_case(value: Value, function: Callable[[Value], Value]) -> Value:
    """The function applied case by case; a case that it fails in is one in which nothing can be planned."""
    if not isinstance(value, Choice):
        return function(value)
    first_error: list[EvaluationError] = []

    def attempt(leaf: Value) -> Value:
        try:
            return function(leaf)
        except EvaluationError as error:
            first_error.append(error)
            return Impossible(error)

    result = map_cases(value, attempt)
    if first_error and all(isinstance(leaf, Impossible) for leaf in _leaves(result)):
        raise first_error[0]
    return result


def _leaves(value: Value) -> list[Value]:
    if isinstance(value, Choice):
        return [leaf for _, branch in value.branches for leaf in _leaves(branch)]
    return [value]


def _has_undecided_elements(keys: Value) -> bool:
    return any(isinstance(leaf, Known) and leaf.flags & UNDECIDED for leaf in _leaves(keys))


def _unknown_if_undecided(keys: Value) -> Value:
    """A set of keys some of which are undecided is not known."""
    if isinstance(keys, Known) and keys.flags & UNDECIDED:
        undecided = next(key for key in keys.data if key.flags & UNDECIDED)
        reason = undecided.reason if isinstance(undecided, Unknown) else "a key hangs on an undecided condition"
        return Unknown(reason, undecided.span, DYNAMIC)
    return keys


def _has_unknown(keys: Value) -> bool:
    return any(isinstance(leaf, Unknown) and not isinstance(leaf, Impossible) for leaf in _leaves(keys))


def _existing(keys: Value) -> list[tuple[str | int, Value]]:
    """Every key that there may be, in order, with the condition of its existence."""
    found: dict[str | int, None] = {}
    for leaf in _leaves(keys):
        if isinstance(leaf, Known):
            found.update(dict.fromkeys([key.data for key in leaf.data]))
    if isinstance(keys, Known):
        return [(key, EXISTS) for key in found]
    present = {id(leaf): {key.data for key in leaf.data} for leaf in _leaves(keys) if isinstance(leaf, Known)}
    return [(key, _condition(keys, present, key)) for key in sorted(found)]


def _condition(keys: Value, present: dict[int, set[str | int]], key: str | int) -> Value:
    """Whether a key is there: a bool for each case, one bool where all cases agree."""
    if isinstance(keys, Choice):
        branches = [(case, _condition(branch, present, key)) for case, branch in keys.branches]
        first = branches[0][1]
        if first in (EXISTS, _GONE) and all(each is first for _, each in branches):
            return first
        return choice(keys.subject, branches, keys.span)
    if isinstance(keys, Known):
        return EXISTS if key in present[id(keys)] else _GONE
    if isinstance(keys, Impossible):
        return _GONE
    reason = keys.reason if isinstance(keys, Unknown) else "it is not decided"
    return Unknown(reason, keys.span, BOOL)


def _may_exist(keys: Value, most: int) -> Value:
    """Whether the instance exists that stands for the unknown ones, and for those beyond what is told apart."""

    def condition(leaf: Value) -> Value:
        if isinstance(leaf, Unknown) and not isinstance(leaf, Impossible):
            return Unknown(leaf.reason, leaf.span, BOOL)
        if most > MAX_INSTANCES and isinstance(leaf, Known) and len(leaf.data) >= MAX_INSTANCES:
            # Of several cases only the longest certainly has more than are told apart.
            return EXISTS if leaf is keys else Unknown(_NOT_TOLD_APART, leaf.span, BOOL)
        return _GONE

    return map_cases(keys, condition)


def _value_at(value: Value, key: str) -> Value:
    """What `each.value` is for a key. Cases that do not have the key do not matter: they take a value of another."""
    if isinstance(value, Choice):
        found = [(case, _value_at(branch, key)) for case, branch in value.branches]
        known = [branch for _, branch in found if not isinstance(branch, Impossible)]
        if not known:
            return found[0][1]
        if all(branch is known[0] for branch in known):
            return known[0]
        return choice(
            value.subject,
            [(case, known[0] if isinstance(branch, Impossible) else branch) for case, branch in found],
            value.span,
        )
    if isinstance(value, Deferred):
        value = value.force()
    if isinstance(value, Known) and value.data.__class__ is dict and key in value.data:
        part: Value = value.data[key]
        return part
    if isinstance(value, Known) and value.data.__class__ is list:
        return string(key)
    return Impossible(EvaluationError("Invalid index", f"There is no element {quoted(key)}."))


def _any_value(value: Value, why: str, span: Span) -> Value:
    """What `each.value` is where the key is not known, and why."""
    if isinstance(value, Choice):
        for _, branch in value.branches:
            if isinstance(branch, Unknown) and not isinstance(branch, Impossible):
                return _any_value(branch, why, span)
    if isinstance(value, Unknown):
        if value.element is not None:
            return value.element
        type: Type = value.type or DYNAMIC
        return Unknown(value.reason, span, type.element or DYNAMIC)
    is_set = isinstance(value, Known) and value.data.__class__ is list
    return Unknown(why, span, STRING if is_set else DYNAMIC)
