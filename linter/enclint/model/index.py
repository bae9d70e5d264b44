"""The model of a project: its resources by kind, and who refers to whom. Everything is made when somebody asks.

No look-up walks over all resources: ten thousand buckets with ten thousand companions are as many look-ups in an index.
"""

from __future__ import annotations

from time import strftime

from enclint.lean_typing import TYPE_CHECKING, Final
from enclint.model.names import (
    Names,
    base_of,
    canonical,
    leaves_of_choice,
    links_of,
    may_be_text,
    name_at_the_end_of,
    tails_of,
)
from enclint.model.paths import elements, get
from enclint.model.resources import Resource, Targets
from enclint.model.scenario import NOTHING_ASSUMED, Constraints, Scenario, Undecided
from enclint.model.value import Absent, Known, Partial, Reference, Unknown, Value, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from enclint.model.carriers import Carrier
    from enclint.model.resource import Project, ProviderResource
    from enclint.model.vocabulary import Vocabulary

_MAX_HOPS: Final = 8
_MAX_POSSIBLE: Final = 8
"""So many resources whose link is not known are looked at one by one; of more only the first reason is told."""
_MAX_UNCLAIMED: Final = 64
"""Links by names that nothing in the code has, each of which is held against a resource whose name is not known."""


class Model:
    """A project seen through a vocabulary.

    `created_since`: the day since when all its resources were created. `today`: the day, such as "2026-02-18", on which
    it is judged.
    """

    def __init__(
        self, project: Project, vocabulary: Vocabulary, created_since: date | None = None, today: str = ""
    ) -> None:
        self.project = project
        self.vocabulary = vocabulary
        self.created_since = created_since
        self.today = today or strftime("%Y-%m-%d")
        self.under_way: set[tuple[int, str]] = set()
        """Properties that are being read: one that is met again hangs on itself."""
        self._by_type: dict[tuple[str, str], list[ProviderResource]] = {}
        self._by_base: dict[str, list[str]] = {}
        for resource in project.resources:
            self._by_type.setdefault((resource.mode, resource.type), []).append(resource)
        self.scenario = Scenario()
        """The one that assumes nothing, from which judging starts."""
        self.constraints = Constraints(project.constraints)
        """What excludes scenarios."""
        self._types = {f"data.{type}" if mode == "data" else type for mode, type in self._by_type}
        self._of_kind: dict[str, list[Resource]] = {}
        self._entities: dict[str, dict[str, Resource]] = {}
        self._stand_ins: dict[str, StandIns] = {}
        self._names: dict[str, Names] = {}
        self._contained: dict[str, dict[str, list[Resource]]] = {}
        self._by_provider: dict[str, dict[str, list[Resource]]] = {}
        self._referrers: dict[tuple[str, str], _Referrers] = {}

    # Resources by kind

    def of_kind(self, name: str) -> list[Resource]:
        """All resources of a kind, in the order of the carriers and of the code."""
        found = self._of_kind.get(name)
        if found is None:
            found = self._of_kind[name] = []
            for carrier in self.vocabulary.carriers(name, self._types):
                if carrier.stands_for is None:
                    for source in self._by_type.get((carrier.mode, carrier.type), ()):
                        found.extend(self._made(name, carrier, source))
        return found

    def _made(self, kind_name: str, carrier: Carrier, source: ProviderResource) -> Iterator[Resource]:
        kind = self.vocabulary.kind(kind_name)
        if not carrier.each:
            yield Resource(kind, carrier, source, self, label=carrier.implicit or "")
            return
        for path in carrier.each:
            for element in elements(source, path):
                label = _label(source, carrier, element.value) or element.position
                yield Resource(kind, carrier, source, self, element.value, element.exists, label)

    def entity(self, kind_name: str, key: str) -> Resource | None:
        """The resource of a kind that a provider resource is."""
        entities = self._entities.get(kind_name)
        if entities is None:
            entities = {each.source.key: each for each in self.of_kind(kind_name) if each.carrier.is_entity}
            self._entities[kind_name] = entities
        return entities.get(key)

    def stand_in(self, kind_name: str, key: str) -> Value | None:
        """What a provider resource refers to that stands for one of a kind; None where it stands for nothing."""
        return self.stand_ins(kind_name).links.get(key)

    def stand_ins(self, kind_name: str) -> StandIns:
        """The provider resources that stand for resources of a kind."""
        stand_ins = self._stand_ins.get(kind_name)
        if stand_ins is None:
            stand_ins = self._stand_ins[kind_name] = StandIns(
                (source, str(carrier.stands_for.steps[0]))
                for carrier in self.vocabulary.carriers(kind_name, self._types)
                if carrier.stands_for is not None
                for source in self._by_type.get((carrier.mode, carrier.type), ())
            )
        return stand_ins

    # From a value to what it refers to

    def find(self, kind_name: str, value: Value, scenario: Scenario, hops: int = 0) -> Targets:
        """The resources of a kind that a value refers to: by reference, or by a name that it is known under."""
        value = scenario.resolve(value)
        if isinstance(value, Absent) or kind_name not in self.vocabulary:
            return Targets((), value)
        if isinstance(value, Reference):
            return self._find_by_reference(kind_name, value, scenario, hops)
        found = self._names_of(kind_name).find(value, scenario)
        if found:
            return _existing(found, value, scenario)
        if isinstance(value, Partial):
            for piece in value.parts:
                targets = self.find(kind_name, piece, scenario, hops) if isinstance(piece, Reference) else None
                if targets is not None and targets.resources:
                    return targets._replace(value=value)
        if isinstance(value, Known):
            title = self.vocabulary.kind(kind_name).title
            return Targets((), value, unknown=f"the {title} {shown(value)} is not in the code", is_outside=True)
        return Targets((), value, unknown=value.reason if isinstance(value, Unknown) else "it is not known")

    def _find_by_reference(self, kind_name: str, value: Reference, scenario: Scenario, hops: int) -> Targets:
        keys = [value.target] if not value.any_instance else self._instances(value.target)
        found = [each for each in (self.entity(kind_name, key) for key in keys) if each is not None]
        if len(found) == 1:
            return _existing(found, value, scenario)
        if found:
            reason = f"it is not known which instance of `{value.target}` it is"
            return Targets((), value, tuple((each, reason) for each in found[:_MAX_POSSIBLE]), reason)
        further = self.stand_in(kind_name, value.target) if hops < _MAX_HOPS else None
        if further is not None:
            targets = self.find(kind_name, further, scenario, hops + 1)
            return targets._replace(value=value)
        return Targets((), value, unknown=value.reason, is_outside=True)

    def _instances(self, base: str) -> list[str]:
        """The keys of all instances of a resource with `count` or `for_each`."""
        if not self._by_base:
            for resource in self.project.resources:
                self._by_base.setdefault(base_of(resource.key), []).append(resource.key)
        return self._by_base.get(base, [])

    def _names_of(self, kind_name: str) -> Names:
        names = self._names.get(kind_name)
        if names is None:
            names = self._names[kind_name] = Names(self.of_kind(kind_name))
        return names

    # From a resource to what refers to it

    def referring(self, kind_name: str, by: str, target: Resource, scenario: Scenario) -> Targets:
        """The resources of a kind whose property `by` refers to a resource."""
        referrers = self._referrers.get((kind_name, by))
        if referrers is None:
            names = self._names_of(target.kind.name)
            referrers = self._referrers[(kind_name, by)] = _Referrers(self.of_kind(kind_name), by, names)
        certain: list[Resource] = []
        possible: list[tuple[Resource, str]] = []
        unknown: str | None = None
        for each in referrers.candidates(target, scenario):
            if len(possible) >= _MAX_POSSIBLE:
                unknown = possible[0][1]
                break
            refers = self.refers(each.read(by, scenario), target, scenario)
            if refers is False:
                continue
            here = each.is_here(scenario)
            if here is True and refers is True:
                certain.append(each)
            elif here is not False:
                possible.append((each, refers if isinstance(refers, str) else str(here)))
        if unknown is None and not certain and referrers.passed_over(target, scenario):
            unknown = "it may be meant by one of many names that nothing else in the code has"
        if not certain:
            unknown = unknown or self.project.unseen or None
        return Targets(tuple(certain), certain[0].place if certain else target.place, tuple(possible), unknown)

    def refers(self, link: Value, target: Resource, scenario: Scenario, hops: int = 0) -> bool | str:
        """Whether a value refers to a resource; why that is not known."""
        link = scenario.resolve(link)
        if isinstance(link, Known) and link.data.__class__ is list:
            answers = [self.refers(item, target, scenario, hops) for item in link.data]
            return True if True in answers else next((each for each in answers if each is not False), False)
        if isinstance(link, Reference):
            return self._reference_refers(link, target, scenario, hops)
        if isinstance(link, Absent):
            return False
        if isinstance(link, Partial):
            pieces = [piece for piece in link.parts if isinstance(piece, Reference)]
            if any(self._reference_refers(piece, target, scenario, hops) is True for piece in pieces):
                return True
            if any(self.entity(target.kind.name, piece.target) is not None for piece in pieces):
                return False
        answer = may_be_text(link, target, scenario)
        return False if isinstance(answer, str) and self._names_another(link, target, scenario) else answer

    def _names_another(self, link: Value, target: Resource, scenario: Scenario) -> bool:
        """Whether a text certainly names another resource of a kind: then it does not name this one besides."""
        return any(
            each is not target
            and each.source.provider.key == target.source.provider.key
            and each.is_here(scenario) is True
            for each in self._names_of(target.kind.name).find(link, scenario)
        )

    def _reference_refers(self, link: Reference, target: Resource, scenario: Scenario, hops: int) -> bool | str:
        if link.target == target.source.key:
            return True
        if link.any_instance and base_of(target.source.key) == link.target:
            if len(self._instances(link.target)) == 1:
                return True
            return f"it is not known which instance of `{link.target}` it is"
        further = self.stand_in(target.kind.name, link.target) if hops < _MAX_HOPS else None
        return self.refers(further, target, scenario, hops + 1) if further is not None else False

    # By place

    def of_provider(self, kind_name: str, resource: Resource, scenario: Scenario) -> Targets:
        """The resources of a kind that the same provider configuration serves: same account, same Region."""
        index = self._by_provider.get(kind_name)
        if index is None:
            index = self._by_provider[kind_name] = {}
            for each in self.of_kind(kind_name):
                index.setdefault(each.source.provider.key, []).append(each)
        return _existing(index.get(resource.source.provider.key, ()), resource.place, scenario)

    def contained(self, kind_name: str, resource: Resource, scenario: Scenario) -> Targets:
        """The resources of a kind that are written in the same provider resource."""
        index = self._contained.get(kind_name)
        if index is None:
            index = self._contained[kind_name] = {}
            for each in self.of_kind(kind_name):
                index.setdefault(each.source.key, []).append(each)
        return _existing(index.get(resource.source.key, ()), resource.place, scenario)

    def owner(self, kind_name: str, resource: Resource, scenario: Scenario) -> Targets:
        """The resource of a kind that the provider resource is in which another is written."""
        found = self.entity(kind_name, resource.source.key)
        return _existing((found,) if found is not None else (), resource.place, scenario)

    # Time

    def is_created_since(self, source: ProviderResource, day: date) -> bool | str:
        """Whether a resource was created on a day or later; why that is not known."""
        if source.created is True or (self.created_since is not None and self.created_since >= day):
            return True
        if source.created is False:
            return f"AWS does so for what was created since {day}; this exists already"
        return f"AWS does so for what was created since {day}, and `created_since` does not say that this was"


