"""The shipped policies and vocabulary as YAML files, which are read in a checkout and when a wheel is built."""

from __future__ import annotations

import os
from functools import lru_cache

from enclint.lean_typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

VOCABULARY: Final = "vocabulary"
"""The folder whose files hold kinds; all other files hold one policy each."""


def read_folder(root: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The kinds by name and the policies by id of a folder of ours, which is trusted to be well-formed.

    Plain data: maps, lists, texts, numbers, booleans and nulls, so that they are the same after JSON. Days are texts.
    """
    kinds: dict[str, Any] = {}
    policies: list[dict[str, Any]] = []
    for path in paths_below(root):
        data = read(path)
        if is_vocabulary(path):
            kinds.update(data)
        else:
            policies.append(data)
    policies.sort(key=lambda policy: policy["id"])
    return kinds, policies


def paths_below(root: str) -> Iterator[str]:
    """The paths of all YAML files below a folder, in an order that depends on nothing but their names."""
    for directory, folders, names in os.walk(root):
        folders.sort()
        for name in sorted(names):
            if name.endswith(".yaml"):
                yield os.path.join(directory, name)


def is_vocabulary(path: str) -> bool:
    """Whether a file holds kinds."""
    return os.path.basename(os.path.dirname(path)) == VOCABULARY


def read(path: str) -> Any:
    """The plain data of one file."""
    import yaml

    with open(path, encoding="utf-8") as file:
        return yaml.load(file, Loader=_loader())  # noqa: S506 (a safe loader)


@lru_cache(maxsize=1)
def _loader() -> Any:
    """The safe loader of libyaml, if it is there, without YAML's timestamps: JSON has none."""
    import yaml

    class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
        yaml_implicit_resolvers = {  # noqa: RUF012 (so it is called in PyYAML)
            first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
            for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
        }

    return Loader
