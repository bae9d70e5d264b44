"""What several kinds of blocks demand of the same parts: names, conditions, repetitions, references."""

from __future__ import annotations

from enclint.frontends.terraform.constants import constant
from enclint.frontends.terraform.convert import ConversionError, convert
from enclint.frontends.terraform.declarations import Declaration, content_of
from enclint.frontends.terraform.diagnostics import Diagnostic, Stage, of_error
from enclint.frontends.terraform.errors import EvaluationError
from enclint.frontends.terraform.references import references
from enclint.frontends.terraform.syntax import (
    String,
    Tuple,
    Variable,
)
from enclint.frontends.terraform.validation import bodies
from enclint.frontends.terraform.validation.bodies import check_body
from enclint.frontends.terraform.values import is_null
from enclint.lean_typing import TYPE_CHECKING, Any, Final
from enclint.model.value import Known
from enclint.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclint.frontends.terraform.declarations import Argument
    from enclint.frontends.terraform.types import Type

BAD_NAME: Final = (
    "A name must start with a letter or underscore and may contain only letters, digits, underscores, and dashes."
)

SINGLE_REFERENCE: Final = (
    "A single static variable reference is required: only attribute access and indexing with constant keys. No "
    "calculations, function calls, template expressions, etc are allowed here."
)

FUTURE: Final = "is reserved for use by Terraform in a future version."


def is_name(text: str) -> bool:
    """Whether a text is a name in Terraform's language."""
    return text.replace("-", "_").isidentifier() and not text.startswith("-")


def static_value(argument: Argument, type: Type) -> tuple[Any, list[Diagnostic]]:
    """The plain data of an argument that may not refer to anything, and what is wrong with it (data is None then)."""
    span = argument.span
    try:
        value = convert(constant(argument.attribute.expression, argument.source), type)
    except ConversionError as error:
        return None, [Diagnostic("Unsuitable value type", f"Unsuitable value: {error.detail}", span)]
    except EvaluationError as error:
        unknown = Diagnostic("Unsuitable value type", "Unsuitable value: value must be known", span)
        return None, [of_error(error, Stage.DECLARE, span), unknown]
    if is_null(value):
        return None, [Diagnostic("Unsuitable value type", "Unsuitable value: null value is not allowed", span)]
    return value.data if isinstance(value, Known) else None, []


def check_static(declaration: Declaration, types: dict[str, Type]) -> Iterator[Diagnostic]:
    """What is wrong with arguments whose values must not hang on anything, and be of these types."""
    for name, type in types.items():
        argument = declaration.argument(name)
        if argument is not None:
            yield from static_value(argument, type)[1]


def own_conditions(declaration: Declaration, types: tuple[str, ...]) -> list[Declaration]:
    """The conditions that a block has itself, not by an override."""
    own = content_of(declaration.block.items, declaration.source)
    return [each for each in own.blocks if each.block.type in types]


def condition(declaration: Declaration) -> Iterator[Diagnostic]:
    """A validation, precondition, postcondition or assertion."""
    yield from check_body(declaration, bodies.CONDITION)
    argument = declaration.argument("condition")
    if argument is not None and next(references(argument.attribute.expression), None) is None:
        yield Diagnostic(
            f"Invalid {declaration.block.type} expression",
            "The condition expression must refer to at least one object from elsewhere in the configuration, or else "
            "its result would not be checking anything.",
            argument.span,
        )


def check_repetition(declaration: Declaration) -> Iterator[Diagnostic]:
    """`count` beside `for_each` in one block; an override may add one to the other."""
    for part in (declaration, *declaration.overrides):
        own = content_of(part.block.items, part.source).arguments
        if "count" in own and "for_each" in own:
            yield Diagnostic(
                'Invalid combination of "count" and "for_each"',
                'The "count" and "for_each" meta-arguments are mutually-exclusive, only one should be used to be '
                "explicit about the number of resources to be created.",
                own["for_each"].name_span,
            )


def check_depends_on(declaration: Declaration) -> Iterator[Diagnostic]:
    """What is wrong with `depends_on`."""
    argument = declaration.argument("depends_on")
    if argument is None:
        return
    for override in declaration.overrides:
        given = override.argument("depends_on")
        if given is not None:
            detail = "The depends_on argument may not be overridden."
            yield Diagnostic("Unsupported override", detail, given.span)
    yield from reference_list(argument)


def reference_list(argument: Argument) -> Iterator[Diagnostic]:
    """A list of plain references, such as `depends_on`."""
    expression = argument.attribute.expression
    if not isinstance(expression, Tuple):
        yield Diagnostic("Invalid expression", "A static list expression is required.", argument.span)
        return
    for item in expression.items:
        span = Span(argument.source, item.start, item.end)
        if isinstance(item, String) and not argument.source.path.endswith(".json"):
            yield quoted_reference(span)
        elif not isinstance(item, Variable):
            yield Diagnostic("Invalid expression", SINGLE_REFERENCE, span)


