"""What the names in an expression stand for.

The evaluator asks a scope for everything that lies outside the expression. The module tree implements it for a
module instance (and for `each`, `count`, `self`); `for` expressions, templates and dynamic blocks put a child with
their iterator variables in front.
"""

from __future__ import annotations

from enclint.frontends.terraform.choices import ALWAYS, CAUTIOUSLY, NEVER
from enclint.frontends.terraform.errors import UndeclaredError
from enclint.frontends.terraform.loops import Loops
from enclint.frontends.terraform.types import DYNAMIC
from enclint.frontends.terraform.values import HAS_DEFERRED, sensitive, with_parts
from enclint.lean_typing import TYPE_CHECKING, TypeAlias
from enclint.model.value import Unknown
from enclint.source import Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enclint.frontends.terraform.syntax import Key, Node
    from enclint.model.value import Value
    from enclint.source import Source

Path: TypeAlias = "tuple[str | Key, ...]"
"""A reference as it is written: the root name and the steps behind it, see `syntax.Variable`."""


class Deferred(Unknown):
    """An object or collection that is not built unless somebody wants it whole: a resource, data source or module call.

    Subclasses say what attribute and index access give, and what the whole is. It counts as an Unknown without a
    type for whoever does not look closer; inside of collections it stays as it is, so that
    `[for b in [aws_s3_bucket.a, aws_s3_bucket.b] : b.arn]` still gives references.
    """

    __slots__ = ()

    def __init__(self, reason: str, span: Span | None = None, *, identity: str | None = None) -> None:
        super().__init__(reason, span, DYNAMIC, identity=identity, refinement={"not_null": True})
        self.flags |= HAS_DEFERRED

    def get(self, name: str, span: Span | None) -> Value:
        """The attribute `name`; EvaluationError ("Unsupported attribute") where there is certainly none."""
        raise NotImplementedError

    def index(self, key: Value, span: Span | None) -> Value:
        """The element at a known number or string; EvaluationError ("Invalid index") where there is none."""
        raise NotImplementedError

    def force(self) -> Value:
        """The whole: a Known object or tuple, a Choice, an Unknown; itself where nobody can list its attributes.

        Elements of what it returns may be Deferred again (the instances of a resource with `count`).
        """
        raise NotImplementedError

    def certain(self) -> Value:
        """Itself, or what else stands for it where it is not certain that `index` leads to something."""
        return self


def whole(value: Value) -> Value:
    """The value with every Deferred in it built, as far as it can be."""
    if not value.flags & HAS_DEFERRED:
        return value
    if isinstance(value, Deferred):
        built = value.force()
        if built is value:
            return value
        return sensitive(whole(built)) if value.sensitive else whole(built)
    return with_parts(value, whole)


def without_element(value: Value) -> Value:
    """An unknown collection that does not tell what each of its elements would look like; anything else as it is."""
    if not isinstance(value, Unknown) or value.element is None:
        return value
    value = value.copy()
    value.element = None  # type: ignore[attr-defined]
    return value


class Scope:
    """What names stand for, for one module instance and the file that the expression stands in.

    `source`: the text that the offsets of the expression's nodes refer to. `directory`: where relative paths of
    `file` and its like start, the directory of the root module, as an absolute path. `tree`: the scanned tree,
    outside of which nothing may be read. None for either: nothing can be read at all. `choices`: whether undecided
    conditions become Choices (`choices.ALWAYS`, the default) or the unknowns that Terraform's plan has (`NEVER`).
    `loops` counts what is iterated over.
    """

    __slots__ = ("choices", "directory", "loops", "source", "tree")

    def __init__(self, source: Source | None = None, directory: str | None = None, tree: str | None = None) -> None:
        self.choices: int = ALWAYS
        self.source = source
        self.directory = directory
        self.tree = tree
        self.loops = Loops()

    def span(self, node: Node) -> Span | None:
        """The place of a node of an expression that belongs to this scope."""
        source = self.source
        return Span(source, node.start, node.end) if source is not None else None

    def lookup(self, path: Path, span: Span | None) -> tuple[Value, int]:
        """The value that a reference starts with, and how many steps of `path` (the root included) it stands for.

        `("local", "disk", "size")` gives the value of `local.disk` and 2; the evaluator takes the remaining steps.
        The value's span is its definition's (the local's expression, the tfvars line, the caller's argument); the
        evaluator adds the hop. Implementations evaluate what they hold at most once, and only when it is asked for.
        Raises UndeclaredError, with Terraform's words, for what is not declared.
        """
        raise UndeclaredError("Invalid reference", f'There is no "{path[0]}" here.', span)

    def check(self, path: Path, span: Span | None) -> None:
        """Raise UndeclaredError if `lookup` would, without evaluating anything."""
        self.lookup(path, span)

    def call(self, name: str, arguments: Sequence[Value], span: Span | None, scope: Scope | None = None) -> Value:
        """The result of a function that is called in `scope`, this scope or one in front of it.

        Arguments are no Choices and not Deferred at the top; parts of them may be.
        """
        from enclint.frontends.terraform import functions

        return functions.call(name, list(arguments), span, scope or self)

    def with_names(self, names: dict[str, Value]) -> Scope:
        """A child scope in which each of `names` hides what this scope says of it."""
        return NamedScope(self, names)


class NamedScope(Scope):
    """A scope with some names put in front of its parent: iterator variables, a template's variables."""

    __slots__ = ("names", "parent")

    def __init__(self, parent: Scope, names: dict[str, Value]) -> None:
        self.choices = parent.choices
        self.source = parent.source
        self.directory = parent.directory
        self.tree = parent.tree
        self.loops = parent.loops
        self.parent = parent
        self.names = names

    def lookup(self, path: Path, span: Span | None) -> tuple[Value, int]:
        """The value of one of the names, else what the parent says."""
        value = self.names.get(path[0])  # type: ignore[arg-type]
        if value is not None:
            return value, 1
        return self.parent.lookup(path, span)

    def check(self, path: Path, span: Span | None) -> None:
        """Raise UndeclaredError if neither the names nor the parent know the reference."""
        if path[0] not in self.names:
            self.parent.check(path, span)

    def call(self, name: str, arguments: Sequence[Value], span: Span | None, scope: Scope | None = None) -> Value:
        """The parent's function."""
        return self.parent.call(name, arguments, span, scope or self)


class CautiousScope(NamedScope):
    """A scope in which no condition becomes a Choice, since it might be an error: that within `try` and `can`."""

    __slots__ = ()

    def __init__(self, parent: Scope) -> None:
        super().__init__(parent, {})
        if parent.choices:
            self.choices = CAUTIOUSLY

    def lookup(self, path: Path, span: Span | None) -> tuple[Value, int]:
        """What the parent says, without elements of which nobody knows whether they are there."""
        value, used = self.parent.lookup(path, span)
        if isinstance(value, Deferred):
            value = value.certain()
        return without_element(value), used


class PlainScope(NamedScope):
    """A scope in which nothing is a Choice: every value is what it would be in a Terraform plan."""

    __slots__ = ()

    def __init__(self, parent: Scope) -> None:
        super().__init__(parent, {})
        self.choices = NEVER

    def lookup(self, path: Path, span: Span | None) -> tuple[Value, int]:
        """The parent's value, its choices settled."""
        from enclint.frontends.terraform.refinements import without_choices

        value, used = self.parent.lookup(path, span)
        return without_choices(whole(value)), used
