"""Exports and imports: which output of which stack an `Fn::ImportValue` reads.

Names are compared as far as they are known. `${AWS::StackName}-KeyArn` is what `network-KeyArn` and `${Network}-KeyArn`
may name; it is taken for what is imported where it is the only export of the scan that can be.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-importvalue.html
"""

from __future__ import annotations

from enclint.frontends.cloudformation.conditions import choose
from enclint.frontends.cloudformation.node import calls_of, member
from enclint.frontends.cloudformation.text import as_text
from enclint.lean_typing import TYPE_CHECKING, NamedTuple
from enclint.model.value import Choice, Known, Partial, assume

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from enclint.frontends.cloudformation.stack import Stack
    from enclint.model.value import Value


class Export(NamedTuple):
    """An output that a stack exports under a name, which may be a Choice or known in part."""

    name: Value
    stack: Stack
    output: str

    def value(self, name: Value) -> Value:
        """The output's value where the export has the name that is imported."""
        value = self.stack.output(self.output)
        own = self.name
        while isinstance(own, Choice):
            fitting = [(case, branch) for case, branch in own.branches if _may_be(branch, name)]
            if len(fitting) != 1:
                break
            [(case, branch)] = fitting
            value = assume(value, own.subject, case)
            own = branch
        return value


def exports_of(stacks: Iterable[Stack]) -> list[Export]:
    """What stacks export."""
    found: list[Export] = []
    for stack in stacks:
        if "Export" not in stack.template.source.text:
            continue
        for output, node in stack.outputs().members.items():
            name = member(node, "Export", "Name")
            if name is not None and not _is_false(stack.output_exists(output)):
                found.append(Export(stack.evaluate(name), stack, output))
    return found


def imported_names(stacks: Iterable[Stack]) -> Iterator[Value]:
    """The names of exports that stacks import, in each case."""
    for stack in stacks:
        if "ImportValue" in stack.template.source.text:
            for argument in calls_of("Fn::ImportValue", stack.template.root):
                yield from _cases(stack.evaluate(argument))


def matching(name: Value, exports: Iterable[Export]) -> list[Export]:
    """The exports that have a name; where none has it for certain, those that may have it."""
    candidates = [each for each in exports if _may_be(each.name, name)]
    certain = [each for each in candidates if any(_is_same(own, name) for own in _cases(each.name))]
    return certain or candidates


def stacks_of(exports: Iterable[Export]) -> list[Stack]:
    """The stacks that exports belong to, each once."""
    return list({id(export.stack): export.stack for export in exports}.values())


def value_of(exports: Sequence[Export], name: Value) -> Value:
    """What is imported from exports of one name in one stack, of which conditions leave one."""
    first, *others = exports
    if not others:
        return first.value(name)
    exists = first.stack.output_exists(first.output)
    return choose(exists, lambda: first.value(name), lambda: value_of(others, name))


def _cases(value: Value) -> Iterator[Value]:
    if isinstance(value, Choice):
        for _, branch in value.branches:
            yield from _cases(branch)
    else:
        yield value


def _is_false(condition: Value) -> bool:
    return isinstance(condition, Known) and condition.data is False


def _is_same(own: Value, name: Value) -> bool:
    return isinstance(own, Known) and isinstance(name, Known) and own.data == name.data


def _may_be(own: Value, name: Value) -> bool:
    """Whether a name in the scan may be the name that is imported, by what is known of both. Something must be."""
    if isinstance(own, Choice):
        return any(_may_be(branch, name) for _, branch in own.branches)
    ends, other_ends = _known_ends(own), _known_ends(name)
    if ends is None or other_ends is None:
        return False
    if isinstance(own, Known) and isinstance(name, Known):
        return bool(own.data == name.data)
    (begin, end), (other_begin, other_end) = ends, other_ends
    if isinstance(own, Known) or isinstance(name, Known):
        whole, begin, end = (begin, other_begin, other_end) if isinstance(own, Known) else (other_begin, begin, end)
        return len(whole) > len(begin) + len(end) > 0 and whole.startswith(begin) and whole.endswith(end)
    begins = begin.startswith(other_begin) or other_begin.startswith(begin)
    fits = begins and (end.endswith(other_end) or other_end.endswith(end))
    return fits and bool((begin and other_begin) or (end and other_end))


def _known_ends(name: Value) -> tuple[str, str] | None:
    """What a name begins and ends with for certain; None where nothing of it is known."""
    if isinstance(name, Known):
        text = as_text(name.data)
        return (text, text) if text is not None else None
    if not isinstance(name, Partial):
        return None
    first, last = name.parts[0], name.parts[-1]
    return (
        str(first.data) if isinstance(first, Known) else "",
        str(last.data) if isinstance(last, Known) else "",
    )
