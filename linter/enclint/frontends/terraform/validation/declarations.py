"""What each kind of block demands of what stands in it, as Terraform finds out while it reads a module."""

from __future__ import annotations

import re

from enclint.frontends.terraform.constants import constant
from enclint.frontends.terraform.convert import ConversionError, convert
from enclint.frontends.terraform.declarations import Declaration, content_of
from enclint.frontends.terraform.diagnostics import Diagnostic, Stage, of_error
from enclint.frontends.terraform.errors import EvaluationError
from enclint.frontends.terraform.module import LABELS, Module
from enclint.frontends.terraform.references import references
from enclint.frontends.terraform.syntax import (
    Attribute,
    Block,
    Literal,
    Number,
    Object,
    ObjectKey,
    String,
    Tuple,
    Variable,
)
from enclint.frontends.terraform.types import BOOL, STRING, Type
from enclint.frontends.terraform.validation import bodies
from enclint.frontends.terraform.validation.bodies import check_body, check_labels
from enclint.frontends.terraform.values import is_null
from enclint.lean_typing import TYPE_CHECKING, Any, Final
from enclint.model.value import Known
from enclint.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclint.frontends.terraform.declarations import Argument
    from enclint.frontends.terraform.syntax import Expression
    from enclint.source import Source

BAD_NAME: Final = (
    "A name must start with a letter or underscore and may contain only letters, digits, underscores, and dashes."
)
SINGLE_REFERENCE: Final = (
    "A single static variable reference is required: only attribute access and indexing with constant keys. No "
    "calculations, function calls, template expressions, etc are allowed here."
)
_RESERVED_VARIABLES: Final = frozenset({*bodies.MODULE.arguments, *bodies.MODULE.blocks})
_FUTURE: Final = "is reserved for use by Terraform in a future version."
_NOT_IN_SELF: Final = (
    "Destroy-time provisioners and their connection configurations may only reference attributes of the related "
    "resource, via 'self', 'count.index', or 'each.key'."
)
_WITHDRAWN_PROVISIONERS: Final = frozenset({"chef", "habitat", "puppet", "salt-masterless"})


def is_name(text: str) -> bool:
    """Whether a text is a name in Terraform's language."""
    return text.replace("-", "_").isidentifier() and not text.startswith("-")


def check_declarations(module: Module) -> Iterator[Diagnostic]:
    """What is wrong with the blocks of a module, each looked at by itself, and with how they fit together."""
    yield from module.diagnostics
    yield from _unplaced(module)
    for name, variable in module.variables.items():
        yield from _variable(module, name, variable)
    for name, output in module.outputs.items():
        yield from _output(name, output)
    for name, local in module.locals.items():
        if not is_name(name):
            yield Diagnostic("Invalid local value name", BAD_NAME, local.name_span)
    for name, call in module.calls.items():
        yield from _call(name, call)
    for key, resource in module.resources.items():
        yield from _resource(key[0], resource)
    for provider in module.providers.values():
        yield from _provider(provider)
    yield from _settings(module)
    yield from _locals(module)
    yield from _moves(module)
    for check in module.checks.values():
        yield from _check(check)


def _unplaced(module: Module) -> Iterator[Diagnostic]:
    """What stands at the top of a file and must not."""
    schema = bodies.BodySchema((), LABELS)
    for item, source, _ in module.unplaced:
        if isinstance(item, Block) and item.type in LABELS:
            yield from check_labels(Declaration(item, source), LABELS[item.type])
        else:
            yield from bodies.unexpected(content_of([item], source), schema, Stage.DECLARE)
    for body in module.bodies:
        for item in body.items:
            if isinstance(item, Block) and item.type == "required_providers" and not item.labels:
                detail = 'A "required_providers" block must be nested inside a "terraform" block.'
                span = Span(body.source, item.start, item.header_end)
                yield Diagnostic("Invalid required_providers block", detail, span)


def _locals(module: Module) -> Iterator[Diagnostic]:
    for body in module.bodies:
        for item in body.items:
            if isinstance(item, Block) and item.type == "locals":
                for inner in item.items:
                    if isinstance(inner, Block):
                        span = Span(body.source, inner.start, inner.header_end)
                        yield Diagnostic(f'Unexpected "{inner.type}" block', "Blocks are not allowed here.", span)
                        break


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


