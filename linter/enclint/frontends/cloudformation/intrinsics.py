"""The intrinsic functions. Each takes the stack, the node of its argument and the place of the call, and gives a value.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
"""

from __future__ import annotations

import re

from enclint.frontends.cloudformation.conditions import choose, evaluate_condition
from enclint.frontends.cloudformation.mappings import find_in_map
from enclint.frontends.cloudformation.node import Mapping, Sequence, member, text_of
from enclint.frontends.cloudformation.text import (
    as_text,
    base64_text,
    combinations,
    concatenate,
    json_text,
    secret,
    unknown_because,
)
from enclint.lean_typing import TYPE_CHECKING, Final
from enclint.model.value import (
    MAX_LEAVES,
    Absent,
    Choice,
    Known,
    Unknown,
    leaves,
    lift,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from enclint.frontends.cloudformation.node import Node
    from enclint.frontends.cloudformation.stack import Stack
    from enclint.model.value import Value
    from enclint.source import Span

_PLACEHOLDER: Final = re.compile(r"\$\{(!?)([^{}$]*)\}")


def call(stack: Stack, name: str, argument: Node, span: Span | None) -> Value:
    """The value of a function call; Unknown for a function that CloudFormation does not have."""
    function = FUNCTIONS.get(name)
    if function is None:
        return Unknown(f"`{name}` is no function that is known here", span)
    return function(stack, argument, span)


def _ref(stack: Stack, argument: Node, span: Span | None) -> Value:
    name = stack.template.word(argument)
    if name is not None:
        return stack.ref(name, span)
    return lift(lambda given: _ref_value(stack, given, span), [stack.evaluate(argument)], span)


def _ref_value(stack: Stack, name: Value, span: Span | None) -> Value:
    if isinstance(name, Known) and isinstance(name.data, str) and not name.sensitive:
        return stack.ref(name.data, span)
    return unknown_because(name, span, "the name that `Ref` refers to is not known")


def _get_att(stack: Stack, argument: Node, span: Span | None) -> Value:
    text = text_of(argument)
    if text is not None:
        name, _, attribute = text.partition(".")
        return stack.get_att(name, attribute, span)
    if not isinstance(argument, Sequence) or len(argument.items) < 2:
        return _malformed("Fn::GetAtt", "a resource and an attribute", span)
    values = [stack.evaluate(item) for item in argument.items]
    return lift(lambda *parts: _get_att_value(stack, parts, span), values, span)


def _get_att_value(stack: Stack, parts: tuple[Value, ...], span: Span | None) -> Value:
    known = [part for part in parts if isinstance(part, Known) and not part.sensitive]
    names = [part.data for part in known if isinstance(part.data, str)]
    if len(names) < len(parts):
        return Unknown("the resource or the attribute that `Fn::GetAtt` asks for is not known", span)
    return stack.get_att(names[0], ".".join(names[1:]), span)


def _sub(stack: Stack, argument: Node, span: Span | None) -> Value:
    variables: Node | None = None
    text = text_of(argument)
    if isinstance(argument, Sequence) and argument.items:
        text = text_of(argument.items[0])
        variables = argument.items[1] if len(argument.items) > 1 else None
    if text is None and isinstance(argument, Mapping):
        return unknown_because(stack.evaluate(argument), span, "`Fn::Sub` wants a text, not a map")
    if text is None:
        return _malformed("Fn::Sub", "a text, or a list of a text and a map", span)
    parts: list[Value] = []
    end = 0
    for match in _PLACEHOLDER.finditer(text):
        if match.start() > end:
            parts.append(Known(text[end : match.start()]))
        end = match.end()
        name = match[2].strip()
        parts.append(Known(f"${{{name}}}") if match[1] else _substituted(stack, name, variables, span))
    if not parts:
        return stack.text(text, span)
    if end < len(text):
        parts.append(Known(text[end:]))
    return stack.resolved(concatenate([_as_piece(part) for part in parts], span), span)


def _substituted(stack: Stack, name: str, variables: Node | None, span: Span | None) -> Value:
    """What stands for `${name}`: an entry of the call's own map, an attribute, a parameter or a resource."""
    own = member(variables, name)
    if own is not None:
        return stack.evaluate(own)
    if "." in name:
        resource, _, attribute = name.partition(".")
        return stack.get_att(resource, attribute, span)
    return stack.ref(name, span)


def _as_piece(part: Value) -> Value:
    if isinstance(part, Known) and isinstance(part.data, list | dict):
        return Unknown("a list or a map stands where CloudFormation wants a text", part.span)
    return part


def _join(stack: Stack, argument: Node, span: Span | None) -> Value:
    if not isinstance(argument, Sequence) or len(argument.items) != 2:
        return _malformed("Fn::Join", "a delimiter and a list", span)
    delimiter = text_of(argument.items[0])
    if delimiter is None:
        return _malformed("Fn::Join", "a text as its delimiter", span)
    joined = lift(lambda elements: _joined(delimiter, elements, span), [stack.evaluate(argument.items[1])], span)
    return stack.resolved(joined, span)


def _joined(delimiter: str, elements: Value, span: Span | None) -> Value:
    if not isinstance(elements, Known) or not isinstance(elements.data, list):
        return unknown_because(elements, span, "the list that `Fn::Join` joins is not known")
    items = _flattened(elements.data)
    if any(isinstance(item, Choice) and _may_be_absent_or_list(item) for item in items):
        if combinations(items) > MAX_LEAVES:
            return Unknown(f"depends on more than {MAX_LEAVES} combinations of undecided conditions", span)
        return lift(lambda *decided: _interleaved(delimiter, _flattened(list(decided)), span), items, span)
    return _interleaved(delimiter, items, span)


def _interleaved(delimiter: str, items: list[Value], span: Span | None) -> Value:
    parts: list[Value] = []
    for item in items:
        if not isinstance(item, Absent):
            if parts:
                parts.append(Known(delimiter))
            parts.append(item)
    return concatenate(parts, span)


def _flattened(items: list[Value]) -> list[Value]:
    """The items, lists among them (a parameter that is a list) in place of themselves."""
    flat: list[Value] = []
    for item in items:
        if isinstance(item, Known) and isinstance(item.data, list):
            flat.extend(item.data)
        else:
            flat.append(item)
    return flat


def _may_be_absent_or_list(value: Value) -> bool:
    if isinstance(value, Choice):
        return any(_may_be_absent_or_list(branch) for _, branch in value.branches)
    return isinstance(value, Absent) or (isinstance(value, Known) and isinstance(value.data, list))


def _split(stack: Stack, argument: Node, span: Span | None) -> Value:
    if not isinstance(argument, Sequence) or len(argument.items) != 2:
        return _malformed("Fn::Split", "a delimiter and a text", span)
    delimiter, text = (stack.evaluate(item) for item in argument.items)
    return lift(lambda by, whole: _split_text(by, whole, span), [delimiter, text], span)


def _split_text(delimiter: Value, value: Value, span: Span | None) -> Value:
    text = as_text(value.data) if isinstance(value, Known) else None
    if not isinstance(delimiter, Known) or not delimiter.data or not isinstance(delimiter.data, str):
        return _malformed("Fn::Split", "a text as its delimiter", span)
    if text is None:
        return unknown_because(value, span, "the text that `Fn::Split` splits is not known")
    pieces = Known([Known(piece, span) for piece in text.split(delimiter.data)], span)
    return secret(pieces) if value.sensitive else pieces


def _select(stack: Stack, argument: Node, span: Span | None) -> Value:
    if not isinstance(argument, Sequence) or len(argument.items) != 2:
        return _malformed("Fn::Select", "an index and a list", span)
    index, elements = (stack.evaluate(item) for item in argument.items)
    return lift(lambda at, among: _selected(at, among, span), [index, elements], span)


def _selected(index: Value, elements: Value, span: Span | None) -> Value:
    number = as_text(index.data) if isinstance(index, Known) else None
    if number is None or not number.isdigit() or len(number) > 9:
        return unknown_because(index, span, "the index of `Fn::Select` is not known")
    if not isinstance(elements, Known) or not isinstance(elements.data, list):
        unknown = unknown_because(elements, span, "the list that `Fn::Select` selects from is not known")
        if isinstance(elements, Unknown) and elements.identity:
            unknown.identity = f"{elements.identity}[{int(number)}]"
        return unknown
    position = int(number)
    before = elements.data[:position]
    if any(isinstance(element, Choice) and _may_be_absent_or_list(element) for element in before):
        return Unknown("how many elements come before the selected one is not decided", span)
    if position >= len(elements.data):
        return Unknown(f"`Fn::Select` asks for element {position} of a list of {len(elements.data)}", span)
    selected: Value = elements.data[position]
    return selected


def _find_in_map(stack: Stack, argument: Node, span: Span | None) -> Value:
    if not isinstance(argument, Sequence) or len(argument.items) not in (3, 4):
        return _malformed("Fn::FindInMap", "a map, two keys, and perhaps a default value", span)
    keys = [stack.evaluate(item) for item in argument.items[:3]]
    default = member(argument.items[3], "DefaultValue") if len(argument.items) == 4 else None
    otherwise = (lambda: stack.evaluate(default)) if default is not None else None
    return find_in_map(stack, keys, otherwise, span)


def _if(stack: Stack, argument: Node, span: Span | None) -> Value:
    if not isinstance(argument, Sequence) or len(argument.items) != 3:
        return _malformed("Fn::If", "a condition and two values", span)
    condition_node, if_true, if_false = argument.items
    name = stack.template.word(condition_node)
    condition = stack.condition(name) if name is not None else evaluate_condition(stack, condition_node)
    if isinstance(condition, Known):
        chosen = stack.evaluate(if_true if condition.data else if_false)
        return chosen.via(f"condition `{name}`", stack.condition_span(name)) if name is not None else chosen
    value = choose(condition, lambda: stack.evaluate(if_true), lambda: stack.evaluate(if_false), span)
    if leaves(value) > MAX_LEAVES:
        return Unknown(f"depends on more than {MAX_LEAVES} combinations of undecided conditions", span)
    return value.via(f"condition `{name}`", stack.condition_span(name)) if name is not None else value


def _condition(stack: Stack, argument: Node, span: Span | None) -> Value:
    return stack.condition(stack.template.word(argument) or "").at(span)


def _logical(name: str) -> Callable[[Stack, Node, Span | None], Value]:
    def function(stack: Stack, argument: Node, span: Span | None) -> Value:
        call_node = Mapping({name: argument}, {}, argument.start, argument.end)
        return evaluate_condition(stack, call_node).at(span)

    return function


def _base64(stack: Stack, argument: Node, span: Span | None) -> Value:
    return lift(lambda value: base64_text(value, span), [stack.evaluate(argument)], span)


def _to_json_string(stack: Stack, argument: Node, span: Span | None) -> Value:
    return lift(lambda value: json_text(value, span), [stack.evaluate(argument)], span)


def _length(stack: Stack, argument: Node, span: Span | None) -> Value:
    return lift(lambda value: _count(value, span), [stack.evaluate(argument)], span)


def _count(elements: Value, span: Span | None) -> Value:
    if not isinstance(elements, Known) or not isinstance(elements.data, list):
        return unknown_because(elements, span, "the list whose length is asked for is not known")
    if any(isinstance(element, Choice) and _may_be_absent_or_list(element) for element in elements.data):
        return Unknown("how many elements the list has is not decided", span)
    return Known(len(elements.data), span)


def _cidr(stack: Stack, argument: Node, span: Span | None) -> Value:
    if not isinstance(argument, Sequence) or len(argument.items) not in (2, 3):
        return _malformed("Fn::Cidr", "an address block, a count, and perhaps a number of bits", span)
    values = [stack.evaluate(item) for item in argument.items]
    return lift(lambda *decided: _blocks(list(decided), span), values, span)


def _blocks(arguments: list[Value], span: Span | None) -> Value:
    """The first so many blocks of a block, each with so many host bits."""
    texts = [as_text(value.data) if isinstance(value, Known) else None for value in arguments]
    if any(text is None for text in texts):
        unknown = next(value for value, text in zip(arguments, texts, strict=True) if text is None)
        return unknown_because(unknown, span, "an argument of `Fn::Cidr` is not known")
    from ipaddress import ip_network
    from itertools import islice

    try:
        network = ip_network(str(texts[0]), strict=False)
        count = int(str(texts[1]))
        host_bits = int(str(texts[2])) if len(texts) == 3 else 8
        subnets = list(islice(network.subnets(new_prefix=network.max_prefixlen - host_bits), min(count, 256)))
    except ValueError:
        return _malformed("Fn::Cidr", "an address block, a count and a number of bits that fit together", span)
    return Known([Known(str(subnet), span) for subnet in subnets], span)


def _get_azs(stack: Stack, argument: Node, span: Span | None) -> Value:
    region = stack.evaluate(argument)
    name = as_text(region.data) if isinstance(region, Known) else getattr(region, "identity", None)
    return Unknown(
        "the Availability Zones of the Region are known only at deployment", span, identity=f"GetAZs({name or ''})"
    )


def _import_value(stack: Stack, argument: Node, span: Span | None) -> Value:
    return lift(lambda name: stack.imported(name, span), [stack.evaluate(argument)], span)


def _get_stack_output(stack: Stack, argument: Node, span: Span | None) -> Value:
    names = [stack.evaluate(node) for key in ("StackName", "OutputName") if (node := member(argument, key)) is not None]
    texts = [as_text(name.data) if isinstance(name, Known) else None for name in names]
    if len(texts) < 2 or None in texts:
        return Unknown("an output of another stack is read at deployment", span)
    reason = f"the output `{texts[1]}` of the stack `{texts[0]}` is read at deployment"
    return Unknown(reason, span, identity=f"{texts[0]}.{texts[1]}")


def _transform(_stack: Stack, argument: Node, span: Span | None) -> Value:
    name = text_of(member(argument, "Name")) or "a macro"
    return Unknown(f"`{name}` puts in text that is known only at deployment", span)


def _for_each(_stack: Stack, _argument: Node, span: Span | None) -> Value:
    return Unknown("`Fn::ForEach` stands where it makes no keys", span)


def _malformed(name: str, wants: str, span: Span | None) -> Unknown:
    return Unknown(f"`{name}` wants {wants}", span)


FUNCTIONS: Final[dict[str, Callable[[Stack, Node, Span | None], Value]]] = {
    "Ref": _ref,
    "Condition": _condition,
    "Fn::And": _logical("Fn::And"),
    "Fn::Base64": _base64,
    "Fn::Cidr": _cidr,
    "Fn::Equals": _logical("Fn::Equals"),
    "Fn::FindInMap": _find_in_map,
    "Fn::ForEach": _for_each,
    "Fn::GetAZs": _get_azs,
    "Fn::GetAtt": _get_att,
    "Fn::GetStackOutput": _get_stack_output,
    "Fn::If": _if,
    "Fn::ImportValue": _import_value,
    "Fn::Join": _join,
    "Fn::Length": _length,
    "Fn::Not": _logical("Fn::Not"),
    "Fn::Or": _logical("Fn::Or"),
    "Fn::Select": _select,
    "Fn::Split": _split,
    "Fn::Sub": _sub,
    "Fn::ToJsonString": _to_json_string,
    "Fn::Transform": _transform,
}
