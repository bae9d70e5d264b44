"""The vocabulary: the kinds of the common model, and the carriers of each in either dialect.

It is made of plain data (what `policies/vocabulary/*.yaml` hold) and compiles a kind when somebody asks for it.
"""

from __future__ import annotations

from enclint.lean_typing import TYPE_CHECKING, Any, Final
from enclint.model.carriers import Carrier
from enclint.model.kinds import FormError, Kind
from enclint.nearest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping

DIALECTS: Final = ("terraform", "cloudformation")


class Vocabulary:
    """Kinds by name, compiled on demand."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._data = data
        self._kinds: dict[str, Kind] = {}
        self._carriers: dict[tuple[str, str], tuple[Carrier, ...]] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        return Vocabulary, (self._data,)  # each process compiles what it needs

    def __contains__(self, name: str) -> bool:
        return name in self._data

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all kinds."""
        return tuple(self._data)

    def extended(self, data: Mapping[str, Any]) -> Vocabulary:
        """The vocabulary with further kinds, and further carriers of kinds that it has."""
        merged = dict(self._data)
        for name, kind in data.items():
            merged[name] = _merged(merged[name], kind) if name in merged else kind
        return Vocabulary(merged)

    def kind(self, name: str) -> Kind:
        """The kind of a name. Raises FormError."""
        kind = self._kinds.get(name)
        if kind is None:
            data = self._data.get(name)
            if data is None:
                raise FormError(f'there is no kind "{name}"{did_you_mean(name, self._data)}')
            kind = self._kinds[name] = Kind(name, data, self)
        return kind

    def carriers(self, kind_name: str, among: Container[str] | None = None) -> tuple[Carrier, ...]:
        """The carriers of a kind, in either dialect: all, or those of some provider types (`data.…`: of data sources).

        A project has few of the types that there are, so that most carriers are never compiled.
        """
        found: list[Carrier] = []
        for dialect in DIALECTS:
            by_type: dict[str, Any] = self._data.get(kind_name, {}).get(dialect) or {}
            for type in by_type:
                if among is None or type in among:
                    found += self._carriers_of_type(kind_name, type, by_type)
        return tuple(found)

    def _carriers_of_type(self, kind_name: str, type: str, by_type: Mapping[str, Any]) -> tuple[Carrier, ...]:
        carriers = self._carriers.get((kind_name, type))
        if carriers is None:
            carriers = self._carriers[(kind_name, type)] = tuple(
                Carrier(kind_name, type, full)
                for each in _as_list(by_type[type])
                for full in _with_likeness(each, by_type)
            )
        return carriers

    def related_kinds(self, names: Iterable[str]) -> frozenset[str]:
        """Some kinds and all that their relations lead to, over however many steps."""
        found: set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name in found or name not in self._data:
                continue
            found.add(name)
            for property in self._data[name].get("properties", {}).values():
                waiting.extend(ALWAYS_WITH.get(property["type"], ()))
                if "to" in property:
                    waiting.append(property["to"])
        return frozenset(found)

    def provider_types(self, names: Iterable[str]) -> frozenset[str]:
        """The provider types (of resources and data sources alike) that carry one of some kinds."""
        return frozenset(
            type.removeprefix("data.")
            for name in names
            for dialect in DIALECTS
            for type in self._data.get(name, {}).get(dialect) or ()
        )


ALWAYS_WITH: Final = {
    "key": ("kms_key", "kms_alias"),
    "policy_document": ("iam_policy_document",),
    "text": ("rendered_text",),
}
"""Kinds that properties of a type need: what names keys, builds documents, renders texts."""


def _as_list(data: Any) -> list[dict[str, Any]]:
    if isinstance(data, list):
        return data
    return [data or {}]


def _with_likeness(data: dict[str, Any], by_type: Mapping[str, Any], hops: int = 0) -> list[dict[str, Any]]:
    """A carrier with all that it has by being like others: one for each carrier of the other type."""
    like = data.get("like")
    if like is None:
        return [data]
    if like not in by_type or hops > len(by_type):
        raise FormError(f'there is no carrier "{like}" to be like{did_you_mean(like, by_type)}')
    own = {key: value for key, value in data.items() if key != "like"}
    return [{**full, **own} for other in _as_list(by_type[like]) for full in _with_likeness(other, by_type, hops + 1)]


def _merged(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(old)
    for key, value in new.items():
        both_map = isinstance(value, dict) and isinstance(merged.get(key), dict)
        merged[key] = {**merged[key], **value} if both_map else value
    return merged