def _static(declaration: Declaration, types: dict[str, Type]) -> Iterator[Diagnostic]:
    for name, type in types.items():
        argument = declaration.argument(name)
        if argument is not None:
            yield from static_value(argument, type)[1]


def _variable(module: Module, name: str, declaration: Declaration) -> Iterator[Diagnostic]:
    yield from check_body(declaration, bodies.VARIABLE)
    if not is_name(name):
        yield Diagnostic("Invalid variable name", BAD_NAME, declaration.header)
    if name in _RESERVED_VARIABLES:
        detail = f'The variable name "{name}" is reserved due to its special meaning inside module blocks.'
        yield Diagnostic("Invalid variable name", detail, declaration.header)
    yield from _static(declaration, {"description": STRING, "sensitive": BOOL, "nullable": BOOL, "ephemeral": BOOL})
    yield from module.variable(name).diagnostics
    yield from _no_override(declaration)
    for validation in _own_conditions(declaration, ("validation",)):
        yield from condition(validation)
        argument = validation.argument("condition")
        if argument is not None and not any(
            each.path[:2] == ("var", name) for each in references(argument.attribute.expression)
        ):
            detail = f'The condition for variable "{name}" must refer to var.{name} in order to test incoming values.'
            yield Diagnostic("Invalid variable validation condition", detail, argument.span)


def _no_override(declaration: Declaration) -> Iterator[Diagnostic]:
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


def _own_conditions(declaration: Declaration, types: tuple[str, ...]) -> list[Declaration]:
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


def _output(name: str, declaration: Declaration) -> Iterator[Diagnostic]:
    yield from check_body(declaration, bodies.OUTPUT)
    if not is_name(name):
        yield Diagnostic("Invalid output name", BAD_NAME, declaration.header)
    yield from _static(declaration, {"description": STRING, "sensitive": BOOL, "ephemeral": BOOL})
    yield from _depends_on(declaration)
    yield from _no_override(declaration)
    for nested in _own_conditions(declaration, ("precondition", "postcondition")):
        if nested.block.type == "precondition":
            yield from condition(nested)
        elif nested.block.type == "postcondition":
            detail = "Output values can only have preconditions, not postconditions."
            yield Diagnostic("Postconditions are not allowed", detail, nested.definition)


def _call(name: str, declaration: Declaration) -> Iterator[Diagnostic]:
    content = declaration.content
    yield from bodies.missing(declaration, content, bodies.MODULE, Stage.DECLARE)
    if not is_name(name):
        yield Diagnostic("Invalid module instance name", BAD_NAME, declaration.header)
    yield from _source(declaration)
    yield from _repetition(declaration)
    yield from _depends_on(declaration)
    providers = content.arguments.get("providers")
    if providers is not None and not isinstance(providers.attribute.expression, Object):
        yield Diagnostic("Invalid expression", "A static map expression is required.", providers.span)
    yield from _escapes(declaration, "module input variables")
    for nested in content.blocks:
        if nested.block.type in ("lifecycle", "locals", "provider"):
            yield _reserved_block(nested, "module")


def _source(declaration: Declaration) -> Iterator[Diagnostic]:
    argument = declaration.argument("source")
    if argument is None:
        return
    data, diagnostics = static_value(argument, STRING)
    yield from diagnostics
    if diagnostics:
        return
    text = str(data)
    version = declaration.argument("version")
    if version is not None and text.startswith(("./", "../")):
        problem = f'can\'t use local directory "{text}" as a module registry address'
        detail = f"Failed to parse module registry address: {problem}."
        yield Diagnostic("Invalid registry module source address", detail, argument.span)
    elif not text:
        detail = "Failed to parse module source address: invalid source address: ."
        yield Diagnostic("Invalid module source address", detail, argument.span)
    elif re.fullmatch(r"[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)?", text) is not None:
        detail = f'Terraform failed to determine your intended installation method for remote module package "{text}".'
        yield Diagnostic("Invalid module source address", detail, argument.span)


def _repetition(declaration: Declaration) -> Iterator[Diagnostic]:
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


def _depends_on(declaration: Declaration) -> Iterator[Diagnostic]:
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


def _reserved_block(nested: Declaration, where: str) -> Diagnostic:
    return Diagnostic(
        f"Reserved block type name in {where} block",
        f'The block type name "{nested.block.type}" {_FUTURE}',
        nested.definition,
    )


