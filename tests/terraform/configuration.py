"""Small configurations on disk, and what becomes of them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from enclint.frontends.terraform.loader import ModuleLoader
from enclint.frontends.terraform.project import Settings, load_project, open_root
from enclint.frontends.terraform.resolve import report
from enclint.model.value import Absent, Choice, Encoded, Known, Partial, Reference, Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from enclint.frontends.terraform.tree import ModuleInstance
    from enclint.model.resource import Project, ProviderResource


def write(folder: Path, files: Mapping[str, str]) -> str:
    """Puts files into a folder; gives the folder's path."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return str(folder)


def project(
    folder: Path,
    files: Mapping[str, str] | str,
    settings: Settings = Settings(),  # noqa: B008
    wanted_types: frozenset[str] | None = None,
) -> Project:
    """The project of a root module; a text alone is its `main.tf`."""
    path = write(folder, {"main.tf": files} if isinstance(files, str) else files)
    return load_project(path, ModuleLoader(path), settings, wanted_types)


def root(folder: Path, files: Mapping[str, str] | str, settings: Settings = Settings()) -> ModuleInstance:  # noqa: B008
    """The root module instance."""
    path = write(folder, {"main.tf": files} if isinstance(files, str) else files)
    return open_root(path, ModuleLoader(path), settings)


def resolved(folder: Path, files: Mapping[str, str] | str, settings: Settings = Settings()) -> dict[str, Any]:  # noqa: B008
    """What `enclint resolve --format json` says of a root module, with paths as from within it."""
    path = write(folder, {"main.tf": files} if isinstance(files, str) else files)
    before = os.getcwd()
    os.chdir(path)
    try:
        return report(".", ModuleLoader(path), settings, show_sensitive=True)
    finally:
        os.chdir(before)


def by_address(given: Project) -> dict[str, ProviderResource]:
    """The resources by their addresses."""
    return {resource.address: resource for resource in given.resources}


def plain(value: Value) -> Any:
    """A value as data that is easily compared: unknowns as words, choices as mappings of cases."""
    if isinstance(value, Known):
        if isinstance(value.data, dict):
            return {name: plain(part) for name, part in value.data.items()}
        return [plain(part) for part in value.data] if isinstance(value.data, list) else value.data
    if isinstance(value, Choice):
        return {(value.subject.key, case): plain(branch) for case, branch in value.branches}
    if isinstance(value, Reference):
        return f"-> {value.target}.{value.attribute}"
    if isinstance(value, Partial):
        return ["text", *[plain(part) for part in value.parts]]
    if isinstance(value, Encoded):
        return [value.codec, plain(value.value)]
    if isinstance(value, Unknown):
        return f"? {value.reason}"
    assert isinstance(value, Absent)
    return "absent"