def _existing(candidates: Iterable[Resource], value: Value, scenario: Scenario) -> Targets:
    """The candidates that exist in a scenario; those of which that is not known are possible."""
    certain: list[Resource] = []
    possible: list[tuple[Resource, str]] = []
    for each in candidates:
        here = each.is_here(scenario)
        if here is True:
            certain.append(each)
        elif here is not False:
            possible.append((each, here))
    return Targets(tuple(certain), value, tuple(possible))


def _label(source: ProviderResource, carrier: Carrier, element: Value) -> str | None:
    """The name of an element, if it has one for certain."""
    if carrier.label is None:
        return None
    try:
        value = get(source, element, carrier.label, NOTHING_ASSUMED)
    except Undecided:
        return None
    return str(value.data) if isinstance(value, Known) and isinstance(value.data, (str, int)) else None


class StandIns:
    """Provider resources that stand for others: an alias for its key, a validation for its certificate.

    `links`: what each refers to, by its key. `by_target`: the keys of those that may refer to a resource, by its key.
    """

    def __init__(self, found: Iterable[tuple[ProviderResource, str]]) -> None:
        self.links: dict[str, Value] = {}
        self.by_target: dict[str, list[str]] = {}
        for source, argument in found:
            value = self.links[source.key] = source.argument(argument)
            for leaf in leaves_of_choice(value):
                if isinstance(leaf, Reference):
                    self.by_target.setdefault(leaf.target, []).append(source.key)