def _escapes(declaration: Declaration, meaning: str) -> Iterator[Diagnostic]:
    """More than one `_` block."""
    blocks = list(declaration.content.blocks_of("_"))
    for other in blocks[1:]:
        detail = (
            'The special block type "_" can be used to force particular arguments to be interpreted as '
            f"{meaning} rather than as meta-arguments, but each {declaration.block.type} block can have only one "
            f"such block. The first escaping block was at {blocks[0].declared_at}."
        )
        yield Diagnostic("Duplicate escaping block", detail, other.definition)


def _once(declaration: Declaration, type: str) -> Iterator[Diagnostic]:
    """More than one block of a type of which there may be one."""
    blocks = list(declaration.content.blocks_of(type))
    for other in blocks[1:]:
        detail = f"This resource already has a {type} block at {blocks[0].declared_at}."
        yield Diagnostic(f"Duplicate {type} block", detail, other.definition)


def _resource(mode: str, declaration: Declaration) -> Iterator[Diagnostic]:
    what = "data source" if mode == "data" else "resource type"
    type, name = declaration.block.labels
    if not is_name(type):
        yield Diagnostic(f"Invalid {what} name", BAD_NAME, declaration.header)
    if not is_name(name):
        yield Diagnostic(
            "Invalid data resource name" if mode == "data" else "Invalid resource name", BAD_NAME, declaration.header
        )
    yield from _repetition(declaration)
    yield from _provider_reference(declaration)
    yield from _depends_on(declaration)
    yield from _escapes(declaration, "resource-type-specific")
    yield from _once(declaration, "lifecycle")
    yield from _no_override(declaration)
    for nested in declaration.content.blocks:
        if nested.block.type == "locals":
            yield _reserved_block(nested, "data" if mode == "data" else "resource")
        elif nested.block.type == "lifecycle":
            yield from _lifecycle(mode, declaration, nested)
    if mode == "managed":
        yield from _once(declaration, "connection")
        for provisioner in declaration.content.blocks_of("provisioner"):
            yield from _provisioner(provisioner)


def _provider_reference(declaration: Declaration) -> Iterator[Diagnostic]:
    argument = declaration.argument("provider")
    if argument is None:
        return
    expression = argument.attribute.expression
    if isinstance(expression, String):
        if not argument.source.path.endswith(".json"):
            yield quoted_reference(argument.span)
    elif not isinstance(expression, Variable) or len(expression.path) > 2:
        detail = (
            "The provider argument requires a provider type name, optionally followed by a period and then a "
            "configuration alias."
        )
        yield Diagnostic("Invalid provider configuration reference", detail, argument.span)


def _lifecycle(mode: str, resource: Declaration, declaration: Declaration) -> Iterator[Diagnostic]:
    yield from check_body(declaration, bodies.LIFECYCLE)
    if mode == "data":
        for name, argument in declaration.content.arguments.items():
            if name in bodies.LIFECYCLE.arguments:
                detail = (
                    f'The lifecycle argument "{name}" is defined only for managed resources ("resource" blocks), and '
                    "is "
                    "not valid for data resources."
                )
                yield Diagnostic("Invalid data resource lifecycle argument", detail, argument.name_span)
    else:
        yield from _static(declaration, {"create_before_destroy": BOOL, "prevent_destroy": BOOL})
        yield from _ignore_changes(declaration)
        yield from _replace_triggered_by(declaration)
    for nested in _own_conditions(declaration, ("precondition", "postcondition")):
        yield from condition(nested)
        yield from _no_self_reference(resource, nested)


def _no_self_reference(resource: Declaration, declaration: Declaration) -> Iterator[Diagnostic]:
    """A condition that refers to its own resource by name."""
    type, name = resource.block.labels
    own = (type, name) if resource.block.type == "resource" else ("data", type, name)
    for argument in declaration.content.arguments.values():
        if any(each.path[: len(own)] == own for each in references(argument.attribute.expression)):
            detail = f"Configuration for {'.'.join(own)} may not refer to itself."
            yield Diagnostic(f"Invalid reference in {declaration.block.type}", detail, argument.span)


