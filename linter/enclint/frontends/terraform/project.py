"""A root module as a project: the resources that it describes, each evaluated when it is asked for."""

from __future__ import annotations

import sys

from enclint.frontends.terraform.diagnostics import Diagnostic, Stage
from enclint.frontends.terraform.inputs import Argument, collect_inputs
from enclint.frontends.terraform.loader import OUTSIDE, TO_INSTALL, ModuleLoader
from enclint.frontends.terraform.tree import MAX_FRAMES, ModuleInstance, World
from enclint.lean_typing import TYPE_CHECKING, NamedTuple
from enclint.model.resource import Project

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from enclint.finding import Finding
    from enclint.frontends.terraform.declarations import Declaration
    from enclint.frontends.terraform.module import Module
    from enclint.frontends.terraform.module_calls import ModuleCall
    from enclint.frontends.terraform.resources import ResourceInstance
    from enclint.source import Source

__all__ = ["Argument", "ModuleLoader", "Settings", "load_project", "open_root"]

MAX_MODULE_INSTANCES = 20_000
"""Module instances of one root; further ones are left out, and that is said."""
MAX_NAMED = 5
"""Modules that are named in one note."""


class Settings(NamedTuple):
    """How a root module is evaluated.

    `arguments`: `-var` and `-var-file` in their order. `environment`: where `TF_VAR_…` are looked for. `workspace`:
    None where nobody says it. `label`: the name of the environment that is judged, if several are. `choices`: whether
    undecided conditions are followed into both branches (else everything is as in a Terraform plan).
    """

    arguments: tuple[Argument, ...] = ()
    environment: Mapping[str, str] = {}
    workspace: str | None = None
    label: str = ""
    choices: bool = True


def load_project(
    path: str,
    loader: ModuleLoader,
    settings: Settings = Settings(),  # noqa: B008
    wanted_types: frozenset[str] | None = None,
) -> Project:
    """The project that the folder `path` is the root module of.

    `wanted_types`: hand over resources of these types only, data sources as `data.TYPE` or TYPE; None for all.
    Modules that hold none of them are not expanded. `errors` are what stopped something from being read.
    """
    root = open_root(path, loader, settings)
    chosen = Wanted(loader, wanted_types)
    resources = [instance.provider_resource() for instance in instances_below(root, chosen)]
    modules, missing = _reached(root)
    return Project(
        path,
        "terraform",
        resources,
        tuple(_sources(modules, root.world)),
        tuple(_errors(modules, root.world)),
        (*root.world.notes, *_notes_on(missing, path)),
        settings.label,
        inputs=frozenset(root.module.variables),
    )


def open_root(path: str, loader: ModuleLoader, settings: Settings = Settings()) -> ModuleInstance:  # noqa: B008
    """The root module instance of a folder: its `scope(None)` is what `enclint console` evaluates in."""
    if sys.getrecursionlimit() < MAX_FRAMES:
        sys.setrecursionlimit(MAX_FRAMES)
    module = loader.load(path)
    inputs = collect_inputs(path, settings.environment, settings.arguments, loader.tree)
    world = World(loader, path, inputs, workspace=settings.workspace, choices=settings.choices)
    return ModuleInstance(module, world)


def instances_below(root: ModuleInstance, wanted: Wanted) -> Iterator[ResourceInstance]:
    """The resource instances of a module instance and of all below it, in the order of the code."""
    pending = [root]
    left = MAX_MODULE_INSTANCES
    while pending:
        module = pending.pop()
        for key in module.module.resources:
            if wanted.wants(key[0], key[1]):
                yield from module.resource(key).instances()
        children: list[ModuleInstance] = []
        for name in module.module.calls:
            call = module.module_call(name)
            if wanted.wants_call(call):
                children += call.instances()
        if len(children) > left:
            _too_many_instances(root)
        children = children[:left]
        left -= len(children)
        pending += reversed(children)


