"""`enclint resolve`: what Terraform code comes to, root module by root module."""

from __future__ import annotations

import os

from enclint.config import ConfigError
from enclint.discover import tree_of
from enclint.environments import terraform_settings
from enclint.lean_typing import TYPE_CHECKING, Any
from enclint.paths import join, shown
from enclint.walk import MODULE_SUFFIXES, Walk

if TYPE_CHECKING:
    from enclint.config import Config
    from enclint.frontends.terraform.loader import ModuleLoader


def resolve(path: str, config: Config, format: str, *, show_sensitive: bool = False) -> tuple[str, list[str]]:
    """The resources and outputs as text or JSON, and what Terraform would refuse, each with its file and line.

    JSON is `{"resources": …, "outputs": …}` for one root module, and a mapping of folders to such for several.
    """
    from enclint.frontends.terraform.loader import ModuleLoader

    loader = ModuleLoader(tree_of([path]))
    roots = _roots(path)
    reports = {root: _report(root, loader, config, show_sensitive=show_sensitive) for root in roots}
    errors = [_told(error, root) for root, data in reports.items() for error in data.get("errors", ())]
    if format == "json":
        import json

        return json.dumps(reports[roots[0]] if len(roots) == 1 else reports, indent=2) + "\n", errors
    return "".join(_as_text(root, loader, config, show_sensitive=show_sensitive) for root in roots), errors


def _roots(path: str) -> list[str]:
    """The folder itself if it is a module, else the root modules below it."""
    from enclint.frontends.terraform.call_graph import CallGraph

    if not os.path.exists(path):
        raise ConfigError(f"{path}: there is no such file or folder")
    folder = shown(path if os.path.isdir(path) else os.path.dirname(path) or ".")
    tree = tree_of([path])
    modules = [each for each, names in Walk(folder, tree).folders() if _has_module(names)]
    if folder in modules or not modules:
        return [folder]
    return CallGraph(modules, tree).roots()


def _has_module(names: list[str]) -> bool:
    return any(name.endswith(MODULE_SUFFIXES) for name in names)


def _report(root: str, loader: ModuleLoader, config: Config, *, show_sensitive: bool) -> dict[str, Any]:
    from enclint.frontends.terraform.resolve import report

    [settings, *_] = terraform_settings(root, config)
    return report(root, loader, settings, show_sensitive=show_sensitive)


def _as_text(root: str, loader: ModuleLoader, config: Config, *, show_sensitive: bool) -> str:
    from enclint.frontends.terraform.resolve import resolve, text_lines
    from enclint.reports.printable import printable

    [settings, *_] = terraform_settings(root, config)
    lines = text_lines(resolve(root, loader, settings), show_sensitive=show_sensitive)
    return "".join(f"{printable(line)}\n" for line in (f"# {root}", *lines))


def _told(error: dict[str, Any], root: str) -> str:
    """An error as people read it."""
    place = f"{join(root, error['file'])}:{error['line']}: " if "file" in error else ""
    detail = f": {error['detail']}" if error["detail"] else ""
    return f"{place}{error['summary']}{detail}"