def _ignore_changes(declaration: Declaration) -> Iterator[Diagnostic]:
    argument = declaration.argument("ignore_changes")
    if argument is None:
        return
    expression = argument.attribute.expression
    if isinstance(expression, Variable) and expression.path == ("all",):
        return
    if not isinstance(expression, Tuple):
        yield Diagnostic("Invalid expression", "A static list expression is required.", argument.span)
        return
    for item in expression.items:
        span = Span(argument.source, item.start, item.end)
        if isinstance(item, String) and item.value == "*":
            detail = (
                'The ["*"] form of ignore_changes wildcard is was deprecated and is now invalid. Use "ignore_changes = '
                'all" to ignore changes to all attributes.'
            )
            yield Diagnostic("Invalid ignore_changes wildcard", detail, argument.span)
        elif isinstance(item, String) and not argument.source.path.endswith(".json"):
            yield quoted_reference(span)
        elif not isinstance(item, (String, Variable)):
            yield Diagnostic("Invalid expression", SINGLE_REFERENCE, span)


def _replace_triggered_by(declaration: Declaration) -> Iterator[Diagnostic]:
    argument = declaration.argument("replace_triggered_by")
    if argument is None:
        return
    expression = argument.attribute.expression
    if not isinstance(expression, Tuple):
        yield Diagnostic("Invalid expression", "A static list expression is required.", argument.span)
        return
    for item in expression.items:
        span = Span(argument.source, item.start, item.end)
        named = list(references(item))
        others = [each for each in named if each.path[0] in ("var", "local", "module", "data", "path", "terraform")]
        if others:
            detail = "Only resources, count.index, and each.key may be used in replace_triggered_by."
            yield Diagnostic("Invalid reference in replace_triggered_by expression", detail, span)
        if len(named) - len(others) < 1:
            detail = "Missing resource reference in replace_triggered_by expression."
            yield Diagnostic("Invalid replace_triggered_by expression", detail, span)


def _provisioner(declaration: Declaration) -> Iterator[Diagnostic]:
    if not declaration.block.labels:
        yield from check_labels(declaration, ("type",))
        return
    type = declaration.block.labels[0]
    if type in _WITHDRAWN_PROVISIONERS:
        detail = (
            f'The "{type}" provisioner was deprecated in Terraform 0.13.4 has been removed from Terraform. Visit '
            "https://learn.hashicorp.com/collections/terraform/provision for alternatives to using provisioners that "
            "are a better fit for the Terraform workflow."
        )
        yield Diagnostic(f'The "{type}" provisioner has been removed', detail, declaration.header)
        return
    yield from _keyword(declaration, "when", ("create", "destroy"))
    yield from _keyword(declaration, "on_failure", ("continue", "fail"))
    if _word(declaration, "when") != "destroy":
        return
    for part in (declaration, *declaration.content.blocks_of("connection")):
        for name, argument in part.content.arguments.items():
            if name not in bodies.PROVISIONER.arguments and not all(
                _is_own(each) for each in references(argument.attribute.expression)
            ):
                yield Diagnostic("Invalid reference from destroy provisioner", _NOT_IN_SELF, argument.span)


def _word(declaration: Declaration, name: str) -> str | None:
    """The word that an argument is; None where it is not set or no word."""
    argument = declaration.argument(name)
    expression = argument.attribute.expression if argument is not None else None
    if isinstance(expression, Variable) and len(expression.path) == 1:
        return str(expression.path[0])
    return expression.value if isinstance(expression, String) else None


def _keyword(declaration: Declaration, name: str, words: tuple[str, str]) -> Iterator[Diagnostic]:
    """An argument that must be one of two words."""
    argument = declaration.argument(name)
    if argument is not None and _word(declaration, name) not in words:
        detail = f'The "{name}" argument requires one of the following keywords: {words[0]} or {words[1]}.'
        yield Diagnostic(f'Invalid "{name}" keyword', detail, argument.span)


def _is_own(reference: Variable) -> bool:
    """Whether a reference is to something that a destroyed resource still has."""
    root = reference.path[0]
    return root in ("self", "path", "terraform") or reference.path in (("count", "index"), ("each", "key"))


