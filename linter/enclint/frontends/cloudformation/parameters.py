"""What a template's parameters are worth: the value that is given, the default, the allowed values, or unknown.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
"""

from __future__ import annotations

from enclint.frontends.cloudformation.node import Scalar, Sequence, member, text_of
from enclint.frontends.cloudformation.text import as_text, secret
from enclint.lean_typing import TYPE_CHECKING, Any, Final, NamedTuple
from enclint.model.value import Absent, Choice, Known, Subject, Unknown, lift

if TYPE_CHECKING:
    from enclint.frontends.cloudformation.node import Node
    from enclint.frontends.cloudformation.template import Template
    from enclint.model.value import Value

MAX_ALLOWED_VALUES: Final = 32
"""A parameter without a default that allows more values than this is unknown rather than a choice among them."""


class Declaration(NamedTuple):
    """What a template says of a parameter. `prefix` sets a nested stack's parameters apart.

    `left` are the values that rules leave of it; `has_default` is False where a rule refuses the default.
    """

    template: Template
    name: str
    prefix: str = ""
    left: list[Node] | None = None
    has_default: bool = True

    @property
    def node(self) -> Node | None:
        """The declaration itself."""
        return self.template.section("Parameters").members.get(self.name)

    @property
    def type(self) -> str:
        """`String` where nothing is said."""
        return text_of(member(self.node, "Type")) or "String"

    @property
    def is_secret(self) -> bool:
        """Whether its value is never to be printed."""
        return _is_true(member(self.node, "NoEcho"))


def parameter_value(parameter: Declaration, given: Value | None) -> Value:
    """The value of a parameter: what is given, else what its declaration leaves.

    Strings, whatever the parameter's type (CloudFormation hands Numbers on as strings), or lists of strings.
    """
    if parameter.type.startswith("AWS::SSM::Parameter::Value<"):
        reason = f"parameter `{parameter.name}` is read from Systems Manager Parameter Store at deployment"
        refinement = {"min_length": 1}  # no parameter of the store can be empty
        value: Value = Unknown(reason, identity=parameter.prefix + parameter.name, refinement=refinement)
    elif given is not None and not _may_be_absent(given):
        value = typed(given, parameter.type)
    else:
        declared = _declared(parameter)
        value = declared if given is None else lift(lambda each: _given(each, parameter.type, declared), [given])
    return secret(value) if parameter.is_secret else value


def _given(value: Value, type: str, declared: Value) -> Value:
    return declared if isinstance(value, Absent) else typed(value, type)


def typed(value: Value, type: str) -> Value:
    """A value as its parameter's type makes it: lists are written with commas."""
    if not is_list(type):
        return value
    return lift(_split_list, [value])


def _may_be_absent(value: Value) -> bool:
    """Whether nothing is given, be it in some cases only (`AWS::NoValue`): then the declaration decides."""
    if isinstance(value, Choice):
        return any(_may_be_absent(branch) for _, branch in value.branches)
    return isinstance(value, Absent)


def is_list(type: str) -> bool:
    """Whether a parameter of the type is a list."""
    return type == "CommaDelimitedList" or type.startswith("List<")


def _split_list(value: Value) -> Value:
    text = as_text(value.data) if isinstance(value, Known) else None
    if text is None:
        return value
    return Known([Known(item.strip(), value.span) for item in text.split(",")], value.span, trace=value.trace)


def _declared(parameter: Declaration) -> Value:
    """The default, or what the allowed values leave."""
    template, name, type, sensitive = parameter.template, parameter.name, parameter.type, parameter.is_secret
    key = parameter.prefix + name
    default = member(parameter.node, "Default") if parameter.has_default else None
    if default is not None:
        text = _default_text(default)
        if text is None:
            return Unknown(f"the default of parameter `{name}` is no plain value", template.span(default))
        return typed(Known(text, template.span(default)), type)
    values = {} if is_list(type) else _values(parameter)  # of a list they restrict each element
    if len(values) == 1 and not sensitive:
        [(text, item)] = values.items()
        return Known(text, template.span(item))
    if 1 < len(values) <= MAX_ALLOWED_VALUES and not sensitive:
        branches = [(text, Known(text, template.span(item))) for text, item in values.items()]
        place = parameter.left[0] if parameter.left else member(parameter.node, "AllowedValues")
        return Choice(Subject(key, key), branches, template.span(place))
    return Unknown(
        f"parameter `{name}` has no default"
        if parameter.has_default
        else f"a rule refuses the default of parameter `{name}`",
        template.span(template.section("Parameters").key_places.get(name)),
        identity=key,
        refinement={"min_length": 1} if _is_never_empty(parameter.node, type, values) else None,
    )


def _values(parameter: Declaration) -> dict[str, Node]:
    """The values that a parameter may have, by their text; none where they are not listed."""
    allowed = member(parameter.node, "AllowedValues")
    values = _texts(allowed.items if isinstance(allowed, Sequence) else [])
    if parameter.left is None:
        return values
    return {text: item for text, item in _texts(parameter.left).items() if text in values or not values}


def _texts(items: list[Node]) -> dict[str, Node]:
    return {text: item for item in items if (text := _default_text(item)) is not None}


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
