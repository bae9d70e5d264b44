"""The git repository around a path: its root, what it ignores, and what it tracks all the same.

Nothing is run: the few files that say it are read. A user's own global excludes are left out, so that a run gives the
same on every machine.
"""

from __future__ import annotations

import os

from enclint.lean_typing import TYPE_CHECKING, Final
from enclint.text_file import UnreadableFileError, read_bytes, read_head

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclint.gitignore import IgnoreFile

MAX_IGNORE_FILE: Final = 1_000_000
"""Bytes of a `.gitignore` that are read."""

MAX_INDEX: Final = 1_000_000_000
"""Bytes that git's list of what it tracks may have."""

_PARTIAL: Final = (b"link", b"sdir")
"""Extensions of an index that does not hold every path: a split one, a sparse one."""


class Repository:
    """A repository by the absolute path of its root."""

    def __init__(self, root: str) -> None:
        self.root = root
        self._git_folder = _git_folder(root)
        self._tracked: frozenset[str] | None = None

    def excludes(self) -> IgnoreFile | None:
        """The patterns of `.git/info/exclude`."""
        return read_ignore_file(os.path.join(_common_folder(self._git_folder), "info", "exclude"), "")

    def tracks(self, path: str) -> bool:
        """Whether git tracks a file or anything in a folder, by its path relative to the root."""
        if self._tracked is None:
            self._tracked = _with_folders(tracked_files(os.path.join(self._git_folder, "index")))
        return path in self._tracked


def repository_of(path: str) -> Repository | None:
    """The repository that a file or folder lies in; None if it lies in none. `path` is absolute."""
    folder = path
    while True:
        if os.path.exists(os.path.join(folder, ".git")):
            return Repository(folder)
        parent = os.path.dirname(folder)
        if parent == folder:
            return None
        folder = parent


def read_ignore_file(path: str, folder: str) -> IgnoreFile | None:
    """The patterns in a file, for `folder` and below; None if there is no such file."""
    try:
        text = read_head(path, MAX_IGNORE_FILE).decode("utf-8", "replace")
    except UnreadableFileError:
        return None
    from enclint.gitignore import IgnoreFile

    return IgnoreFile(folder, text)


def _git_folder(root: str) -> str:
    """Where the repository's own files are: `.git`, or the folder that a worktree's `.git` file names."""
    path = os.path.join(root, ".git")
    if not os.path.isfile(path):
        return path
    target = _first_line(path).removeprefix("gitdir:").strip()
    return os.path.normpath(os.path.join(root, target)) if target else path


def _common_folder(git_folder: str) -> str:
    """The folder that all worktrees of a repository share."""
    target = _first_line(os.path.join(git_folder, "commondir"))
    return os.path.normpath(os.path.join(git_folder, target)) if target else git_folder


def _first_line(path: str) -> str:
    try:
        return read_head(path, 10_000).decode("utf-8", "replace").partition("\n")[0].strip()
    except UnreadableFileError:
        return ""


def tracked_files(index: str) -> list[str]:
    """The paths in a git index; none where there is no index or it is of a form that is not understood.

    Format: https://git-scm.com/docs/index-format
    """
    try:
        data = read_bytes(index, MAX_INDEX)
    except UnreadableFileError:
        return []
    version = int.from_bytes(data[4:8], "big")
    if data[:4] != b"DIRC" or version not in (2, 3, 4):
        return []
    try:
        return _entries(data, version, int.from_bytes(data[8:12], "big"))
    except (IndexError, ValueError):
        return []


def _entries(data: bytes, version: int, count: int) -> list[str]:
    """The paths of the entries, with SHA-1 names of objects; ValueError where an entry does not end as it must."""
    paths: list[str] = []
    offset = 12
    name = b""
    for _ in range(count):
        flags = int.from_bytes(data[offset + 60 : offset + 62], "big")
        start = offset + (64 if flags & 0x4000 else 62)
        if version == 4:
            dropped, start = _variable_length(data, start)
            end = data.index(b"\0", start)
            name = name[: len(name) - dropped] + data[start:end]
            offset = end + 1
        else:
            end = data.index(b"\0", start)
            name = data[start:end]
            offset += (end - offset) // 8 * 8 + 8
        paths.append(name.decode("utf-8", "surrogateescape"))
    if any(extension in _PARTIAL for extension in _extensions(data, offset)):
        raise ValueError("the index does not hold every path")
    return paths


def _extensions(data: bytes, offset: int) -> Iterator[bytes]:
    """The names of the extensions behind the entries; the last 20 bytes are a checksum."""
    while offset + 8 <= len(data) - 20:
        yield data[offset : offset + 4]
        offset += 8 + int.from_bytes(data[offset + 4 : offset + 8], "big")


def _variable_length(data: bytes, offset: int) -> tuple[int, int]:
    """A number in the index's variable-length form, and the offset behind it."""
    byte = data[offset]
    value = byte & 0x7F
    while byte & 0x80:
        offset += 1
        byte = data[offset]
        value = ((value + 1) << 7) | (byte & 0x7F)
    return value, offset + 1


def _with_folders(paths: list[str]) -> frozenset[str]:
    """The paths and every folder above one of them."""
    known: set[str] = set(paths)
    for path in paths:
        folder = path
        while "/" in folder:
            folder = folder[: folder.rindex("/")]
            if folder in known:
                break
            known.add(folder)
    return frozenset(known)