class _Referrers:
    """The resources of a kind by what one of their properties refers to."""

    def __init__(self, resources: Iterable[Resource], by: str, names: Names) -> None:
        self._names = names
        self._by_key: dict[str, list[Resource]] = {}
        self._by_text: dict[object, list[Resource]] = {}
        self._unclaimed: list[Resource] = []
        """Those whose link is a known text, by which nothing that is certainly here is called."""
        self._loose: list[Resource] = []
        """Those whose link is not known, or hangs on conditions that cannot be listed."""
        for resource in resources:
            for link in links_of(resource, by):
                self._add(resource, link)

    def _add(self, resource: Resource, link: Value | None) -> None:
        if isinstance(link, Known) and link.data.__class__ is list:
            for item in link.data:
                for case in leaves_of_choice(item):
                    self._add(resource, case)
            return
        references = [link] if isinstance(link, Reference) else []
        if isinstance(link, Partial):
            references = [piece for piece in link.parts if isinstance(piece, Reference)]
        for reference in references:
            self._by_key.setdefault(reference.target, []).append(resource)
        text = canonical(link) if link is not None else None
        if isinstance(text, str) and link is not None and not self._is_claimed(link):
            self._unclaimed.append(resource)
        for each in () if text is None else tails_of(text) if isinstance(text, str) else (text,):
            self._by_text.setdefault(each, []).append(resource)
        name = name_at_the_end_of(link) if link is not None else None
        if name is not None:
            self._by_text.setdefault(name, []).append(resource)
        if link is None or (isinstance(link, Unknown) and not references):
            self._loose.append(resource)

    def _is_claimed(self, link: Value) -> bool:
        try:
            return any(each.is_here(NOTHING_ASSUMED) is True for each in self._names.find(link, NOTHING_ASSUMED))
        except Undecided:
            return False

    def passed_over(self, target: Resource, scenario: Scenario) -> bool:
        """Whether there are more links that may mean a resource than `candidates` gives."""
        return len(self._unclaimed) > _MAX_UNCLAIMED and _has_undecided_name(target, scenario)

    def candidates(self, target: Resource, scenario: Scenario) -> Iterator[Resource]:
        """Those that may refer to a resource, the likeliest first, each once."""
        seen: set[int] = set()
        for group in self._groups(target, scenario):
            for resource in group:
                if id(resource) not in seen:
                    seen.add(id(resource))
                    yield resource

    def _groups(self, target: Resource, scenario: Scenario) -> Iterator[Iterable[Resource]]:
        key = target.source.key
        yield self._by_key.get(key, ())
        base = base_of(key)
        if base != key:
            yield self._by_key.get(base, ())
        for text in names_as_texts(target, scenario):
            yield self._by_text.get(text, ())
        if self._unclaimed and _has_undecided_name(target, scenario):
            yield self._unclaimed[:_MAX_UNCLAIMED]
        yield from self._stand_in_groups(target)
        yield self._loose

    def _stand_in_groups(self, target: Resource) -> Iterator[Iterable[Resource]]:
        """Those that refer to what stands for a resource."""
        for stand_in in target.model.stand_ins(target.kind.name).by_target.get(target.source.key, ()):
            yield self._by_key.get(stand_in, ())


def names_as_texts(target: Resource, scenario: Scenario) -> Iterator[object]:
    """The texts, in comparable form, by which a resource may be referred to."""
    for name in target.kind.identified_by:
        text = canonical(target.read(name, scenario))
        if text is not None:
            yield text


def _has_undecided_name(target: Resource, scenario: Scenario) -> bool:
    return any(isinstance(target.read(name, scenario), Unknown) for name in target.kind.identified_by)
