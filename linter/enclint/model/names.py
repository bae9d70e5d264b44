"""Names by which resources refer to each other in writing: `bucket = "example-logs"`, an ARN that ends in the name."""

from __future__ import annotations

from enclint.lean_typing import TYPE_CHECKING, Final, TypeAlias
from enclint.model.scenario import NOTHING_ASSUMED, Undecided
from enclint.model.value import Absent, Choice, Known, Partial, Reference, Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Sequence

    from enclint.model.resources import Resource
    from enclint.model.scenario import Scenario


def canonical(value: Value) -> Hashable | None:
    """Something that is equal for two texts which are certainly the same; None where nothing can be said."""
    if isinstance(value, Known):
        return value.data if isinstance(value.data, str) else None
    if isinstance(value, Partial):
        parts = [canonical(part) for part in value.parts]
        return None if None in parts else tuple(parts)
    if isinstance(value, Unknown) and value.identity is not None:
        return (value.identity,)
    return None


def base_of(key: str) -> str:
    """A resource's key without that of its instance: `aws_s3_bucket.b` of `aws_s3_bucket.b["two"]`."""
    if not key.endswith("]"):
        return key
    start = key.rfind('["') if key.endswith('"]') else key.rfind("[")
    return key[:start] if start > 0 else key


_ADDRESSES: Final = ("arn:", "https://")
"""What ends in a name: ARNs, and the URLs of queues."""


def tails_of(text: str) -> tuple[str, ...]:
    """A name as it may be written: itself, or what an ARN or a URL ends in."""
    if not text.startswith(_ADDRESSES):
        return (text,)
    last = text.rpartition(":")[2]
    return (text, last, last.rpartition("/")[2])


class Names:
    """The resources of a kind by the texts that identify them."""

    def __init__(self, resources: Iterable[Resource]) -> None:
        self._by_text: dict[Hashable, list[Resource]] = {}
        self._undecided: list[tuple[Resource, str]] = []
        for resource in resources:
            for name in resource.kind.identified_by:
                self._add(resource, name)

    def _add(self, resource: Resource, name: str) -> None:
        try:
            text = canonical(resource.read(name, NOTHING_ASSUMED))
        except Undecided:
            self._undecided.append((resource, name))
            return
        if text is not None:
            self._by_text.setdefault(text, []).append(resource)

    def find(self, value: Value, scenario: Scenario) -> list[Resource]:
        """Those that a text names for certain."""
        text = canonical(value)
        if text is None:
            return []
        texts = tails_of(text) if isinstance(text, str) else (text,)
        for each in texts:
            found = self._by_text.get(each)
            if found:
                return found
        return [resource for resource, name in self._undecided if canonical(resource.read(name, scenario)) in texts]


def may_be_text(link: Value, target: Resource, scenario: Scenario) -> bool | str:
    """Whether a text that is no reference names a resource; why that is not known."""
    text = canonical(link)
    texts = tails_of(text) if isinstance(text, str) else (text,)
    reason = link.reason if isinstance(link, Unknown) else None
    names = [target.read(name, scenario) for name in target.kind.identified_by]
    if name_at_the_end_of(link) is not None and all(isinstance(own, Absent) for own in names):
        return False  # it has a name that nobody wrote, and the link one that somebody did
    for own in names:
        if text is not None and canonical(own) in texts:
            return True
        if isinstance(own, Known) and isinstance(link, Unknown) and not _can_be(link, str(own.data)):
            return False
        if _differ(own, link):
            return False
        if isinstance(own, Unknown) and isinstance(link, Known):
            reason = own.reason
    return reason or False


def _can_be(link: Unknown, text: str) -> bool:
    """Whether what is known of a text allows it to be a name, or an ARN or a URL that ends in one."""
    if isinstance(link, Partial) and not isinstance(link, Reference):
        begins, ends = _known_ends(link)
        if begins.startswith(_ADDRESSES):
            return text in tails_of(f"arn:{ends}") if ":" in ends else text.endswith(ends.rpartition("/")[2])
        return text.startswith(begins) and text.endswith(ends)
    prefix = (link.refinement or {}).get("prefix") or ""
    return prefix.startswith(_ADDRESSES) or text.startswith(prefix)


def name_at_the_end_of(link: Value) -> str | None:
    """The name that an ARN or a URL ends in, of which other pieces are not known; None where it is not known either."""
    if not isinstance(link, Partial) or isinstance(link, Reference):
        return None
    begins, ends = _known_ends(link)
    if not begins.startswith(_ADDRESSES) or not (":" in ends or "/" in ends):
        return None
    return tails_of(f"arn:{ends}")[-1]


def _known_ends(link: Partial) -> tuple[str, str]:
    """What a text begins and ends with, as far as it is known."""
    first, last = link.parts[0], link.parts[-1]
    return str(first.data) if isinstance(first, Known) else "", str(last.data) if isinstance(last, Known) else ""


def _differ(name: Value, link: Value) -> bool:
    """Whether two texts with unknown pieces are certainly not the same, nor the second an ARN or a URL that ends so."""
    ours, theirs = _pieces(name), _pieces(link)
    if not ours or not theirs:
        return False
    if _part_ways([each[::-1] for each in reversed(ours)], [each[::-1] for each in reversed(theirs)]):
        return True
    if isinstance(theirs[0], str) and theirs[0].startswith(_ADDRESSES):
        return False
    if _part_ways(ours, theirs):
        return True
    have_same_unknowns = sorted(_identities(ours)) == sorted(_identities(theirs))
    return have_same_unknowns and _known_length(ours) != _known_length(theirs)


_Piece: TypeAlias = "str | tuple[str, ...]"
"""A known text; of an unknown one the identity, in a tuple."""


def _pieces(value: Value) -> list[_Piece]:
    """A text in its pieces; none where one of them has no identity."""
    pieces = [canonical(part) for part in (value.parts if isinstance(value, Partial) else (value,))]
    flat = all(isinstance(piece, str) or (isinstance(piece, tuple) and len(piece) == 1) for piece in pieces)
    return pieces if flat else []  # type: ignore[return-value]


def _part_ways(ours: Sequence[_Piece], theirs: Sequence[_Piece]) -> bool:
    """Whether two texts, read from where they begin, come to letters that differ before unknowns that do."""
    for one, other in zip(ours, theirs, strict=False):
        if one == other:
            continue
        if isinstance(one, str) and isinstance(other, str):
            return not one.startswith(other) and not other.startswith(one)
        return False
    return False


def _identities(pieces: Sequence[_Piece]) -> list[str]:
    return [piece[0] for piece in pieces if not isinstance(piece, str)]


def _known_length(pieces: Sequence[_Piece]) -> int:
    return sum(len(piece) for piece in pieces if isinstance(piece, str))


def links_of(resource: Resource, name: str) -> Iterator[Value | None]:
    """All values that a property may be written with, whatever the conditions; None for what cannot be listed."""
    try:
        yield resource.read(name, NOTHING_ASSUMED)
        return
    except Undecided:
        pass
    place = resource.carrier.places.get(name)
    paths = place.paths if place is not None else ()
    if len(paths) != 1 or len(paths[0].steps) != 1 or resource.element is not None:
        yield None
        return
    for value in leaves_of_choice(resource.source.argument(str(paths[0].steps[0]))):
        if not isinstance(value, Absent):
            yield value


def leaves_of_choice(value: Value) -> Iterator[Value]:
    """A value, or what it may be in each case if it is a Choice."""
    if isinstance(value, Choice):
        for _, branch in value.branches:
            yield from leaves_of_choice(branch)
    else:
        yield value
