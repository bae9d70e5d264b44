"""The value lattice: what is known, what is not and why, and where it came from.

Both front ends resolve what they read to these values, and the judge reads nothing else. There is no stand-in for
the unknown: never `None`, never `""`, never the raw text of an expression.

==========  ==========================================================================================
Known       a plain value; elements of lists and maps are Values themselves
Absent      nobody said anything (a missing argument, `null` at the border of a resource, `AWS::NoValue`)
Unknown     cannot be known from the code, with the reason in the user's words
Reference   an Unknown that stands for an attribute of another resource
Partial     an Unknown string, some pieces of which are known
Encoded     an Unknown string that is the encoding (json, base64, …) of a value some of which is known
Choice      depends on an undecided subject: one value for each case
==========  ==========================================================================================
"""

from __future__ import annotations

from enclint.lean_typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from enclint.source import Span

Data: TypeAlias = Any
"""None, bool, int, a front end's exact non-integral number, str, list[Value] or dict[str, Value]."""

HAS_UNKNOWN: Final = 1
HAS_CHOICE: Final = 2
HAS_SENSITIVE: Final = 4

MAX_LEAVES: Final = 64
"""How many leaves a tree of choices may have before it collapses into an Unknown that says so."""


class Hop(NamedTuple):
    """One step of the way that a value took: the reference that read it, and the step before."""

    label: str
    """The reference in the code's words: `local.enc`, `var.encrypted`, `Ref Stage`, `module.db.encrypted`."""
    span: Span | None
    """Where `label` leads: the definition, such as the local's expression, the tfvars line, the call's argument."""
    before: Hop | None


class Value:
    """Base of the lattice. Immutable by convention: a changed value is a new one.

    `span`: where the value is written, or None where it has no place. `trace`: the way that it came, newest hop
    first. `type`: the front end's own static type (Terraform's type system; None in CloudFormation). `flags`: which
    of HAS_UNKNOWN, HAS_CHOICE and HAS_SENSITIVE hold for the value or, deeply, for a part of it. `weight`: of how many
    values it is made if all are counted where they occur; a few lines of code can ask for billions.
    """

    __slots__ = ("flags", "sensitive", "span", "trace", "type")

    weight: int = 1

    flags: int
    sensitive: bool
    span: Span | None
    trace: Hop | None
    type: Any

    def copy(self) -> Value:
        """A shallow copy of the same class."""
        new = object.__new__(type_of(self))
        for cls in type_of(self).__mro__[:-1]:
            for slot in cls.__slots__:  # type: ignore[attr-defined]
                setattr(new, slot, getattr(self, slot))
        return new

    def at(self, span: Span | None) -> Value:
        """The same value, written at `span`."""
        new = self.copy()
        new.span = span
        return new

    def via(self, label: str, span: Span | None) -> Value:
        """The same value, having come one hop further."""
        new = self.copy()
        new.trace = Hop(label, span, self.trace)
        return new

    @property
    def is_wholly_known(self) -> bool:
        """Whether neither the value nor any part of it is an Unknown or a Choice."""
        return not self.flags & (HAS_UNKNOWN | HAS_CHOICE)


type_of = type


class Known(Value):
    """A plain value. `data` of a list, tuple or set is a list of Values, of a map or object a dict of Values."""

    __slots__ = ("data", "weight")

    def __init__(
        self,
        data: Data,
        span: Span | None = None,
        type: Any = None,
        *,
        sensitive: bool = False,
        trace: Hop | None = None,
    ) -> None:
        self.data = data
        self.span = span
        self.type = type
        self.sensitive = sensitive
        self.trace = trace
        flags = HAS_SENSITIVE if sensitive else 0
        weight = 1
        if data.__class__ is list:
            for element in data:
                flags |= element.flags
                weight += element.weight
        elif data.__class__ is dict:
            for element in data.values():
                flags |= element.flags
                weight += element.weight
        self.flags = flags
        self.weight = weight

    def __repr__(self) -> str:
        return "Known((sensitive))" if self.sensitive else f"Known({self.data!r})"


class Absent(Value):
    """Nobody said anything. `span` is the header of the block where it could have been said."""

    __slots__ = ()

    def __init__(self, span: Span | None = None, trace: Hop | None = None) -> None:
        self.span = span
        self.type = None
        self.sensitive = False
        self.trace = trace
        self.flags = 0

    def __repr__(self) -> str:
        return "Absent()"