def _provider(declaration: Declaration) -> Iterator[Diagnostic]:
    name = declaration.block.labels[0]
    if name != name.lower():
        detail = f'Provider names must be normalized. Replace "{name}" with "{name.lower()}" to fix this error.'
        yield Diagnostic("Invalid provider local name", detail, declaration.definition)
    alias = declaration.argument("alias")
    if alias is not None:
        data, diagnostics = static_value(alias, STRING)
        yield from diagnostics
        if not diagnostics and not is_name(str(data)):
            yield Diagnostic("Invalid provider configuration alias", f"An alias must be a valid name. {BAD_NAME}", None)
    version = declaration.argument("version")
    if version is not None:
        yield Diagnostic(
            "Version constraints inside provider configuration blocks are deprecated",
            "Terraform 0.13 and earlier allowed provider version constraints inside the provider configuration block, "
            "but that is now deprecated and will be removed in a future version of Terraform. To silence this warning, "
            "move the provider version constraint into the required_providers block.",
            version.span,
            is_warning=True,
        )
        yield from version_constraint(version)[1]
    for reserved in ("count", "depends_on", "for_each", "source"):
        argument = declaration.argument(reserved)
        if argument is not None:
            detail = f'The provider argument name "{reserved}" {_FUTURE}'
            yield Diagnostic("Reserved argument name in provider block", detail, argument.name_span)
    for nested in declaration.content.blocks:
        if nested.block.type in ("lifecycle", "locals"):
            yield _reserved_block(nested, "provider")


_CONSTRAINT: Final = re.compile(
    r"\s*(=|!=|>=|<=|~>|>|<)?\s*v?(\d+(?:\.\d+)*)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?\s*\Z"
)
_THIS_VERSION: Final = (1, 11, 4)


def version_constraint(argument: Argument) -> tuple[list[tuple[str, tuple[int, ...]]], list[Diagnostic]]:
    """The comparisons of a version constraint, and what is wrong with it."""
    data, diagnostics = static_value(argument, STRING)
    if diagnostics:
        return [], diagnostics[:1]
    comparisons = []
    for part in str(data).split(","):
        match = _CONSTRAINT.match(part)
        if match is None:
            detail = "This string does not use correct version constraint syntax."
            return [], [Diagnostic("Invalid version constraint", detail, argument.span)]
        comparisons.append((match[1] or "=", tuple(int(number) for number in match[2].split("."))))
    return comparisons, []


def _allows(operator: str, wanted: tuple[int, ...]) -> bool:
    """Whether the version whose behaviour is computed here satisfies one comparison."""
    given = (*wanted, 0, 0)[:3]
    this = _THIS_VERSION
    if operator == "~>":
        return this >= given and this[: len(wanted) - 1] == given[: len(wanted) - 1]
    return {
        "=": this == given,
        "!=": this != given,
        ">": this > given,
        "<": this < given,
        ">=": this >= given,
        "<=": this <= given,
    }[operator]


def _settings(module: Module) -> Iterator[Diagnostic]:
    normal = [each for each in module.settings if each not in module.overriding_settings]
    seen: dict[str, Declaration] = {}
    replaced: dict[str, Declaration] = {}
    demanding = [
        [each for each in group if each.argument("required_version") is not None]
        for group in (module.overriding_settings, normal)
    ]
    for declaration in module.settings:
        yield from check_body(declaration, bodies.TERRAFORM)
        version = declaration.argument("required_version")
        if version is not None and declaration in (demanding[0] or demanding[1]):
            comparisons, diagnostics = version_constraint(version)
            yield from diagnostics
            if not all(_allows(*each) for each in comparisons):
                yield _unsupported_version(version.whole_span)
        experiments = declaration.argument("experiments")
        if experiments is not None:
            detail = (
                "Experimental features are intended only for gathering early feedback on new language designs, and so "
                "are available only in alpha releases of Terraform."
            )
            yield Diagnostic("Module uses experimental features", detail, experiments.span)
        for nested in declaration.content.blocks:
            yield from _only_one(nested, seen if declaration in normal else replaced)
            if nested.block.type == "required_providers":
                yield from _required_providers(nested)
            elif nested.block.type == "backend" and nested.block.labels:
                yield from _backend(nested)


def _backend(declaration: Declaration) -> Iterator[Diagnostic]:
    name = declaration.block.labels[0]
    if name not in bodies.BACKENDS:
        detail = f'There is no backend type named "{name}".'
        yield Diagnostic("Unsupported backend type", detail, declaration.header, Stage.INSTALL)


def _unsupported_version(span: Span) -> Diagnostic:
    version = ".".join(map(str, _THIS_VERSION))
    return Diagnostic(
        "Unsupported Terraform Core version",
        f"This configuration does not support Terraform version {version}. To proceed, "  # noqa: S608 (no SQL)
        "either choose another supported Terraform version or update this version constraint. Version constraints are "
        "normally set for good reason, so updating the constraint may lead to other errors or unexpected behavior.",
        span,
        Stage.VERSION,
    )


