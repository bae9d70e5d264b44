"""What a template's parameters are worth: the value that is given, the default, the allowed values, or unknown.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
"""

from __future__ import annotations

from enclint.frontends.cloudformation.node import Mapping, Scalar, Sequence, member, text_of
from enclint.frontends.cloudformation.text import as_text
from enclint.lean_typing import TYPE_CHECKING, Any, Final
from enclint.model.value import Choice, Known, Subject, Unknown, lift

if TYPE_CHECKING:
    from enclint.frontends.cloudformation.node import Node
    from enclint.frontends.cloudformation.template import Template
    from enclint.model.value import Value

MAX_ALLOWED_VALUES: Final = 32
"""A parameter without a default that allows more values than this is unknown rather than a choice among them."""


def parameter_value(template: Template, name: str, given: Value | None, prefix: str) -> Value:
    """The value of a parameter that the template declares. `prefix` sets a nested stack's parameters apart.

    Strings, whatever the parameter's type (CloudFormation hands Numbers on as strings), or lists of strings.
    """
    declaration = template.section("Parameters").members.get(name)
    type = text_of(member(declaration, "Type")) or "String"
    sensitive = _is_true(member(declaration, "NoEcho"))
    if type.startswith("AWS::SSM::Parameter::Value<"):
        value: Value = Unknown(
            f"parameter `{name}` is read from Systems Manager Parameter Store at deployment",
            identity=prefix + name,
            refinement={"min_length": 1},  # no parameter of the store can be empty
        )
    elif given is not None:
        value = typed(given, type)
    else:
        value = _declared(template, name, declaration, type, sensitive, prefix)
    return secret(value) if sensitive else value


def typed(value: Value, type: str) -> Value:
    """A value as its parameter's type makes it: lists are written with commas."""
    if not is_list(type):
        return value
    return lift(_split_list, [value])


def is_list(type: str) -> bool:
    """Whether a parameter of the type is a list."""
    return type == "CommaDelimitedList" or type.startswith("List<")


def secret(value: Value) -> Value:
    """The same value, never to be printed."""
    new = value.copy()
    new.sensitive = True
    return new


def _split_list(value: Value) -> Value:
    text = as_text(value.data) if isinstance(value, Known) else None
    if text is None:
        return value
    return Known([Known(item.strip(), value.span) for item in text.split(",")], value.span, trace=value.trace)


def _declared(
    template: Template, name: str, declaration: Node | None, type: str, sensitive: bool, prefix: str
) -> Value:
    """The default, or what the allowed values leave."""
    default = member(declaration, "Default")
    if default is not None:
        text = _default_text(default)
        if text is None:
            return Unknown(f"the default of parameter `{name}` is no plain value", template.span(default))
        return typed(Known(text, template.span(default)), type)
    allowed = member(declaration, "AllowedValues")
    items = allowed.items if isinstance(allowed, Sequence) else []
    values = {text: item for item in items if (text := _default_text(item)) is not None}
    if is_list(type):  # they restrict each element, not the list
        values = {}
    if len(values) == 1 and not sensitive:
        [(text, item)] = values.items()
        return Known(text, template.span(item))
    if 1 < len(values) <= MAX_ALLOWED_VALUES and not sensitive:
        subject = Subject(prefix + name, prefix + name)
        branches = [(text, Known(text, template.span(item))) for text, item in values.items()]
        return Choice(subject, branches, template.span(allowed))
    return Unknown(
        f"parameter `{name}` has no default",
        template.span(template.section("Parameters").key_places.get(name)),
        identity=prefix + name,
        refinement={"min_length": 1} if _is_never_empty(declaration, type, values) else None,
    )


def _default_text(node: Node) -> str | None:
    """A default or an allowed value as text; lists joined with commas."""
    if isinstance(node, Scalar) and not node.tag:
        return "" if node.value is None else as_text(node.value)
    if isinstance(node, Sequence) and not node.tag:
        items = [_default_text(item) for item in node.items]
        return ",".join(item for item in items if item is not None)
    return None


def _is_never_empty(declaration: Node | None, type: str, allowed: dict[str, Any]) -> bool:
    """Whether deployment refuses an empty value: AWS's own types must exist, and the template may set a length."""
    if allowed:
        return "" not in allowed
    if type == "Number" or type.startswith(("AWS::EC2::", "AWS::Route53::", "List<AWS::", "List<Number>")):
        return True
    least = member(declaration, "MinLength")
    length = as_text(least.value) if isinstance(least, Scalar) else None
    return (length is not None and length.isdigit() and int(length) > 0) or _pattern_forbids_empty(declaration)


def _pattern_forbids_empty(declaration: Node | None) -> bool:
    """Whether `AllowedPattern` rejects the empty text; a pattern that Python does not understand forbids nothing."""
    pattern = text_of(member(declaration, "AllowedPattern"))
    if pattern is None or len(pattern) > 500:
        return False
    import re

    try:
        return re.fullmatch(pattern, "") is None
    except (re.error, RecursionError, OverflowError):
        return False


def _is_true(node: Node | None) -> bool:
    return isinstance(node, Scalar) and (node.value is True or str(node.value).lower() == "true")


def declares(template: Template, name: str) -> bool:
    """Whether the template has a parameter of the name."""
    return isinstance(template.section("Parameters").members.get(name), Mapping)