class Unknown(Value):
    """Cannot be known from the code.

    `reason` is a noun phrase or sentence in the user's words: "variable `kms_key_arn` has no default". `identity`:
    two unknowns of equal identity (not None) have the same value, whatever it is. `refinement`: what is known all
    the same: keys `not_null` (bool), `prefix` (str), `min`/`max` ((number, inclusive)), `min_length`/`max_length`
    (int). `element`: for an unknown collection, what each of its elements would look like (the content of a dynamic
    block over an unknown), else None.
    """

    __slots__ = ("element", "identity", "reason", "refinement")

    def __init__(
        self,
        reason: str,
        span: Span | None = None,
        type: Any = None,
        *,
        identity: str | None = None,
        refinement: dict[str, Any] | None = None,
        element: Value | None = None,
        sensitive: bool = False,
        trace: Hop | None = None,
    ) -> None:
        self.reason = reason
        self.span = span
        self.type = type
        self.identity = identity
        self.refinement = refinement
        self.element = element
        self.sensitive = sensitive
        self.trace = trace
        self.flags = HAS_UNKNOWN | (HAS_SENSITIVE if sensitive else 0)

    def __repr__(self) -> str:
        return f"{type_of(self).__name__}({self.reason!r})"


class Reference(Unknown):
    """Stands for an attribute of another resource: what it will be is not known, where it comes from is.

    `target` is the `key` of a provider resource of the same project (see `enclint.model.resource`), or None for
    something outside it; `attribute` a dotted path such as ``arn`` or ``Endpoint.Address`` ("" for CloudFormation's
    Ref). `any_instance`: the target is a resource with count or for_each whose instance could not be decided.
    """

    __slots__ = ("any_instance", "attribute", "target")

    def __init__(
        self,
        target: str,
        attribute: str,
        span: Span | None = None,
        type: Any = None,
        *,
        reason: str = "",
        any_instance: bool = False,
        refinement: dict[str, Any] | None = None,
        sensitive: bool = False,
        trace: Hop | None = None,
    ) -> None:
        name = f"{target}.{attribute}" if attribute else target
        super().__init__(
            reason or f"`{name}` is known only after deployment",
            span,
            type,
            identity=None if any_instance else name,
            refinement=refinement,
            sensitive=sensitive,
            trace=trace,
        )
        self.target = target
        self.attribute = attribute
        self.any_instance = any_instance


class Partial(Unknown):
    """A string put together of pieces, some of them unknown: `parts` are Known strings, Unknowns and Choices."""

    __slots__ = ("parts",)

    def __init__(
        self,
        parts: Sequence[Value],
        span: Span | None = None,
        type: Any = None,
        *,
        refinement: dict[str, Any] | None = None,
        sensitive: bool = False,
        trace: Hop | None = None,
    ) -> None:
        reasons = [part.reason for part in parts if isinstance(part, Unknown)]
        super().__init__(
            reasons[0] if reasons else "a part of the text is not decided",
            span,
            type,
            refinement=refinement,
            sensitive=sensitive,
            trace=trace,
        )
        self.parts = tuple(parts)
        for part in parts:
            self.flags |= part.flags


class Encoded(Unknown):
    """A string that encodes `value`, a part of which is unknown. `codec`: json, yaml, base64, gzip or url."""

    __slots__ = ("codec", "value")

    def __init__(
        self,
        codec: str,
        value: Value,
        span: Span | None = None,
        type: Any = None,
        *,
        refinement: dict[str, Any] | None = None,
        sensitive: bool = False,
        trace: Hop | None = None,
    ) -> None:
        super().__init__(
            first_reason(value) or "a part of the text is not decided",
            span,
            type,
            refinement=refinement,
            sensitive=sensitive,
            trace=trace,
        )
        self.codec = codec
        self.value = value
        self.flags |= value.flags


class Subject(NamedTuple):
    """What a Choice depends on. Two choices with the same `key` are decided together.

    Where `variable` is given, the subject is the question whether that variable equals `constant` (cases True and
    False); of several such subjects of one variable at most one is true. `is_nothing`: the constant is what stands
    where nothing is said, null or the empty text.
    """

    key: str
    label: str
    """In the user's words: ``var.for_cdn``, ``var.env == "prod"``, ``Stage``."""
    variable: str | None = None
    constant: str | None = None
    is_nothing: bool = False


Case: TypeAlias = bool | str
OTHER: Final = "\0other"
"""The case of a subject that is none of the values which the code names."""


