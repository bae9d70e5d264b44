"""The path language: where a property stands in a provider resource's arguments.

    kms_key_id                                       an argument
    root_block_device.encrypted                      in a nested block (of which there is one) or an object
    BlockDeviceMappings[*].Ebs.Encrypted             in each element
    Tags[Key=Owner].Value                            in the elements whose `Key` is `Owner`
    Parameters[rds.force_ssl]                        under a key that has dots in it
    origin[0].domain_name                            in one element
    /ImageId                                         from the resource, where other paths start at an element of it

A step into a text reads the text as JSON, so that a policy, a security configuration or a document is walked alike
whether it is text, `jsonencode(…)` or an object.
"""

from __future__ import annotations

import re

from enclint.lean_typing import TYPE_CHECKING, Final, NamedTuple
from enclint.model.json_text import structured
from enclint.model.value import Absent, Choice, Encoded, Known, Partial, Reference, Unknown, Value, lift, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclint.model.resource import ProviderResource
    from enclint.model.scenario import Scenario

_STEP: Final = re.compile(
    r"(?P<name>[^.\[\]/=*]+)|\[(?P<all>\*)\]|\[(?P<index>\d+)\]|\[(?P<key>[\w-]+)=(?P<value>[^\]]*)\]|\[(?P<quoted>[^\]]+)\]"
)


class PathError(ValueError):
    """A text that is no path."""


class All(NamedTuple):
    """Every element."""


class Where(NamedTuple):
    """The elements whose member `key` is the text `value`."""

    key: str
    value: str


class Path(NamedTuple):
    """A compiled path. Steps are names, positions, All or Where."""

    text: str
    from_resource: bool
    steps: tuple[str | int | All | Where, ...]

    @property
    def is_many(self) -> bool:
        """Whether it may lead to several values."""
        return any(isinstance(step, (All, Where)) for step in self.steps)

    @property
    def is_selective(self) -> bool:
        """Whether it picks an element by what it holds. Where there is none, none of the others is to blame for it."""
        return any(isinstance(step, Where) for step in self.steps)


ALL: Final = All()


def compile_path(text: str) -> Path:
    """The path that a text means. Raises PathError."""
    from_resource = text.startswith("/")
    rest = text.removeprefix("/")
    steps: list[str | int | All | Where] = []
    position = 0
    while position < len(rest):
        if rest[position] == "." and steps:
            position += 1
        match = _STEP.match(rest, position)
        if match is None:
            raise PathError(f"`{text}` is no path: `{rest[position:]}` is not understood")
        steps.append(_step(match))
        position = match.end()
    if not steps or not isinstance(steps[0], str):
        raise PathError(f"`{text}` is no path: it must begin with the name of an argument")
    return Path(text, from_resource, tuple(steps))


def _step(match: re.Match[str]) -> str | int | All | Where:
    if match["all"]:
        return ALL
    if match["index"]:
        return int(match["index"])
    if match["key"]:
        return Where(match["key"], match["value"])
    return match["quoted"] or match["name"]


def get(source: ProviderResource, element: Value | None, path: Path, scenario: Scenario) -> Value:
    """What stands at a path: a list of what stands there where the path may lead to several values.

    `element` is where paths start that do not start at the resource. Absent, with the header of the innermost block
    that could hold it, where nothing stands there.
    """
    steps = path.steps
    if element is None or path.from_resource:
        value = source.argument(steps[0])  # type: ignore[arg-type]
        start = 1
    else:
        value = element
        start = 0
    if start == len(steps):
        return scenario.resolve(value)
    return _walk(value, steps, start, scenario)


def _walk(value: Value, steps: tuple[str | int | All | Where, ...], start: int, scenario: Scenario) -> Value:
    for number in range(start, len(steps)):
        step = steps[number]
        value = scenario.resolve(value)
        if step.__class__ is str:
            value = _member(value, step, scenario)
        elif step.__class__ is int:
            value = _at(value, step, scenario)
        else:
            return _of_several(value, step, steps, number + 1, scenario)  # type: ignore[arg-type]
        if value.__class__ is Absent:
            return value
    return scenario.resolve(value)


