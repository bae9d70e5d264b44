"""Input variables: what their blocks declare, and what becomes of a value that is given to one."""

from __future__ import annotations

from enclint.frontends.terraform.constants import constant
from enclint.frontends.terraform.convert import ConversionError
from enclint.frontends.terraform.diagnostics import Diagnostic, Stage, of_error, range_text
from enclint.frontends.terraform.errors import EvaluationError
from enclint.frontends.terraform.type_constraints import ANYTHING, TypeConstraint, type_constraint
from enclint.frontends.terraform.values import HAS_EPHEMERAL, is_null, null, sensitive
from enclint.lean_typing import TYPE_CHECKING, Final
from enclint.model.value import Known, Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Callable

    from enclint.frontends.terraform.declarations import Declaration
    from enclint.source import Span

_NULL_NOT_ALLOWED: Final = "A null default value is not valid when nullable=false."


class Variable:
    """One `variable` block, understood. `diagnostics`: what is wrong with the block itself.

    `default` is None where the variable is required. `is_ephemeral`: its value must not be kept.
    """

    __slots__ = (
        "constraint",
        "declaration",
        "default",
        "diagnostics",
        "is_ephemeral",
        "is_nullable",
        "is_sensitive",
        "name",
    )

    def __init__(self, name: str, declaration: Declaration) -> None:
        self.name = name
        self.declaration = declaration
        self.diagnostics: list[Diagnostic] = []
        self.constraint = self._constraint()
        self.is_sensitive = self._flag("sensitive", otherwise=False)
        self.is_nullable = self._flag("nullable", otherwise=True)
        self.is_ephemeral = self._flag("ephemeral", otherwise=False)
        self.default = self._default()

    def accept(self, value: Value, given_at: Callable[[], str], span: Span | None) -> tuple[Value, Diagnostic | None]:
        """A value as the variable hands it on, and what is wrong with it.

        `given_at` gives the beginning of the message: the variable and where the value was given; `span`: where it
        stands. A value of the wrong type becomes an unknown.
        """
        problem = None
        try:
            accepted = self.constraint.accept(value)
        except ConversionError as error:
            problem = Diagnostic(
                "Invalid value for input variable",
                f"{given_at()}: {error.detail}.{self._defined_at(value)}",
                span,
                Stage.PLAN,
            )
            accepted = self.unknown(f"the value of variable `{self.name}` is not suitable: {error.phrase}")
        if is_null(accepted) and not self.is_nullable:
            if self.default is not None:
                accepted = self.default
            else:
                problem = Diagnostic(
                    "Required variable not set",
                    f"{given_at().replace(' declared at ', ' defined at ', 1)}: required variable may not be set to "
                    "null.",
                    span,
                    Stage.PLAN,
                )
                accepted = self.unknown(f"variable `{self.name}` is set to null, but must have a value")
        return self.marked(accepted), problem

    def declared_at(self, address: str) -> str:
        """How messages about a value that stands in a file begin."""
        if self.is_sensitive:
            return f"The given value is not suitable for {address}, which is sensitive"
        return f"The given value is not suitable for {address} declared at {self.declaration.declared_at}"

    def _defined_at(self, value: Value) -> str:
        """Where a secret value stands, which the message does not point to."""
        if not self.is_sensitive or value.span is None or value.span == self.declaration.header:
            return ""
        return f" Invalid value defined at {range_text(value.span)}."

    def unknown(self, reason: str, identity: str | None = None) -> Unknown:
        """A value of the variable's type that is not known."""
        refinement = None if self.is_nullable else {"not_null": True}
        type = self.constraint.type.without_optional()
        return Unknown(reason, self.declaration.header, type, identity=identity, refinement=refinement)

    def marked(self, value: Value) -> Value:
        """The value, sensitive or ephemeral where the variable is declared so."""
        if self.is_ephemeral:
            ephemeral = Unknown(
                f"variable `{self.name}` is ephemeral",
                value.span,
                value.type,
                trace=value.trace,
                sensitive=value.sensitive,
            )
            ephemeral.flags |= HAS_EPHEMERAL
            value = ephemeral
        return sensitive(value) if self.is_sensitive else value

    def _constraint(self) -> TypeConstraint:
        argument = self.declaration.argument("type")
        if argument is None:
            return ANYTHING
        try:
            return type_constraint(argument.attribute.expression, argument.source)
        except EvaluationError as error:
            self.diagnostics.append(of_error(error, Stage.DECLARE, argument.span))
            return ANYTHING

    def _flag(self, name: str, *, otherwise: bool) -> bool:
        """An argument that must be plain `true` or `false`."""
        argument = self.declaration.argument(name)
        if argument is None:
            return otherwise
        try:
            value = constant(argument.attribute.expression, argument.source)
        except EvaluationError:
            return otherwise
        if isinstance(value, Known) and value.data in (True, "true"):
            return True
        return otherwise if not isinstance(value, Known) or value.data is None else False

    def _default(self) -> Value | None:
        argument = self.declaration.argument("default")
        if argument is None:
            return None
        try:
            default = self.constraint.accept(constant(argument.attribute.expression, argument.source))
        except ConversionError as error:
            detail = self._incompatible(error.with_path)
            span = self.declaration.overrides[-1].definition if self._is_overridden() else argument.span
            self._complain(detail, span)
            return self.unknown(f"the default of variable `{self.name}` is not suitable: {error.phrase}")
        except EvaluationError as error:
            self.diagnostics.append(of_error(error, Stage.DECLARE, argument.span))
            return self.unknown(f"the default of variable `{self.name}` cannot be evaluated: {error.summary}")
        if is_null(default) and not self.is_nullable:
            self._complain(
                _NULL_NOT_ALLOWED, self.declaration.overrides[-1].definition if self._is_overridden() else argument.span
            )
        if is_null(default) and default.type.kind == "dynamic":
            return null(self.constraint.type.without_optional(), argument.span)
        return default if default.span == argument.span else default.at(argument.span)

    def _is_overridden(self) -> bool:
        """Whether an override file set the type, the default or whether it may be null."""
        return any(
            each.argument(name) is not None
            for each in self.declaration.overrides
            for name in ("type", "default", "nullable")
        )

    def _incompatible(self, phrase: str) -> str:
        sets_type = any(each.argument("type") is not None for each in self.declaration.overrides)
        sets_default = any(each.argument("default") is not None for each in self.declaration.overrides)
        if sets_type and sets_default:
            return f"This variable's default value is not compatible with its type constraint: {phrase}."
        if sets_type:
            return f"Overriding this variable's type constraint has made its default value invalid: {phrase}."
        if sets_default:
            return (
                "The overridden default value for this variable is not compatible with the variable's type "
                f"constraint: {phrase}."
            )
        return f"This default value is not compatible with the variable's type constraint: {phrase}."

    def _complain(self, detail: str, span: Span) -> None:
        self.diagnostics.append(Diagnostic("Invalid default value for variable", detail, span, Stage.DECLARE))