class Choice(Value):
    """One value for each case of an undecided subject. Cases are exhaustive and exclude each other."""

    __slots__ = ("branches", "subject")

    def __init__(
        self,
        subject: Subject,
        branches: Sequence[tuple[Case, Value]],
        span: Span | None = None,
        type: Any = None,
        *,
        sensitive: bool = False,
        trace: Hop | None = None,
    ) -> None:
        self.subject = subject
        self.branches = tuple(branches)
        self.span = span
        self.type = type
        self.sensitive = sensitive
        self.trace = trace
        flags = HAS_CHOICE | (HAS_SENSITIVE if sensitive else 0)
        for _, branch in self.branches:
            flags |= branch.flags
        self.flags = flags

    def __repr__(self) -> str:
        cases = ", ".join(f"{case!r}: {value!r}" for case, value in self.branches)
        return f"Choice({self.subject.label}: {cases})"

    def given(self, case: Case) -> Value | None:
        """The value in a case; None if the choice does not name the case."""
        for each, value in self.branches:
            if each == case:
                return value
        return None


def first_reason(value: Value) -> str | None:
    """Why the value, or the first unknown part of it, is unknown; None if it is wholly known."""
    if isinstance(value, Unknown):
        return value.reason
    if isinstance(value, Choice):
        return next((r for _, b in value.branches if (r := first_reason(b))), f"`{value.subject.label}` is not decided")
    if isinstance(value, Known) and value.flags & (HAS_UNKNOWN | HAS_CHOICE):
        parts: Iterable[Value] = value.data.values() if isinstance(value.data, dict) else value.data
        return next((reason for part in parts if (reason := first_reason(part))), None)
    return None


def shown(value: Known) -> str:
    """A plain value as messages show it: in backticks, but for what nobody is told or would want to read."""
    is_plain = not (value.sensitive or isinstance(value.data, list | dict))
    return f"`{value.data}`" if is_plain else "the value"


def leaves(value: Value) -> int:
    """How many leaves the tree of choices at the top of a value has (1 for anything but a Choice)."""
    if isinstance(value, Choice):
        return sum(leaves(branch) for _, branch in value.branches)
    return 1


def assume(value: Value, subject: Subject, case: Case) -> Value:
    """The value under the assumption that `subject` is `case`; only choices at the top are looked at."""
    if not isinstance(value, Choice):
        return value
    implied = _implied_case(value, subject, case)
    if implied is not None:
        chosen = value.given(implied)
        return assume(chosen, subject, case) if chosen is not None else value
    branches = [(each, assume(branch, subject, case)) for each, branch in value.branches]
    if case is False and subject.variable == value.subject.key:  # one value less for the variable
        branches = [branch for branch in branches if branch[0] != subject.constant] or branches
        if len(branches) == 1:
            return branches[0][1]
    if len(branches) == len(value.branches) and all(
        new is old for (_, new), (_, old) in zip(branches, value.branches, strict=True)
    ):
        return value
    return Choice(value.subject, branches, value.span, value.type, sensitive=value.sensitive, trace=value.trace)


def _implied_case(value: Choice, subject: Subject, case: Case) -> Case | None:
    """The case of a choice's own subject that follows from another's; None where nothing follows.

    A variable that equals one constant equals no other. A subject whose key is a variable's name asks which value
    the variable has, and so decides each "does the variable equal this constant", and is decided by a yes to it.
    """
    own = value.subject
    if own.key == subject.key:
        return case
    if case is True and subject.variable is not None:
        if own.variable == subject.variable:
            return False
        if own.key == subject.variable and subject.constant is not None:
            return subject.constant if value.given(subject.constant) is not None else OTHER
    if own.variable == subject.key and case != OTHER:
        if not isinstance(case, bool):
            return case == own.constant
        if case:  # a bool that is not true may be null
            return own.constant == "true"
    return None


def lift(function: Callable[..., Value], arguments: Sequence[Value], span: Span | None = None) -> Value:
    """Apply a function whose arguments must not be choices (at the top), case by case where they are.

    Out: a Choice of the results (branches that come out equal are still kept apart), or an Unknown where the tree
    would grow past MAX_LEAVES.
    """
    for argument in arguments:
        if argument.__class__ is Choice:
            break
    else:
        return function(*arguments)
    total = 1
    for argument in arguments:
        total *= leaves(argument)
    if total > MAX_LEAVES * MAX_LEAVES:
        return Unknown(f"depends on more than {MAX_LEAVES} combinations of undecided conditions", span)
    result = _lift(function, list(arguments), span)
    if leaves(result) > MAX_LEAVES:
        return Unknown(f"depends on more than {MAX_LEAVES} combinations of undecided conditions", span, result.type)
    return result


def _lift(function: Callable[..., Value], arguments: list[Value], span: Span | None) -> Value:
    for argument in arguments:
        if isinstance(argument, Choice):
            subject = argument.subject
            branches = [
                (case, _lift(function, [assume(each, subject, case) for each in arguments], span))
                for case, _ in argument.branches
            ]
            return Choice(subject, branches, span, branches[0][1].type)
    return function(*arguments)