def _member(value: Value, name: str, scenario: Scenario) -> Value:
    """A member of an object, of the one block of a list, or of the object that a text holds."""
    if value.__class__ is Known:
        data = value.data
        if data.__class__ is list:
            if name.isdecimal():
                return _at(value, int(name), scenario)
            value = _only(value, name, scenario)
            return value if value.__class__ is not Known else _member(value, name, scenario)
        if data.__class__ is dict:
            found: Value | None = data.get(name)
            return found if found is not None else Absent(value.span, value.trace)
        if data.__class__ is str:
            return _member_of_text(value, name, scenario)
        return Unknown(f"{shown(value)} has no parts, so no `{name}`", value.span, trace=value.trace)
    if isinstance(value, (Encoded, Partial)):
        return _member_of_text(value, name, scenario)
    if isinstance(value, Unknown):
        return _part_of_unknown(value, name)
    return value


def _member_of_text(value: Value, name: str, scenario: Scenario) -> Value:
    if isinstance(value, Known) and not value.data:
        return Absent(value.span, value.trace)
    return _member(scenario.resolve(structured(value)), name, scenario)


def _part_of_unknown(value: Unknown, name: str) -> Value:
    if isinstance(value.element, Known) and value.element.data.__class__ is dict:
        inner = value.element.data.get(name)
        reason = f"whether there is a block is not known: {value.reason}"
        return inner if isinstance(inner, Unknown) else Unknown(reason, value.span, trace=value.trace)
    identity = f"{value.identity}.{name}" if value.identity else None
    return Unknown(value.reason, value.span, identity=identity, trace=value.trace)


def _only(value: Known, name: str, scenario: Scenario) -> Value:
    """The one element of a list of blocks that is there."""
    elements = [each for each in (scenario.resolve(item) for item in value.data) if each.__class__ is not Absent]
    if not elements:
        return Absent(value.span, value.trace)
    if len(elements) == 1:
        return elements[0]
    return Unknown(f"there are {len(elements)} blocks of which `{name}` could be read", value.span, trace=value.trace)


def _at(value: Value, index: int, scenario: Scenario) -> Value:
    if isinstance(value, Known) and value.data.__class__ is list:
        elements = [each for each in (scenario.resolve(item) for item in value.data) if each.__class__ is not Absent]
        return elements[index] if index < len(elements) else Absent(value.span, value.trace)
    if isinstance(value, Known) and value.data.__class__ is dict:
        return value if index == 0 else Absent(value.span, value.trace)
    if isinstance(value, Reference):
        return Unknown(value.reason, value.span, trace=value.trace)
    return value


def _of_several(
    value: Value, step: All | Where, steps: tuple[str | int | All | Where, ...], start: int, scenario: Scenario
) -> Value:
    """A list of what the rest of the path leads to in each element (for Where: in each that fits)."""
    if isinstance(value, (Encoded, Partial)) or (isinstance(value, Known) and value.data.__class__ is str):
        value = scenario.resolve(structured(value))
    if isinstance(value, Known) and value.data.__class__ is dict:
        if isinstance(step, Where) and step.key not in value.data:
            return _walk(Known([value], value.span), (ALL, *steps[start:]), 0, scenario)
        value = Known([value], value.span, trace=value.trace)
    if not isinstance(value, Known):
        return value
    if value.data.__class__ is not list:
        return Unknown(f"{shown(value)} is no list", value.span, trace=value.trace)
    found: list[Value] = []
    for item in value.data:
        element = scenario.resolve(item)
        if element.__class__ is Absent:
            continue
        fits = _fits(element, step, scenario) if isinstance(step, Where) else True
        if fits is False:
            continue
        inner = _walk(element, steps, start, scenario)
        if fits is not True:
            inner = Unknown(fits, element.span, trace=element.trace)
        if isinstance(inner, Known) and inner.data.__class__ is list and _is_many(steps, start):
            found.extend(inner.data)
        elif inner.__class__ is not Absent:
            found.append(inner)
    if isinstance(step, Where):
        return _first_of(found, value)
    return Known(found, value.span, trace=value.trace)