def _too_many_instances(root: ModuleInstance) -> None:
    """Not everything is judged, so the run must not pass."""
    problem = Diagnostic(
        "Too many module instances",
        f"{root.module.path} makes more than {MAX_MODULE_INSTANCES:,}; those beyond are not judged.",
        None,
        Stage.INSTALL,
    )
    if problem not in root.module.diagnostics:
        root.module.diagnostics.append(problem)


class Wanted:
    """Which resources somebody wants, and so which modules are worth a look."""

    def __init__(self, loader: ModuleLoader, types: frozenset[str] | None) -> None:
        self._loader = loader
        self._types = types
        self._known: dict[tuple[str, str], bool] = {}

    def wants(self, mode: str, type: str) -> bool:
        """Whether resources of a type are wanted."""
        types = self._types
        if mode == "ephemeral":
            return False
        return types is None or type in types or (mode == "data" and f"data.{type}" in types)

    def wants_call(self, call: ModuleCall) -> bool:
        """Whether the called module holds anything wanted, itself or by its own calls."""
        found = call.found.module
        if found is None:
            return False
        if self._types is None:
            return True
        root_path = call.parent.world.root_path
        path = (*[step.name for step in call.parent.path], call.name)
        return self._holds(found, path, root_path)

    def _holds(self, module: Module, path: tuple[str, ...], root_path: str) -> bool:
        key = (module.directory, root_path if _calls_installed(module) else "")
        known = self._known.get(key)
        if known is None:
            self._known[key] = False
            known = any(self.wants(mode, type) for mode, type, _ in module.resources) or any(
                self._call_holds(module, declaration, (*path, name), root_path)
                for name, declaration in module.calls.items()
            )
            self._known[key] = known
        return known

    def _call_holds(self, module: Module, call: Declaration, path: tuple[str, ...], root_path: str) -> bool:
        found = self._loader.called(module, call, path, root_path).module
        return found is not None and self._holds(found, path, root_path)


def _calls_installed(module: Module) -> bool:
    """Whether what the module calls depends on the root that it is called from."""
    from enclint.frontends.terraform.loader import is_local, module_source

    return any(not is_local(module_source(call) or "./") for call in module.calls.values())


class Reached(NamedTuple):
    """All `modules` that a root leads to, each once; `missing`: why a called one is not there, by its address."""

    modules: list[Module]
    missing: dict[str, str]


def _reached(root: ModuleInstance) -> Reached:
    modules: dict[str, Module] = {}
    missing: dict[str, str] = {}
    pending: list[tuple[Module, tuple[str, ...]]] = [(root.module, ())]
    while pending:
        module, path = pending.pop()
        if module.directory in modules:
            continue
        modules[module.directory] = module
        for name, call in module.calls.items():
            inner = (*path, name)
            found = root.world.loader.called(module, call, inner, root.world.root_path)
            if found.module is not None:
                pending.append((found.module, inner))
            else:
                missing[".".join(f"module.{step}" for step in inner)] = found.reason
    return Reached(list(modules.values()), missing)


def _notes_on(missing: Mapping[str, str], path: str) -> Iterator[str]:
    """What must be said of modules that are not there: nothing that they make is judged."""
    addresses: dict[str, list[str]] = {}
    for address, reason in sorted(missing.items()):
        common = next((cause for cause in (TO_INSTALL, OUTSIDE) if reason.endswith(cause)), reason)
        addresses.setdefault(common, []).append(f"`{address}`")
    for cause, named in addresses.items():
        more = f" and {len(named) - MAX_NAMED} more" if len(named) > MAX_NAMED else ""
        verb = "is" if len(named) == 1 else "are"
        yield f"{path}: {', '.join(named[:MAX_NAMED])}{more} {verb} not judged ({cause})"


def _sources(modules: list[Module], world: World) -> list[Source]:
    return [source for module in modules for source in module.sources] + world.inputs.sources


def _errors(modules: list[Module], world: World) -> list[Finding]:
    """What stopped something from being read."""
    findings = [finding for module in modules for finding in module.findings]
    findings += [diagnostic.finding() for module in modules for diagnostic in module.diagnostics]
    findings += world.inputs.findings
    findings += [each.finding() for each in world.inputs.diagnostics if not each.is_warning]
    return findings