def _only_one(nested: Declaration, seen: dict[str, Declaration]) -> Iterator[Diagnostic]:
    """Settings that a module may have once, over all its `terraform` blocks."""
    type = nested.block.type
    if type in seen and type == "backend":
        detail = (
            "A module may have only one backend configuration. The backend was previously configured at "
            f"{seen[type].declared_at}."
        )
        yield Diagnostic("Duplicate backend configuration", detail, nested.definition)
    elif type in seen and type == "required_providers":
        detail = (
            "A module may have only one required providers configuration. The required providers were previously "
            f"configured at {seen[type].declared_at}."
        )
        yield Diagnostic("Duplicate required providers configuration", detail, nested.definition)
    seen.setdefault(type, nested)
    if {"backend", "cloud"} <= seen.keys() and type in ("backend", "cloud"):
        backend, cloud = seen["backend"], seen["cloud"]
        detail = (
            "A module may declare either one 'cloud' block OR one 'backend' block configuring a state backend. The "
            f"'cloud' block is configured at {cloud.declared_at}; a backend is configured at "
            f"{backend.declared_at}. Remove the backend block to configure HCP Terraform or Terraform Enteprise."
        )
        yield Diagnostic("Both a backend and cloud configuration are present", detail, backend.definition)


def _required_providers(declaration: Declaration) -> Iterator[Diagnostic]:
    for argument in declaration.content.arguments.values():
        expression = argument.attribute.expression
        if not isinstance(expression, Object):
            if not isinstance(expression, (String, Literal, Number)):
                detail = "required_providers entries must be strings or objects."
                yield Diagnostic("Invalid required_providers object", detail, argument.span)
            continue
        for key, value in expression.items:
            yield from _required_provider(key, value, argument.source)


def _required_provider(key: ObjectKey | Expression, value: Expression, source: Source) -> Iterator[Diagnostic]:
    name = key.name if isinstance(key, ObjectKey) else key.value if isinstance(key, String) else ""
    span = Span(source, value.start, value.end)
    if name == "version":
        from enclint.frontends.terraform.declarations import Argument as Named

        if not isinstance(value, String):
            yield Diagnostic("Invalid version constraint", "Version must be specified as a string.", span)
            return
        yield from version_constraint(Named(Attribute(name, value, value.start, value.end), source))[1]
    elif name == "source":
        if not isinstance(value, String):
            yield Diagnostic("Invalid source", "Source must be specified as a string.", span)
        elif not 1 <= len(value.value.split("/")) <= 3 or not all(value.value.split("/")):
            detail = 'The "source" attribute must be in the format "[hostname/][namespace/]name"'
            yield Diagnostic("Invalid provider source string", detail, span)
    elif name == "configuration_aliases":
        for item in value.items if isinstance(value, Tuple) else ():
            if not isinstance(item, Variable):
                yield Diagnostic("Invalid expression", SINGLE_REFERENCE, Span(source, item.start, item.end))
    else:
        detail = (
            'required_providers objects can only contain "version", "source" and "configuration_aliases" attributes. '
            'To configure a provider, use a "provider" block.'
        )
        yield Diagnostic("Invalid required_providers object", detail, Span(source, key.start, key.end))


def _moves(module: Module) -> Iterator[Diagnostic]:
    """`moved`, `removed` and `import` blocks."""
    for moved in module.moved:
        yield from check_body(moved, bodies.MOVED)
        ends = [moved.argument("from"), moved.argument("to")]
        for argument in ends:
            if argument is not None:
                yield from _address(argument)
        kinds = {_is_module_address(argument) for argument in ends if argument is not None}
        if len(kinds) == 2:
            detail = 'The "from" and "to" addresses must either both refer to resources or both refer to modules.'
            yield Diagnostic('Invalid "moved" addresses', detail, moved.definition)
    for removed in module.removed:
        yield from check_body(removed, bodies.REMOVED)
        origin = removed.argument("from")
        if origin is not None:
            yield from _address(origin)
            yield from _no_instance(origin)
            if isinstance(origin.attribute.expression, Variable) and origin.attribute.expression.path[0] == "data":
                detail = (
                    "Data sources are never destroyed, so they are not valid targets of removed blocks. To remove the "
                    "data source from state, remove the data source block from configuration."
                )
                yield Diagnostic("Data source address not allowed", detail, origin.span)
        for provisioner in removed.content.blocks_of("provisioner"):
            yield from _provisioner(provisioner)
            if _word(provisioner, "when") != "destroy":
                detail = (
                    'Only destroy-time provisioners are valid in "removed" blocks. To declare a destroy-time '
                    "provisioner, use:\n    when = destroy"
                )
                yield Diagnostic("Invalid provisioner block", detail, provisioner.definition)
        for lifecycle in removed.content.blocks_of("lifecycle"):
            yield from check_body(lifecycle, bodies.REMOVED_LIFECYCLE)
            yield from _static(lifecycle, {"destroy": BOOL})
    yield from _imports(module)