def quoted_reference(span: Span) -> Diagnostic:
    """The warning about a reference in quotes."""
    return Diagnostic(
        "Quoted references are deprecated",
        "In this context, references are expected literally rather than in quotes. Terraform 0.11 and earlier required "
        "quotes, but quoted references are now deprecated and will be removed in a future version of Terraform. Remove "
        "the quotes surrounding this reference to silence this warning.",
        span,
        is_warning=True,
    )


def reserved_block(nested: Declaration, where: str) -> Diagnostic:
    """The error for a block that Terraform keeps for later."""
    return Diagnostic(
        f"Reserved block type name in {where} block",
        f'The block type name "{nested.block.type}" {FUTURE}',
        nested.definition,
    )


def check_escapes(declaration: Declaration, meaning: str) -> Iterator[Diagnostic]:
    """More than one `_` block."""
    blocks = list(declaration.content.blocks_of("_"))
    for other in blocks[1:]:
        detail = (
            'The special block type "_" can be used to force particular arguments to be interpreted as '
            f"{meaning} rather than as meta-arguments, but each {declaration.block.type} block can have only one "
            f"such block. The first escaping block was at {blocks[0].declared_at}."
        )
        yield Diagnostic("Duplicate escaping block", detail, other.definition)


def check_once(declaration: Declaration, type: str) -> Iterator[Diagnostic]:
    """More than one block of a type of which there may be one."""
    blocks = list(declaration.content.blocks_of(type))
    for other in blocks[1:]:
        detail = f"This resource already has a {type} block at {blocks[0].declared_at}."
        yield Diagnostic(f"Duplicate {type} block", detail, other.definition)


def word_of(declaration: Declaration, name: str) -> str | None:
    """The word that an argument is; None where it is not set or no word."""
    argument = declaration.argument(name)
    expression = argument.attribute.expression if argument is not None else None
    if isinstance(expression, Variable) and len(expression.path) == 1:
        return str(expression.path[0])
    return expression.value if isinstance(expression, String) else None


def check_keyword(declaration: Declaration, name: str, words: tuple[str, str]) -> Iterator[Diagnostic]:
    """An argument that must be one of two words."""
    argument = declaration.argument(name)
    if argument is not None and word_of(declaration, name) not in words:
        detail = f'The "{name}" argument requires one of the following keywords: {words[0]} or {words[1]}.'
        yield Diagnostic(f'Invalid "{name}" keyword', detail, argument.span)


def is_own(reference: Variable) -> bool:
    """Whether a reference is to something that a destroyed resource still has."""
    root = reference.path[0]
    return root in ("self", "path", "terraform") or reference.path in (("count", "index"), ("each", "key"))


def check_address(argument: Argument) -> Iterator[Diagnostic]:
    """What is wrong with an address that must be a plain reference."""
    if not isinstance(argument.attribute.expression, Variable):
        yield Diagnostic("Invalid expression", SINGLE_REFERENCE, argument.span)


def is_module_address(argument: Argument) -> bool:
    """Whether an address is one of a module."""
    expression = argument.attribute.expression
    path = expression.path if isinstance(expression, Variable) else ()
    names = [step for step in path if isinstance(step, str)]
    return len(names) >= 2 and all(name == "module" for name in names[::2]) and len(names) % 2 == 0


def check_no_instance(argument: Argument) -> Iterator[Diagnostic]:
    """The error for an address of one instance, where only whole things have one."""
    expression = argument.attribute.expression
    if not isinstance(expression, Variable) or all(isinstance(step, str) for step in expression.path):
        return
    if not isinstance(expression.path[-1], str) and not is_module_address(argument):
        detail = (
            'Resource address must be a resource (e.g. "test_instance.foo"), not a resource instance (e.g. '
            '"test_instance.foo[1]").'
        )
        yield Diagnostic("Resource instance keys not allowed", detail, argument.span)
        return
    detail = 'Module address must be a module (e.g. "module.foo"), not a module instance (e.g. "module.foo[1]").'
    yield Diagnostic("Module instance keys not allowed", detail, argument.span)


def check_no_override(declaration: Declaration) -> Iterator[Diagnostic]:
    """Conditions may not stand in override files, directly or in `lifecycle`."""
    for override in declaration.overrides:
        blocks = list(override.content.blocks)
        for lifecycle in override.content.blocks_of("lifecycle"):
            blocks += lifecycle.content.blocks
        for nested in blocks:
            type = nested.block.type
            if type in ("validation", "precondition", "postcondition"):
                detail = f'Override files cannot override "{type}" blocks.'
                yield Diagnostic(f"Can't override {type} blocks", detail, nested.definition)
