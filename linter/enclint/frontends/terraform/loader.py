"""Where modules lie, and reading each of them once.

A module is read from the folder that its local `source` names, or from where `terraform init` noted in
`.terraform/modules/modules.json` that it has put it. Nothing outside of the scanned tree is read.
"""

from __future__ import annotations

import os

from enclint.frontends.terraform.module import Module, read_module
from enclint.frontends.terraform.syntax import String
from enclint.lean_typing import TYPE_CHECKING, Final, NamedTuple
from enclint.text_file import UnreadableFileError, read_source

if TYPE_CHECKING:
    from enclint.frontends.terraform.declarations import Declaration
    from enclint.frontends.terraform.syntax import Body
    from enclint.source import Source

MANIFEST: Final = os.path.join(".terraform", "modules", "modules.json")
TO_INSTALL: Final = "not in the tree: run terraform init"
OUTSIDE: Final = "outside of the scanned tree"
"""Where modules are that Terraform would fetch, and those that may not be read."""


class Found(NamedTuple):
    """A called module, or the reason why it is not there."""

    module: Module | None
    reason: str


class ModuleLoader:
    """Reads the folders below `tree` (an absolute path), each once."""

    def __init__(self, tree: str) -> None:
        self.tree = os.path.realpath(tree)
        self._modules: dict[str, Module] = {}
        self._manifests: dict[str, dict[str, str]] = {}
        self._found: dict[tuple[str, str], Found] = {}

    def load(self, path: str) -> Module:
        """The module of a folder, which is shown to people as `path`."""
        directory = os.path.realpath(path)
        module = self._modules.get(directory)
        if module is None:
            module = self._modules[directory] = read_module(path, parse_file, self.is_within)
        return module

    def called(self, caller: Module, call: Declaration, path: tuple[str, ...], root_path: str) -> Found:
        """The module that a `module` block of `caller` names. `path` are the names of the calls from the root to it."""
        name = call.block.labels[0]
        source = module_source(call)
        if source is None:
            return Found(None, f"the source of module `{name}` is not plain text")
        base, relative = caller.path, source
        if not is_local(source):
            installed = self._manifest(root_path).get(".".join(path))
            if installed is None:
                return Found(None, f"module `{name}` is {TO_INSTALL}")
            base, relative = root_path, installed
        found = self._found.get((base, relative))
        if found is None:
            found = self._found[base, relative] = self._at(os.path.normpath(os.path.join(base, relative)))
        return found if found.module is not None else Found(None, f"module `{name}` {found.reason}")

    def _at(self, folder: str) -> Found:
        """The module in a folder, or what follows its name in the reason why it is not there."""
        if not self.is_within(folder):
            return Found(None, f"({folder}) lies {OUTSIDE}")
        if not os.path.isdir(folder):
            return Found(None, f"is not in the tree: there is no folder {folder}")
        return Found(self.load(folder), "")

    def is_within(self, path: str) -> bool:
        """Whether a path, symbolic links followed, lies in the tree."""
        real = os.path.realpath(path)
        return real == self.tree or real.startswith(self.tree.rstrip(os.sep) + os.sep)

    def _manifest(self, root_path: str) -> dict[str, str]:
        """The folders of the installed modules, by the names of the calls that lead to them."""
        known = self._manifests.get(root_path)
        if known is None:
            known = self._manifests[root_path] = self._read_manifest(os.path.join(root_path, MANIFEST))
        return known

    def _read_manifest(self, path: str) -> dict[str, str]:
        if not self.is_within(path):
            return {}
        from enclint.json_positions import JsonArray, JsonFault, JsonObject, JsonScalar, read

        try:
            node = read(read_source(path).text)
        except (UnreadableFileError, JsonFault):
            return {}
        entries = node.members.get("Modules") if isinstance(node, JsonObject) else None
        folders: dict[str, str] = {}
        for entry in entries.items if isinstance(entries, JsonArray) else ():
            if isinstance(entry, JsonObject):
                key, folder = entry.members.get("Key"), entry.members.get("Dir")
                if isinstance(key, JsonScalar) and isinstance(folder, JsonScalar):
                    folders[str(key.value)] = str(folder.value)
        return folders


def parse_file(source: Source) -> Body:
    """The syntax tree of a native or a JSON file."""
    if source.path.endswith(".json"):
        from enclint.frontends.terraform.json_syntax import parse as parse_json

        return parse_json(source)
    from enclint.frontends.terraform.reader import parse

    return parse(source)


def module_source(call: Declaration) -> str | None:
    """The `source` of a module call; None where it is missing or computed."""
    argument = call.argument("source")
    if argument is None or not isinstance(argument.attribute.expression, String):
        return None
    return argument.attribute.expression.value


def is_local(source: str) -> bool:
    """Whether a module's source is a path within the configuration."""
    return source.startswith(("./", "../", ".\\", "..\\")) or source in (".", "..")
