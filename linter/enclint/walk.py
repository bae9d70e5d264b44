"""Walking folders: every file that might be infrastructure code, except what is to be left alone.

Left alone: hidden folders (`.terraform` among them), `node_modules`, what git ignores and does not track, and links
that lead out of the tree. Links to folders are not followed, so there are no loops.
"""

from __future__ import annotations

import os

from enclint.lean_typing import TYPE_CHECKING, Final, NamedTuple
from enclint.paths import is_within, join
from enclint.repository import Repository, read_ignore_file, repository_of
from enclint.text_file import UnreadableFileError, scan_folder, unreadable_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclint.finding import Finding
    from enclint.gitignore import IgnoreFile

MODULE_SUFFIXES: Final = (".tf", ".tf.json", ".tofu", ".tofu.json")
VALUE_SUFFIXES: Final = (".tfvars", ".tfvars.json")
DOCUMENT_SUFFIXES: Final = (".yaml", ".yml", ".json", ".template")
LEFT_ALONE: Final = frozenset({"node_modules"})


class _Place(NamedTuple):
    """A folder on the way: its path as shown, its path below the repository's root, and what counts in it."""

    path: str
    inside: str
    """Relative to the repository's root, with a slash at its end; "" at the root."""
    repository: Repository | None
    ignore: tuple[IgnoreFile, ...]
    only_tracked: bool


class Walk:
    """One walk over a folder. `errors` are the folders that could not be listed."""

    def __init__(self, folder: str, tree: str) -> None:
        self._start = folder
        self._tree = tree
        self.errors: list[Finding] = []

    def folders(self) -> Iterator[tuple[str, list[str]]]:
        """Each folder that has candidates, parents first, in the order of names: its path, and the files' names."""
        waiting = [self._first()]
        while waiting:
            place, entries = self._look_into(waiting.pop())
            names = self._candidates(entries, place)
            if names:
                yield place.path, names
            below = [_below(place, entry.name) for entry in entries if _is_open_folder(entry)]
            waiting.extend(reversed([folder for folder in below if folder is not None]))

    def names(self) -> list[str]:
        """The names of the candidates in the folder itself."""
        place, entries = self._look_into(self._first())
        return self._candidates(entries, place)

    def _first(self) -> _Place:
        """The folder that was named: it is walked even if it is ignored, but what its repository says counts inside."""
        absolute = os.path.abspath(self._start)
        repository = repository_of(absolute)
        if repository is None:
            return _Place(self._start, "", None, (), False)
        inside = _inside(repository.root, absolute)
        ignore = _ignore_files_above(repository, inside)
        return _Place(self._start, inside, repository, ignore, False)

    def _look_into(self, place: _Place) -> tuple[_Place, list[os.DirEntry[str]]]:
        """A folder with what its own ignore file says, and what is in it."""
        entries = self._entries(place.path)
        return _with_ignore_file(place, entries), entries

    def _candidates(self, entries: list[os.DirEntry[str]], place: _Place) -> list[str]:
        return [entry.name for entry in entries if self._is_candidate(entry, place)]

    def _entries(self, folder: str) -> list[os.DirEntry[str]]:
        try:
            return scan_folder(folder)
        except UnreadableFileError as error:
            self.errors.append(unreadable_file(error))
            return []

    def _is_candidate(self, entry: os.DirEntry[str], place: _Place) -> bool:
        name = entry.name
        if not name.endswith(MODULE_SUFFIXES) and not name.endswith(DOCUMENT_SUFFIXES):
            return False
        if entry.is_symlink():
            if not os.path.isfile(entry.path) or not is_within(os.path.realpath(entry.path), self._tree):
                return False
        elif not entry.is_file(follow_symlinks=False):
            return False
        return not _is_left_alone(place, name, False)


def _inside(root: str, absolute: str) -> str:
    relative = os.path.relpath(absolute, root).replace(os.sep, "/")
    return "" if relative == "." else f"{relative}/"


def _ignore_files_above(repository: Repository, inside: str) -> tuple[IgnoreFile, ...]:
    """The ignore files above a folder, outermost first; none if they ignore the very folder, since it was named."""
    excludes = repository.excludes()
    files = [] if excludes is None else [excludes]
    above = ""
    for name in inside.split("/")[:-1]:
        found = read_ignore_file(os.path.join(repository.root, above, ".gitignore"), above)
        if found is not None:
            files.append(found)
        if files and _is_ignored(above + name, True, tuple(files)):
            return ()
        above += f"{name}/"
    return tuple(files)


def _with_ignore_file(place: _Place, entries: list[os.DirEntry[str]]) -> _Place:
    names = {entry.name for entry in entries if entry.name in (".gitignore", ".git")}
    if ".git" in names and place.inside:  # a repository within the repository goes by its own rules
        place = _Place(place.path, "", Repository(os.path.abspath(place.path)), (), False)
    if ".gitignore" not in names or place.repository is None:
        return place
    found = read_ignore_file(os.path.join(place.path, ".gitignore"), place.inside)
    return place if found is None else place._replace(ignore=(*place.ignore, found))


def _is_open_folder(entry: os.DirEntry[str]) -> bool:
    return not entry.name.startswith(".") and entry.name not in LEFT_ALONE and entry.is_dir(follow_symlinks=False)


def _below(place: _Place, name: str) -> _Place | None:
    """A folder in a folder; None if git ignores it and tracks nothing in it."""
    path, inside = join(place.path, name), f"{place.inside}{name}/"
    if not place.ignore and not place.only_tracked:
        return _Place(path, inside, place.repository, place.ignore, False)
    if _is_left_alone(place, name, True):
        return None
    only_tracked = place.only_tracked or _is_ignored(place.inside + name, True, place.ignore)
    return _Place(path, inside, place.repository, place.ignore, only_tracked)


def _is_left_alone(place: _Place, name: str, is_folder: bool) -> bool:
    """Whether git leaves a file or folder alone: ignores it, and tracks neither it nor anything in it."""
    path = place.inside + name
    if place.only_tracked or (place.ignore and _is_ignored(path, is_folder, place.ignore)):
        return place.repository is None or not place.repository.tracks(path)
    return False


def _is_ignored(path: str, is_folder: bool, files: tuple[IgnoreFile, ...]) -> bool:
    """As `gitignore.is_ignored`, which is not imported where there is nothing to ignore."""
    from enclint.gitignore import is_ignored

    return bool(files) and is_ignored(path, is_folder, files)
