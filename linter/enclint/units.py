"""From what was found to units of work: root modules, plans, and templates that belong together.

A unit is what can be read and judged without the others, in this process or another one. It is loaded when its turn
comes, and forgotten after it.
"""

from __future__ import annotations

import os

from enclint.discover import NESTING
from enclint.lean_typing import TYPE_CHECKING, Final, NamedTuple
from enclint.paths import join
from enclint.text_file import UnreadableFileError, list_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclint.config import Config
    from enclint.discover import Found
    from enclint.frontends.terraform.loader import ModuleLoader
    from enclint.model.resource import Project
    from enclint.source import Source

SHARING: Final = ("ImportValue", "Export")
"""Words without which a template has nothing to do with others, unless another one nests it."""


class Unit(NamedTuple):
    """One piece of work. `files` and `size` (bytes) say how much it is."""

    dialect: str
    """`terraform` (`paths` is the root module's folder), `plan` or `cloudformation` (files)."""
    paths: tuple[str, ...]
    files: int
    size: int


def units_of(found: Found) -> list[Unit]:
    """The units of a run, in the order in which they are judged and reported."""
    return [*_root_modules(found), *_plans(found), *_templates(found)]


def _root_modules(found: Found) -> Iterator[Unit]:
    """The root modules; for files that were named, the roots that lead to the folders of these."""
    if not found.modules:
        return
    from enclint.frontends.terraform.call_graph import CallGraph

    graph = CallGraph([*found.modules, *found.modules_around], found.tree)
    of_named_files = [folder for folder in found.modules if not found.is_asked_for(join(folder, "x"))]
    wanted = {*found.modules, *graph.above(of_named_files)}
    for root in graph.roots(found.named_folders):
        if root in wanted:
            below = graph.below(root)
            yield Unit("terraform", (root,), len(below), sum(graph.sizes[folder] for folder in below))


def _plans(found: Found) -> Iterator[Unit]:
    for source in found.plans:
        yield Unit("plan", (source.path,), 1, len(source.text))


def _templates(found: Found) -> Iterator[Unit]:
    """Templates by themselves, and in one unit all those that may nest each other or share values."""
    nesting = [source.text for source in found.templates if any(word in source.text for word in NESTING)]
    linked: list[Source] = []
    for source in found.templates:
        name = os.path.basename(source.path)
        if any(word in source.text for word in (*NESTING, *SHARING)) or any(name in text for text in nesting):
            linked.append(source)
        else:
            yield Unit("cloudformation", (source.path,), 1, len(source.text))
    if linked:
        paths = tuple(source.path for source in linked)
        yield Unit("cloudformation", paths, len(linked), sum(len(source.text) for source in linked))


class UnitLoader:
    """Loads units. Modules that were read are kept for the next unit, up to a bound, because roots share them."""

    MAX_KEPT: Final = 8_000_000
    """Bytes of Terraform files whose syntax trees are kept."""

    def __init__(self, config: Config, found: Found, wanted_types: frozenset[str] | None) -> None:
        self._config = config
        self._tree = found.tree
        self._sources = {source.path: source for source in (*found.plans, *found.templates)}
        self._wanted_types = wanted_types
        self._modules: ModuleLoader | None = None
        self._kept = 0

    def load(self, unit: Unit) -> Iterator[Project]:
        """The projects of a unit: one for each environment that it is judged for."""
        if unit.dialect == "terraform":
            yield from self._root_module(unit)
        elif unit.dialect == "plan":
            yield self._plan(self._sources[unit.paths[0]])
        else:
            yield from self._stacks([self._sources[path] for path in unit.paths])

    def _root_module(self, unit: Unit) -> Iterator[Project]:
        from enclint.environments import offer_of_environments, terraform_settings
        from enclint.frontends.terraform.project import load_project

        [folder] = unit.paths
        modules = self._module_loader(unit.size)
        offer = offer_of_environments(folder, self._config)
        for settings in terraform_settings(folder, self._config):
            project = load_project(folder, modules, settings, self._wanted_types)
            yield project._replace(notes=(*project.notes, offer)) if offer else project

    def _module_loader(self, size: int) -> ModuleLoader:
        from enclint.frontends.terraform.loader import ModuleLoader

        self._kept += size
        if self._modules is None or self._kept > self.MAX_KEPT:
            self._modules = ModuleLoader(self._tree)
            self._kept = size
        return self._modules

    def _plan(self, source: Source) -> Project:
        from enclint.frontends.terraform.plan.loader import read_plan

        folder = self._config.plan_source
        beside = os.path.dirname(source.path) or "."
        if folder is None and _has_terraform(beside):
            folder = beside
        return read_plan(source, folder, self._wanted_types)

    def _stacks(self, sources: list[Source]) -> Iterator[Project]:
        from enclint.environments import parameter_environments
        from enclint.frontends.cloudformation.project import Settings, load_projects
        from enclint.frontends.cloudformation.template import read_templates

        environments = parameter_environments(self._config).environments
        templates = [template for source in sources for template in read_templates(source)]
        yield from load_projects(templates, Settings(environments, self._wanted_types))


def _has_terraform(folder: str) -> bool:
    try:
        return any(name.endswith(".tf") for name in list_folder(folder))
    except UnreadableFileError:
        return False
