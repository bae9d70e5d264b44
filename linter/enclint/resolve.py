"""`enclint resolve`: what Terraform code comes to, root module by root module."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from enclint.config import ConfigError
from enclint.discover import tree_of
from enclint.environments import terraform_settings
from enclint.paths import shown
from enclint.walk import MODULE_SUFFIXES, Walk

if TYPE_CHECKING:
    from enclint.config import Config


def resolve(path: str, config: Config, format: str, *, show_sensitive: bool = False) -> tuple[str, list[str]]:
    """The resources and outputs as text or JSON, and what Terraform would refuse, each with its file and line.

    JSON is `{"resources": …, "outputs": …}` for one root module, and a mapping of folders to such for several.
    """
    from enclint.frontends.terraform.loader import ModuleLoader
    from enclint.frontends.terraform.resolve import as_data, resolve, text_lines

    roots = _roots(path)
    loader = ModuleLoader(tree_of([path]))
    data: dict[str, Any] = {}
    lines: list[str] = []
    errors: list[str] = []
    for root in roots:
        [settings, *_] = terraform_settings(root, config)
        resolved = resolve(root, loader, settings)
        errors += [_told(error) for error in resolved.errors]
        if format == "json":
            data[root] = as_data(resolved, show_sensitive=show_sensitive)
        else:
            lines += [root, *(f"  {line}" for line in text_lines(resolved, show_sensitive=show_sensitive))]
    if format == "json":
        import json

        return json.dumps(data[roots[0]] if len(roots) == 1 else data, indent=2) + "\n", errors
    from enclint.reports.printable import printable

    return "".join(f"{printable(line)}\n" for line in lines), errors


def _roots(path: str) -> list[str]:
    """The folder itself if it is a module, else the root modules below it."""
    from enclint.frontends.terraform.call_graph import CallGraph

    folder = shown(path if os.path.isdir(path) else os.path.dirname(path) or ".")
    if not os.path.exists(path):
        raise ConfigError(f"{path}: there is no such file or folder")
    folders = [each for each, names in Walk(folder, tree_of([path])).folders() if _has_modules(names)]
    if folder in folders:
        return [folder]
    if not folders:
        raise ConfigError(f"{path}: there are no Terraform files")
    return CallGraph(folders).roots()


def _has_modules(names: list[str]) -> bool:
    return any(name.endswith(MODULE_SUFFIXES) for name in names)
