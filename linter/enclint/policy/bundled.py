"""The catalog of policies that ships with the tool: a compact index in the wheel, the YAML files in a checkout."""

from __future__ import annotations

import os

from enclint.lean_typing import TYPE_CHECKING, Any, Final
from enclint.model.vocabulary import Vocabulary
from enclint.policy.form import Policy
from enclint.policy.index import Data, read_index, read_through_cache
from enclint.policy.yaml_folder import read_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

INDEX_NAME: Final = "policies.index"
"""The compiled index beside this package; `hatch_build.py` writes it into the wheel."""


class Catalog:
    """A vocabulary and policies over it, by id."""

    def __init__(self, kinds: Mapping[str, Any], policies: Iterable[Mapping[str, Any]]) -> None:
        self.vocabulary = Vocabulary(kinds)
        self.policies = tuple(Policy(data, self.vocabulary) for data in policies)
        self._by_name = {name: policy for policy in self.policies for name in (*policy.aliases, policy.id)}

    def get(self, name: str) -> Policy | None:
        """The policy of an id or alias."""
        return self._by_name.get(name)

    @property
    def names(self) -> tuple[str, ...]:
        """All ids and aliases."""
        return tuple(self._by_name)

    def extended(self, kinds: Mapping[str, Any], policies: Iterable[Mapping[str, Any]]) -> Catalog:
        """The catalog with a user's kinds and policies; a policy of an id that is there replaces it."""
        merged = {policy.id: policy.data for policy in self.policies}
        merged.update((data["id"], data) for data in policies)
        catalog = Catalog({}, ())
        catalog.vocabulary = self.vocabulary.extended(kinds)
        catalog.policies = tuple(Policy(merged[id], catalog.vocabulary) for id in sorted(merged))
        catalog._by_name = {name: policy for policy in catalog.policies for name in (*policy.aliases, policy.id)}
        return catalog


def load(cache: str | None = None) -> Catalog:
    """The shipped catalog. `cache`: a private folder where an index of a checkout's files may be kept."""
    return Catalog(*read_data(cache))


def read_data(cache: str | None = None) -> Data:
    """The kinds by name and the policies by id, as plain data: from the index where there is one."""
    index = os.path.join(os.path.dirname(os.path.dirname(__file__)), INDEX_NAME)
    if os.path.isfile(index):
        return read_index(index)
    return read_folder(folder()) if cache is None else read_through_cache(folder(), cache)


def folder() -> str:
    """Where the YAML files are: in the installed package, or at the top of a checkout."""
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    installed = os.path.join(package, "policies")
    return installed if os.path.isdir(installed) else os.path.join(package, "..", "..", "policies")
