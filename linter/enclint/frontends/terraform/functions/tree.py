"""Files of the scanned tree: the only ones that functions may see.

A path is taken as Terraform takes it: relative to the root module's directory, `~` for the home directory. What lies
outside of the tree, also by way of a symbolic link, is not looked at; LimitFault says so.
"""

from __future__ import annotations

import os
import posixpath
from pathlib import Path

from enclint.frontends.terraform.functions.signature import CallFault, LimitFault
from enclint.lean_typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from enclint.frontends.terraform.scope import Scope

MAX_FILE: Final = 20_000_000
"""Bytes that a file may have which a function reads."""


def clean(path: str) -> str:
    """The shortest path that means the same, as https://pkg.go.dev/path/filepath#Clean makes it."""
    cleaned = posixpath.normpath(path) if path else "."
    return "/" + cleaned.lstrip("/") if cleaned.startswith("//") else cleaned


def expand_home(path: str) -> str:
    """The path with `~` replaced by the home directory. Raises CallFault for another user's."""
    if not path.startswith("~"):
        return path
    if path[1:2] not in ("", "/"):
        raise CallFault("cannot expand user-specific home dir")
    home = os.path.expanduser("~")
    return clean(f"{home}/{path[1:]}")


class TreeFile:
    """A file, or what stands in its place: `shown` as Terraform's messages name it, `path` where it lies."""

    __slots__ = ("path", "shown")

    def __init__(self, scope: Scope, path: str) -> None:
        expanded = expand_home(path)
        self.shown = clean(expanded)
        self.path = locate(scope, expanded)

    def read(self) -> bytes:
        """The content. Raises OSError, and LimitFault for a file that is too large or no regular one."""
        if not self.path.is_file():
            if self.path.exists() and not self.path.is_dir():
                raise LimitFault(f"`{self.shown}` is not a regular file")
            return self.path.read_bytes()
        if self.path.stat().st_size > MAX_FILE:
            raise LimitFault(f"`{self.shown}` has more than {MAX_FILE:,} bytes")
        return self.path.read_bytes()


def locate(scope: Scope, path: str) -> Path:
    """Where a path leads, which is inside of the tree. Raises LimitFault for any other."""
    if scope.directory is None or scope.tree is None:
        raise LimitFault("no files can be read here")
    if "\0" in path:
        raise CallFault(f"open {path}: invalid argument")
    joined = Path(scope.directory) / path
    if not is_inside(joined, scope.tree):
        raise LimitFault(f"`{path}` lies outside of the scanned files")
    return joined


def is_inside(path: Path, tree: str) -> bool:
    """Whether a path, all symbolic links followed, lies in the tree. What belongs to git (tokens, for one) does not."""
    real = os.path.realpath(path)
    root = os.path.realpath(tree)
    if real != root and not real.startswith(root.rstrip(os.sep) + os.sep):
        return False
    return ".git" not in real[len(root) :].split(os.sep)
