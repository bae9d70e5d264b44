"""Files by pattern: `*`, `?`, `[a-z]`, `{a,b}` and `**`, as `fileset` understands them.

The language is that of https://github.com/bmatcuk/doublestar (version 1): a pattern is split at its slashes, so a
slash inside of braces breaks it; `**` alone between slashes stands for any number of directories.
"""

from __future__ import annotations

import os
from pathlib import Path

from enclint.frontends.terraform.functions.signature import LimitFault
from enclint.frontends.terraform.functions.tree import is_inside, locate
from enclint.lean_typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclint.frontends.terraform.scope import Scope

MAX_ENTRIES: Final = 50_000
"""Files and directories that one pattern may look at."""
MAX_STEPS: Final = 20_000
"""Steps that matching one name may take: stars upon stars multiply."""

_SPECIAL: Final = frozenset("*?[{\\")


class BadPattern(Exception):  # noqa: N818
    """A pattern that is not well-formed, noticed when a name was held against its bad part."""


def matching_files(scope: Scope, pattern: str) -> list[str]:
    """The regular files that a cleaned pattern matches, as paths that start as the pattern does."""
    root, parts = ("/", pattern[1:].split("/")) if pattern.startswith("/") else (".", pattern.split("/"))
    search = _Search(scope)
    return sorted({path for path in search.walk(root, parts) if search.is_file(path)})


class _Search:
    """One search: it counts what it looks at, and stays in the tree."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.entries = 0

    def is_file(self, path: str) -> bool:
        """Whether a path is a regular file of the tree."""
        return "\0" not in path and os.path.isfile(self.locate(path))  # which takes names that are too long, too

    def locate(self, path: str) -> Path:
        """Where a path leads; LimitFault outside of the tree."""
        return locate(self.scope, path)

    def walk(self, directory: str, parts: list[str]) -> Iterator[str]:
        """The paths under a directory that match the parts of a pattern."""
        first, rest = parts[0], parts[1:]
        if not _SPECIAL & set(first):
            path = _joined(directory, first)
            if not rest:
                yield path
            else:
                yield from self.walk(path, rest)
            return
        if first == "**":
            yield from self.walk_deeply(directory, rest)
            return
        for name, is_directory in self.list(directory):
            if _matches(first, name):
                if not rest:
                    yield _joined(directory, name)
                elif is_directory:
                    yield from self.walk(_joined(directory, name), rest)

    def walk_deeply(self, directory: str, rest: list[str]) -> Iterator[str]:
        """The same for `**`: in the directory and in all below it."""
        if rest:
            yield from self.walk(directory, rest)
        for name, is_directory in self.list(directory):
            path = _joined(directory, name)
            if is_directory and not self.locate(path).is_symlink():
                yield from self.walk_deeply(path, rest)
            elif not rest and not is_directory:
                yield path

    def list(self, directory: str) -> list[tuple[str, bool]]:
        """The names in a directory, and whether each is a directory or a link that leads out of the tree."""
        if "\0" in directory:
            return []
        try:
            with os.scandir(self.locate(directory)) as entries:
                found = sorted(entries, key=lambda entry: entry.name)
        except OSError:
            return []
        self.entries += len(found)
        if self.entries > MAX_ENTRIES:
            raise LimitFault(f"the pattern would look at more than {MAX_ENTRIES:,} files")
        tree = self.scope.tree or ""
        return [
            (entry.name, (entry.is_symlink() and not is_inside(Path(entry.path), tree)) or entry.is_dir())
            for entry in found
        ]


def _joined(directory: str, name: str) -> str:
    if directory == ".":
        return name
    return f"{directory.rstrip('/')}/{name}"


def _matches(pattern: str, name: str) -> bool:
    return _Matcher().matches(pattern, name)


class _Matcher:
    """Holds one name against one part of a pattern."""

    def __init__(self) -> None:
        self.steps = 0

    def matches(self, pattern: str, name: str) -> bool:
        """Whether the whole name matches. Raises BadPattern at a bad part of the pattern that is reached."""
        at = 0
        position = 0
        while at < len(pattern) and position < len(name):
            self._count()
            character = pattern[at]
            if character == "*":
                return self._after_star(pattern[at + 1 :], name[position:])
            if character == "{":
                return self._alternatives(pattern[at + 1 :], name[position:])
            if character == "[":
                is_match, length = _class_matches(pattern[at + 1 :], name[position])
                at += length + 1
            else:
                if character == "\\":
                    at += 1
                    if at == len(pattern):
                        raise BadPattern
                is_match = (character == "?") or pattern[at] == name[position]
                at += 1
            if not is_match:
                return False
            position += 1
        return position == len(name) and pattern[at:] in ("", "*", "**")

    def _count(self) -> None:
        self.steps += 1
        if self.steps > MAX_STEPS:
            raise LimitFault("the pattern takes too long to match")

    def _after_star(self, rest: str, name: str) -> bool:
        if not rest:
            return True
        for position in range(len(name)):
            try:
                if self.matches(rest, name[position:]):
                    return True
            except BadPattern:
                continue
        return False

    def _alternatives(self, rest: str, name: str) -> bool:
        end = _index(rest, "}")
        if end < 0:
            raise BadPattern
        return any(self.matches(option + rest[end + 1 :], name) for option in _split(rest[:end]))


def _index(text: str, character: str) -> int:
    """Where a character stands first that no backslash precedes; -1 if it does not."""
    position = 0
    while position < len(text):
        if text[position] == "\\":
            position += 1
        elif text[position] == character:
            return position
        position += 1
    return -1


def _split(options: str) -> list[str]:
    result = []
    while (comma := _index(options, ",")) >= 0:
        result.append(options[:comma])
        options = options[comma + 1 :]
    return [*result, options]


def _class_matches(rest: str, character: str) -> tuple[bool, int]:
    """Whether a character is of the class that starts after its bracket, and the length of the class."""
    end = _index(rest, "]")
    if end <= 0:
        raise BadPattern
    is_negated = rest[0] == "^"
    position = 1 if is_negated else 0
    found = False
    while position < end:
        low, position = _class_letter(rest, position, end)
        high = low
        if position < end and rest[position] == "-":
            high, position = _class_letter(rest, position + 1, end)
        found = found or low <= character <= high
    return found != is_negated, end + 1


def _class_letter(rest: str, position: int, end: int) -> tuple[str, int]:
    """A letter of a class, a backslash before it taken off, and the position after it."""
    if position >= end or rest[position] == "-":
        raise BadPattern
    if rest[position] == "\\":
        position += 1
        if position >= end:
            raise BadPattern
    return rest[position], position + 1
