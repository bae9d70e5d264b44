"""Kinds and their properties, as the vocabulary describes them, compiled.

A kind is an AWS thing as a security engineer names it (`ebs_volume`); its properties are what one can ask of it. How
a provider's resource makes one is the business of `carriers`.
"""

from __future__ import annotations

import re

from enclint.lean_typing import TYPE_CHECKING, Any, Final, NamedTuple
from enclint.model.conditions import compile_condition
from enclint.model.value import Known

if TYPE_CHECKING:
    from datetime import date

    from enclint.model.conditions import Condition
    from enclint.model.value import Value
    from enclint.model.vocabulary import Vocabulary
    from enclint.source import Span

TYPES: Final = (
    "boolean",
    "number",
    "string",
    "list",
    "map",
    "tags",
    "text",
    "key",
    "tls_policy",
    "certificate",
    "policy_document",
    "reference",
    "references",
)
KEY_KIND: Final = "kms_key"
"""The kind that a property of the type `key` refers to."""
LINKS: Final = ("provider", "contained", "owner")


class FormError(ValueError):
    """A vocabulary or policy that makes no sense: names that nothing has. The message says which."""


class ByDefault(Known):
    """A value that nobody wrote: AWS's default. `source`: the address of the AWS page that says so."""

    __slots__ = ("source",)

    def __init__(self, data: Any, span: Span | None, source: str) -> None:
        super().__init__(data, span)
        self.source = source


class PropertyPath(NamedTuple):
    """A property, perhaps of a resource that others lead to, perhaps one entry of a map.

    `load_balancer.type` has the relation `load_balancer`, the name `type`; `parameters[rds.force_ssl]` the entry.
    """

    text: str
    relations: tuple[str, ...]
    name: str
    entry: str | None


_PATH: Final = re.compile(r"(?P<names>[a-z0-9_]+(?:\.[a-z0-9_]+)*)(?:\[(?P<entry>[^\]]+)\])?\Z")


def compile_property_path(text: str) -> PropertyPath:
    """The path that a text means. Raises FormError."""
    match = _PATH.match(text)
    if match is None:
        raise FormError(f'"{text}" is no path of properties')
    *relations, name = match["names"].split(".")
    return PropertyPath(text, tuple(relations), name, match["entry"])


class Default:
    """One entry of `when_absent`: what AWS does when nothing is written, and when it does so."""

    __slots__ = ("_condition", "_condition_data", "created_since", "data", "same_as", "source", "unknown")

    def __init__(self, data: dict[str, Any], source: str) -> None:
        from enclint.model.keys import Owner

        self.same_as = compile_property_path(data["same_as"]) if "same_as" in data else None
        self.unknown: str | None = data.get("unknown")
        self.data: Any = Owner(data["owner"]) if "owner" in data else _plain_value(data.get("value"))
        since = data.get("created_since")
        self.created_since = _day(since) if since is not None else None
        self.source: str = data.get("source", source)
        self._condition_data: dict[str, Any] | None = data.get("if")
        self._condition: Condition | None = None

    def condition(self, kind: Kind) -> Condition | None:
        """The condition under which the entry applies; compiled when it is first asked for."""
        if self._condition_data is not None and self._condition is None:
            self._condition = compile_condition(self._condition_data, kind)
        return self._condition


def _day(text: object) -> date:
    from datetime import date

    return date.fromisoformat(str(text))


def _plain_value(data: Any) -> Any:
    return [Known(item) for item in data] if isinstance(data, list) else data


def compile_defaults(data: Any, source: str) -> tuple[Default, ...]:
    """The entries of `when_absent`: a list of them, one, or none."""
    if data is None:
        return ()
    return tuple(Default(entry, source) for entry in (data if isinstance(data, list) else [data]))


class Property:
    """What one can ask of a kind, as the words of its `type` say (see docs/policy-form.md)."""

    __slots__ = (
        "by",
        "defaults",
        "family",
        "folds_case",
        "forced_by",
        "is_many",
        "is_relation",
        "link",
        "mentioned_in",
        "name",
        "one_of",
        "source",
        "to",
        "type",
    )

    def __init__(self, name: str, data: dict[str, Any]) -> None:
        self.name = name
        self.type: str = data["type"]
        self.to: str | None = KEY_KIND if self.type == "key" else data.get("to")
        self.by: str | None = data.get("by")
        self.link: str | None = data.get("link")
        self.mentioned_in: str | None = data.get("mentioned_in")
        self.family: str | None = data.get("family")
        self.folds_case: bool = data.get("case") == "insensitive"
        self.one_of: tuple[Any, ...] = tuple(data.get("one_of", ()))
        self.source: str = data.get("source", "")
        self.defaults = compile_defaults(data.get("when_absent"), self.source)
        self.forced_by = compile_property_path(data["forced_by"]) if "forced_by" in data else None
        self.is_relation = self.type in ("reference", "references")
        self.is_many = self.type == "references"

    def __repr__(self) -> str:
        return f"Property({self.name}: {self.type})"

    @property
    def is_found_elsewhere(self) -> bool:
        """A relation that no carrier writes down: found from the other side, by provider, by place or in a text."""
        return self.by is not None or self.link is not None or self.mentioned_in is not None


class Kind:
    """An AWS thing. `identified_by`: the properties whose text others may refer to it by."""

    __slots__ = ("identified_by", "name", "properties", "service", "title", "vocabulary")

    def __init__(self, name: str, data: dict[str, Any], vocabulary: Vocabulary) -> None:
        self.name = name
        self.title: str = data["title"]
        self.service: str = data.get("service", "")
        self.identified_by: tuple[str, ...] = tuple(data.get("identified_by", ()))
        self.vocabulary = vocabulary
        self.properties = {key: Property(key, value) for key, value in data.get("properties", {}).items()}

    def __repr__(self) -> str:
        return f"Kind({self.name})"

    def property(self, name: str) -> Property:
        """The property of a name. Raises FormError."""
        found = self.properties.get(name)
        if found is None:
            raise FormError(f'kind {self.name} has no property "{name}"')
        return found

    def related(self, relation: str) -> Kind:
        """The kind that a relation leads to. Raises FormError."""
        target = self.property(relation).to
        if target is None:
            raise FormError(f'"{relation}" of kind {self.name} leads to nothing')
        return self.vocabulary.kind(target)

    def at(self, path: PropertyPath) -> tuple[Kind, Property]:
        """The kind and the property that a path ends in. Raises FormError."""
        kind = self
        for relation in path.relations:
            kind = kind.related(relation)
        return kind, kind.property(path.name)


class Absence(NamedTuple):
    """What a reader gets who asks a property for its default: nothing applies."""

    value: Value
