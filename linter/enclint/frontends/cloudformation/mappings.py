"""`Fn::FindInMap`: a look-up in the `Mappings` section, with keys that may not be decided.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-findinmap.html
"""

from __future__ import annotations

from enclint.frontends.cloudformation.node import Mapping
from enclint.frontends.cloudformation.reader import plain_value
from enclint.frontends.cloudformation.text import as_text, identity_of, secret, unknown_because
from enclint.lean_typing import TYPE_CHECKING
from enclint.model.value import MAX_LEAVES, OTHER, Choice, Known, Subject, Unknown, assume, leaves, lift, shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from enclint.frontends.cloudformation.node import Node
    from enclint.frontends.cloudformation.stack import Stack
    from enclint.model.value import Case, Value
    from enclint.source import Span


def find_in_map(stack: Stack, keys: list[Value], default: Callable[[], Value] | None, span: Span | None) -> Value:
    """The entry under a map's name and two keys; a Choice over the entries where a key is not known.

    `default` gives the `DefaultValue` (of the language extensions), where there is one.
    """
    result = lift(lambda name, top, second: _look_up(stack, name, top, second, default, span), keys, span)
    if any(key.sensitive for key in keys):
        result = secret(result)
    if leaves(result) > MAX_LEAVES:
        return Unknown(f"depends on more than {MAX_LEAVES} entries of a map", span)
    return result


def _look_up(
    stack: Stack,
    name: Value,
    top: Value,
    second: Value,
    default: Callable[[], Value] | None,
    span: Span | None,
) -> Value:
    text = as_text(name.data) if isinstance(name, Known) else None
    if text is None or not isinstance(name, Known):
        return default() if default and isinstance(name, Known) else unknown_because(name, span, "a map is not known")
    entries = stack.template.section("Mappings").members.get(text)
    if not isinstance(entries, Mapping):
        return default() if default else Unknown(f"there is no map {shown(name)}", span)
    if "Fn::Transform" in entries.members:
        return Unknown(f"the map `{text}` is completed at deployment by `Fn::Transform`", span)

    def under_second(node: Node) -> Value:
        return stack.evaluate(node).at(span).via(f"map `{text}`", stack.template.span(node))

    def under_top(node: Node) -> Value:
        return _under(node, second, text, under_second, default, span)

    if default is None:
        entries = _with_key(entries, second)
    return _under(entries, top, text, under_top, default, span)


def _with_key(entries: Mapping, key: Value) -> Mapping:
    """The entries that have a second-level key: with another one, deployment fails. All, where the key is unknown."""
    text = as_text(key.data) if isinstance(key, Known) else None
    having: dict[str, Node] = {
        name: node
        for name, node in entries.members.items()
        if isinstance(node, Mapping) and _entry(node, text or "") is not None
    }
    return Mapping(having, entries.key_places, entries.start, entries.end) if having else entries


def _entry(node: Mapping, key: str) -> Node | None:
    """What stands under a key, be it one such as `on:` that YAML takes for a boolean, as it does the key of a call."""
    found = node.members.get(key)
    if found is None and key in ("true", "false"):
        return next((each for name, each in node.members.items() if as_text(plain_value(name)) == key), None)
    return found


def _under(
    node: Node,
    key: Value,
    map_name: str,
    found: Callable[[Node], Value],
    default: Callable[[], Value] | None,
    span: Span | None,
) -> Value:
    """What `found` makes of the node under a key, or of each node where the key is unknown."""
    if not isinstance(node, Mapping):
        return default() if default else Unknown(f"the map `{map_name}` has fewer levels than are asked for", span)
    text = as_text(key.data) if isinstance(key, Known) else None
    if text is not None and isinstance(key, Known):
        entry = _entry(node, text)
        if entry is not None:
            return found(entry)
        return default() if default else Unknown(f"the map `{map_name}` has no key {shown(key)}", span)
    if not 0 < len(node.members) <= MAX_LEAVES:
        return unknown_because(key, span, f"the key in the map `{map_name}` is not known")
    if len(node.members) == 1 and default is None:
        return found(next(iter(node.members.values())))
    subject = _subject(key, map_name, span)
    branches: list[tuple[Case, Value]] = [
        (entry, assume(found(value), subject, entry)) for entry, value in node.members.items()
    ]
    if default is not None:
        branches.append((OTHER, default()))
    return Choice(subject, branches, span)


def _subject(key: Value, map_name: str, span: Span | None) -> Subject:
    """Which value the key has: the parameter's own subject where it is one, else one of this place."""
    identity = identity_of(key)
    if identity is not None:
        return Subject(identity, identity)
    label = f"the key in the map `{map_name}`"
    return Subject(f"{label} at {span}", label)
