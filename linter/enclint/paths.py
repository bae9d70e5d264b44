"""Paths as text: how people are shown them, and what lies within what."""

from __future__ import annotations

import os


def shown(path: str) -> str:
    """A path as people read it: without detours, with slashes, relative to the working directory if it lies in it."""
    normal = os.path.normpath(path)
    if os.path.isabs(normal):
        here = os.getcwd()
        if is_within(normal, here):
            normal = os.path.relpath(normal, here)
    return normal.replace(os.sep, "/")


def join(folder: str, name: str) -> str:
    """The shown path of something in a folder that is shown so."""
    return name if folder == "." else f"{folder.rstrip('/')}/{name}"


def is_within(path: str, tree: str) -> bool:
    """Whether an absolute path is a folder or lies below it; the caller sees to links."""
    return path == tree or path.startswith(tree.rstrip(os.sep) + os.sep)
