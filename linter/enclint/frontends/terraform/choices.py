"""Undecided conditions: how an unknown bool becomes a Choice, and how everything else works case by case.

What a choice depends on is its subject. Two conditions that mean the same question get subjects of one key, so that
they are decided together: the key is the identity of the unknown (`var.for_cdn`) or of the comparison it is in
(`var.env == "prod"`).
"""

from __future__ import annotations

from itertools import count

from enclint.frontends.terraform.errors import EvaluationError, FinalError
from enclint.frontends.terraform.types import BOOL, DYNAMIC, Type
from enclint.frontends.terraform.values import HAS_DEFERRED, UNDECIDED, carry_marks, may_be_null, quoted
from enclint.frontends.terraform.values import sensitive as marked
from enclint.lean_typing import TYPE_CHECKING, Final
from enclint.model.value import (
    HAS_SENSITIVE,
    MAX_LEAVES,
    OTHER,
    Choice,
    Known,
    Partial,
    Subject,
    Unknown,
    Value,
    assume,
    leaves,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from enclint.model.value import Case
    from enclint.source import Span

MAX_IDENTITY: Final = 300
"""Identities longer than this are not made: nobody asks the same question twice in so many words."""

ALWAYS: Final = 1
"""Undecided conditions become Choices, as if it were certain that they turn out to be true or false."""
CAUTIOUSLY: Final = 2
"""They do not, because they might turn out to be errors instead (null, no bool): within `try` and `can`."""
NEVER: Final = 0
"""They do not, and marks are forgotten where Terraform forgets them: everything is as in Terraform's plan."""

TRUE: Final = Known(True, None, BOOL)
FALSE: Final = Known(False, None, BOOL)

_anonymous = count(1)


class Impossible(Unknown):
    """What an expression comes to in a case in which Terraform would refuse it, for the reason that `error` gives.

    `stand_in`: the value with which Terraform goes on nevertheless, to see what a conditional may come to.
    """

    __slots__ = ("error", "stand_in")

    def __init__(
        self,
        error: EvaluationError,
        span: Span | None = None,
        type: Type = DYNAMIC,
        stand_in: Value | None = None,
    ) -> None:
        super().__init__(f"Terraform would fail here: {error}", error.span or span, stand_in.type if stand_in else type)
        self.error = error
        self.stand_in: Value = stand_in or Unknown(self.reason, span, type)
        if self.stand_in.sensitive:
            self.sensitive = True
            self.flags |= HAS_SENSITIVE


class Overgrown(Unknown):
    """What depends on more combinations of undecided conditions than are followed."""

    __slots__ = ()

    def __init__(self, span: Span | None = None, type: Type = DYNAMIC) -> None:
        super().__init__(f"depends on more than {MAX_LEAVES} combinations of undecided conditions", span, type)


def lifted(function: Callable[..., Value], arguments: Sequence[Value], span: Span | None = None) -> Value:
    """The result of a function over arguments some of which may be Choices: case by case, as a Choice.

    A case in which the function fails is Impossible; where it fails in all of them, the first error is raised.
    """
    for argument in arguments:
        if argument.__class__ is Choice:
            break
    else:
        return function(*arguments)
    total = 1
    for argument in arguments:
        total *= leaves(argument)
        if argument.__class__ is Overgrown:
            return argument
    if total > MAX_LEAVES * MAX_LEAVES:
        return _overgrown(arguments, span)
    result = _by_case(function, arguments, span)
    if leaves(result) > MAX_LEAVES:
        return _overgrown([result], span)
    if isinstance(result, Choice) and (error := _common_failure(result)) is not None:
        raise error
    return result


def _overgrown(sources: Sequence[Value], span: Span | None) -> Overgrown:
    result = Overgrown(span, sources[0].type if len(sources) == 1 else DYNAMIC)
    carry_marks(result, sources)
    return result


def _by_case(function: Callable[..., Value], arguments: Sequence[Value], span: Span | None) -> Value:
    for argument in arguments:
        if isinstance(argument, Choice):
            subject = argument.subject
            branches = [
                (case, _by_case(function, [assume(each, subject, case) for each in arguments], span))
                for case, _ in argument.branches
            ]
            return choice(subject, branches, span)
        if isinstance(argument, Impossible):
            return argument
    try:
        return function(*arguments)
    except FinalError:
        raise
    except EvaluationError as error:
        return Impossible(error, span)


def choice(
    subject: Subject, branches: Sequence[tuple[Case, Value]], span: Span | None = None, *, sensitive: bool = False
) -> Choice:
    """A Choice with the type that its possible branches share, sensitive where one of them is."""
    types = [branch.type for _, branch in branches if not isinstance(branch, Impossible)]
    shared = types[0] if types and all(type is types[0] or type == types[0] for type in types) else DYNAMIC
    if sensitive or any(branch.sensitive for _, branch in branches):
        branches = [(case, marked(branch)) for case, branch in branches]
        sensitive = True
    return Choice(subject, branches, span, shared, sensitive=sensitive)


def _common_failure(value: Value) -> EvaluationError | None:
    """The first error of a choice all of whose cases are impossible."""
    if isinstance(value, Impossible):
        return value.error
    if isinstance(value, Choice):
        errors = [_common_failure(branch) for _, branch in value.branches]
        return errors[0] if None not in errors else None
    return None


def map_cases(value: Value, function: Callable[[Value], Value]) -> Value:
    """The choice with a function applied to each case (not to Impossible ones); anything else with it applied once."""
    if isinstance(value, Choice):
        branches = [(case, map_cases(branch, function)) for case, branch in value.branches]
        return choice(value.subject, branches, value.span, sensitive=value.sensitive)
    return value if isinstance(value, Impossible) else function(value)


def decide(condition: Value, span: Span | None, choices: int = ALWAYS) -> Value:
    """A bool as something to choose by: an unknown becomes the Choice between true and false on its own subject."""
    if isinstance(condition, Unknown) and not isinstance(condition, Impossible) and choices == ALWAYS:
        subject = subject_of(condition, span)
        return choice(subject, [(True, TRUE), (False, FALSE)], span, sensitive=condition.sensitive)
    return condition


def subject_of(condition: Unknown, span: Span | None) -> Subject:
    """The question whether an unknown is true."""
    identity = condition.identity
    if identity is None:
        key = f"#{next(_anonymous)}"
        text = " ".join(span.text.split()) if span is not None else ""
        return Subject(key, text if 0 < len(text) <= 80 else condition.reason)
    if condition.type is not None and condition.type.kind == "bool":
        return Subject(identity, identity, identity, "true")
    return Subject(f"tobool({identity})", identity)


def one_of_the_elements(container: Value, key: Value, default: Value | None, span: Span | None) -> Value | None:
    """The element of a map or object under a key that is not known: a Choice whose subject is which of the keys it is.

    `default`: what there is for any other key; None where that is an error. None where no choice is made of it.
    """
    if not isinstance(key, Unknown) or key.identity is None or not isinstance(container, Known):
        return None
    if key.type is None or key.type.kind != "string":  # of another type it is compared with constants of that type
        return None
    if not isinstance(container.data, dict) or not container.data:
        return None
    subject = Subject(key.identity, key.identity)
    branches: list[tuple[Case, Value]] = [(quoted(name), element) for name, element in container.data.items()]
    if default is not None:
        branches.append((OTHER, default))
    assumed = [(case, assume(element, subject, case)) for case, element in branches]
    found = choice(subject, assumed, span, sensitive=container.sensitive or key.sensitive)
    return found if leaves(found) <= MAX_LEAVES else None


def decide_equality(left: Value, right: Value, span: Span | None) -> Value | None:
    """The Choice that `left == right` is, where one side is an unknown with an identity and the other a constant."""
    for one, other in ((left, right), (right, left)):
        constant = constant_text(other)
        if isinstance(one, Unknown) and one.identity is not None and constant is not None:
            return _equality(one, constant, span, sensitive=left.sensitive or right.sensitive)
    return None


def _equality(variable: Unknown, constant: str, span: Span | None, *, sensitive: bool) -> Choice:
    identity = variable.identity
    assert identity is not None  # noqa: S101 -- the only caller has looked
    positive: tuple[tuple[Case, Value], ...] = ((True, TRUE), (False, FALSE))
    key = f"{identity} == {constant}"
    subject = Subject(key, key, identity, constant, is_nothing=constant in ("null", '""'))
    if variable.type is not None and variable.type.kind == "bool":
        if constant == "true":
            subject = Subject(identity, identity, identity, constant)
        elif constant == "false" and not may_be_null(variable):
            subject = Subject(identity, identity, identity, "true")
            positive = ((True, FALSE), (False, TRUE))
    return choice(subject, positive, span, sensitive=sensitive)


def constant_text(value: Value) -> str | None:
    """A known null, bool, number or string as a short text, in which two equal constants agree; else None."""
    if not isinstance(value, Known) or isinstance(value.data, (list, dict)):
        return None
    data = value.data
    if data is None:
        return "null"
    if isinstance(data, str):
        return quoted(data) if len(data) <= MAX_IDENTITY else None
    if isinstance(data, bool):
        return "true" if data else "false"
    from enclint.frontends.terraform.numbers import format_number

    text = format_number(data)
    return text if len(text) <= MAX_IDENTITY else None


def identity_of(value: Value) -> str | None:
    """A text that two values share only if they are equal, whatever they turn out to be; None if there is none."""
    if isinstance(value, Known):
        return constant_text(value) if not value.flags & (UNDECIDED | HAS_DEFERRED) else None
    if isinstance(value, Partial):
        parts = [identity_of(part) for part in value.parts]
        return composed("template({})", parts)
    return value.identity if isinstance(value, Unknown) else None


def composed(form: str, parts: Sequence[str | None]) -> str | None:
    """The identity of something computed from things with identities: `form` with them, comma-separated, for `{}`."""
    if None in parts:
        return None
    text = form.replace("{}", ", ".join([part for part in parts if part is not None]), 1)
    return text if len(text) <= MAX_IDENTITY else None