def _is_many(steps: tuple[str | int | All | Where, ...], start: int) -> bool:
    return any(isinstance(step, All) for step in steps[start:])


def _fits(element: Value, step: Where, scenario: Scenario) -> bool | str:
    """Whether an element is the one that is looked for; a reason where that is not known."""
    if isinstance(element, Known) and element.data.__class__ is dict:
        member = scenario.resolve(element.data.get(step.key) or Absent())
        if isinstance(member, Known):
            return str(member.data) == step.value
        return member.reason if isinstance(member, Unknown) else False
    return element.reason if isinstance(element, Unknown) else False


def _first_of(found: list[Value], whole: Known) -> Value:
    """Of the elements that fit, the last certain one counts; one that may fit makes it unknown."""
    if not found:
        return Absent(whole.span, whole.trace)
    return next((each for each in reversed(found) if isinstance(each, Unknown)), found[-1])


class Element(NamedTuple):
    """One element of what is written in a resource: its value, whether it is there, and its position in words.

    `value` and `exists` may be Choices; `exists` is a boolean. `value` is Unknown where only that there may be
    something is known.
    """

    value: Value
    exists: Value
    position: str


_TRUE: Final = Known(True)
_FALSE: Final = Known(False)


def elements(source: ProviderResource, path: Path) -> Iterator[Element]:
    """The elements that a path with `[*]` leads to, with the conditions under which they are there."""
    first = path.steps[0]
    assert isinstance(first, str)  # noqa: S101
    yield from _elements(source.argument(first), path.steps, 1, _TRUE, first)


def _elements(
    value: Value, steps: tuple[str | int | All | Where, ...], start: int, exists: Value, position: str
) -> Iterator[Element]:
    if isinstance(value, Choice):
        for case, branch in value.branches:
            chosen = Choice(value.subject, [(each, _TRUE if each == case else _FALSE) for each, _ in value.branches])
            yield from _elements(branch, steps, start, _both(exists, chosen), position)
    elif value.__class__ is Absent or (isinstance(value, Known) and value.data is None):
        return
    elif start == len(steps):
        yield Element(value, exists, position)
    elif isinstance(value, Known):
        yield from _elements_of_known(value, steps, start, exists, position)
    elif isinstance(value, (Encoded, Partial)):
        yield from _elements(structured(value), steps, start, exists, position)
    elif isinstance(value, Unknown):
        there = Unknown(value.reason, value.span, trace=value.trace)
        if value.element is not None and steps[start].__class__ is All:
            yield from _elements(value.element, steps, start + 1, _both(exists, there), f"{position}[*]")
        else:
            yield Element(value, _both(exists, there), position)


def _elements_of_known(
    value: Known, steps: tuple[str | int | All | Where, ...], start: int, exists: Value, position: str
) -> Iterator[Element]:
    step = steps[start]
    data = value.data
    if data.__class__ is str and not (step.__class__ is All and start + 1 == len(steps)):
        inner = structured(value)
        if not isinstance(inner, Known) or inner.data.__class__ is not str:
            yield from _elements(inner, steps, start, exists, position)
    elif step.__class__ is All:
        items = data if data.__class__ is list else [value]
        one = len(items) == 1
        for number, item in enumerate(items):
            place = position if one else f"{position}[{number}]"
            if isinstance(item, Unknown) and not isinstance(item, (Encoded, Partial)):
                there = _both(exists, Unknown(item.reason, item.span, trace=item.trace))
                yield from _elements(item.element or item, steps, start + 1, there, place)
            else:
                yield from _elements(item, steps, start + 1, exists, place)
    elif data.__class__ is list:
        for item in data:
            yield from _elements(item, steps, start, exists, position)
    elif data.__class__ is dict:
        member = data.get(str(step))
        if member is not None:
            yield from _elements(member, steps, start + 1, exists, f"{position}.{step}")


def _both(one: Value, other: Value) -> Value:
    if isinstance(one, Known):
        return other if one.data else one

    def both(left: Value, right: Value) -> Value:
        for each, another in ((left, right), (right, left)):
            if isinstance(each, Known):
                return another if each.data else each
        return left

    return lift(both, [one, other])