def _address(argument: Argument) -> Iterator[Diagnostic]:
    if not isinstance(argument.attribute.expression, Variable):
        yield Diagnostic("Invalid expression", SINGLE_REFERENCE, argument.span)


def _is_module_address(argument: Argument) -> bool:
    expression = argument.attribute.expression
    path = expression.path if isinstance(expression, Variable) else ()
    names = [step for step in path if isinstance(step, str)]
    return len(names) >= 2 and all(name == "module" for name in names[::2]) and len(names) % 2 == 0


def _no_instance(argument: Argument) -> Iterator[Diagnostic]:
    expression = argument.attribute.expression
    if not isinstance(expression, Variable) or all(isinstance(step, str) for step in expression.path):
        return
    if not isinstance(expression.path[-1], str) and not _is_module_address(argument):
        detail = (
            'Resource address must be a resource (e.g. "test_instance.foo"), not a resource instance (e.g. '
            '"test_instance.foo[1]").'
        )
        yield Diagnostic("Resource instance keys not allowed", detail, argument.span)
        return
    detail = 'Module address must be a module (e.g. "module.foo"), not a module instance (e.g. "module.foo[1]").'
    yield Diagnostic("Module instance keys not allowed", detail, argument.span)


def _imports(module: Module) -> Iterator[Diagnostic]:
    seen: dict[object, Declaration] = {}
    for each in module.imports:
        yield from check_body(each, bodies.IMPORT)
        target = each.argument("to")
        if target is None:
            continue
        expression = target.attribute.expression
        unmanaged = Diagnostic("Invalid import address", "Only managed resources can be imported.", target.span)
        if isinstance(expression, String):
            yield from _address(target)
            yield unmanaged
        if not isinstance(expression, Variable):
            continue
        provider = each.argument("provider")
        if provider is not None and ("managed", *expression.path[:2]) in module.resources:
            detail = "The provider argument can only be specified in import blocks that will generate configuration."
            yield Diagnostic("Invalid import provider argument", detail, provider.span)
        if expression.path[0] in ("each", "count"):
            detail = (
                f'The keyword "{expression.path[0]}" is reserved and cannot be used to target a resource address. If '
                "you are targeting a resource type that uses a reserved keyword, please prefix your address with "
                '"resource.".'
            )
            yield Diagnostic("Invalid address", detail, target.span)
            yield unmanaged
        elif expression.path[0] == "data":
            yield unmanaged
        elif expression.path in seen:
            text = target.span.text.strip('"')
            detail = (
                f'An import block for the resource "{text}" was already declared at '
                f"{seen[expression.path].declared_at}. A resource can have only one import block."
            )
            yield Diagnostic(f'Duplicate import configuration for "{text}"', detail, target.span)
        seen.setdefault(expression.path, each)


def _check(declaration: Declaration) -> Iterator[Diagnostic]:
    yield from check_body(declaration, bodies.CHECK)
    name = declaration.block.labels[0]
    if not is_name(name):
        yield Diagnostic("Invalid check block name", BAD_NAME, declaration.header)
    valid = 0
    for assertion in declaration.content.blocks_of("assert"):
        problems = list(condition(assertion))
        yield from problems
        valid += not problems
    if not valid:
        detail = "Check blocks must have at least one assert block."
        yield Diagnostic("Zero assert blocks", detail, declaration.definition)
    blocks = list(declaration.content.blocks_of("data"))
    for nested in blocks:
        for argument in map(nested.argument, ("count", "for_each")):
            if argument is not None:
                detail = 'The "count" and "for_each" meta-arguments are not supported within nested data blocks.'
                name = argument.attribute.name
                yield Diagnostic(f'Invalid "{name}" attribute', detail, argument.name_span)
    for other in blocks[1:]:
        detail = f"This check block already has a data resource defined at {blocks[0].declared_at}."
        yield Diagnostic("Multiple data resource blocks", detail, other.definition)
