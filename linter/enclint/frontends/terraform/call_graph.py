"""Which folders call which as local modules, found without parsing: the texts are only searched for sources.

That is enough to choose the roots of a scan and to find who calls a module, in a repository of any size. A `source`
that is no module's leads to a folder without Terraform files, or to a caller too many, which costs time only.
"""

from __future__ import annotations

import os
import re

from enclint.frontends.terraform.module import is_configuration
from enclint.lean_typing import TYPE_CHECKING, Final
from enclint.paths import is_within
from enclint.text_file import UnreadableFileError, list_folder, read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_SOURCE: Final = re.compile(rb"""\bsource"?\s*[=:]\s*"(\.{1,2}(?:[/\\][^"\n$]*)?)\"""")


class CallGraph:
    """The local module calls among folders. Paths are taken as they are shown; links are followed to compare them.

    `tree`: the absolute, resolved folder outside of which no file is read.
    """

    def __init__(self, folders: Iterable[str], tree: str) -> None:
        self._tree = tree
        self._shown = {os.path.realpath(folder): folder for folder in folders}
        self._order = {real: number for number, real in enumerate(self._shown)}
        self.sizes: dict[str, int] = {}
        """Bytes of Terraform files in each folder, as shown."""
        self._calls = {real: self._called_from(folder) for real, folder in self._shown.items()}

    def _called_from(self, folder: str) -> list[str]:
        """The real paths of the folders that are called from a folder."""
        sources: dict[bytes, None] = {}
        size = 0
        for data in self._texts(folder):
            size += len(data)
            if b"source" in data:
                sources.update(dict.fromkeys(_SOURCE.findall(data)))
        self.sizes[folder] = size
        own = os.path.realpath(folder)
        called = dict.fromkeys(os.path.realpath(os.path.join(folder, _as_path(source))) for source in sources)
        return [target for target in called if target in self._shown and target != own]

    def _texts(self, folder: str) -> Iterator[bytes]:
        """The Terraform files of a folder. What cannot be read is left to the module's reader to complain of."""
        try:
            names = list_folder(folder)
        except UnreadableFileError:
            return
        for name in filter(is_configuration, names):
            path = os.path.join(folder, name)
            if os.path.islink(path) and not is_within(os.path.realpath(path), self._tree):
                continue
            try:
                yield read_bytes(path)
            except UnreadableFileError:
                continue

    def roots(self, named: Iterable[str] = ()) -> list[str]:
        """The folders that are judged by themselves: those that nobody calls, and all `named`, in the order given.

        Of folders that only call each other in a circle, the first.
        """
        wanted = {os.path.realpath(folder) for folder in named}
        called = {target for targets in self._calls.values() for target in targets}
        roots = [real for real in self._shown if real in wanted or real not in called]
        reached = self._reached_from(roots, self._calls)
        for real in self._shown:
            if real not in reached:
                roots.append(real)
                reached |= self._reached_from([real], self._calls)
        chosen = set(roots)
        return [folder for real, folder in self._shown.items() if real in chosen]

    def below(self, folder: str) -> list[str]:
        """A folder and all that it calls, directly or not."""
        return self._as_shown(self._reached_from([os.path.realpath(folder)], self._calls))

    def above(self, folders: Iterable[str]) -> list[str]:
        """The folders, and all that call them, directly or not."""
        callers: dict[str, list[str]] = {}
        for source, targets in self._calls.items():
            for target in targets:
                callers.setdefault(target, []).append(source)
        return self._as_shown(self._reached_from([os.path.realpath(folder) for folder in folders], callers))

    def _as_shown(self, reals: set[str]) -> list[str]:
        return [self._shown[real] for real in sorted(reals & self._shown.keys(), key=self._order.__getitem__)]

    @staticmethod
    def _reached_from(starts: Iterable[str], edges: dict[str, list[str]]) -> set[str]:
        reached: set[str] = set()
        pending = list(starts)
        while pending:
            current = pending.pop()
            if current not in reached:
                reached.add(current)
                pending += edges.get(current, [])
        return reached


def _as_path(source: bytes) -> str:
    return source.decode("utf-8", "replace").replace("\\", "/")
