"""From the paths that were named to what is to be read: Terraform modules, plans, and CloudFormation templates."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final, NamedTuple

from enclint.frontends.cloudformation.template import is_template
from enclint.paths import join, shown
from enclint.repository import repository_of
from enclint.source import Source
from enclint.text_file import MAX_SIZE, UnreadableFileError, decode, read_bytes, unreadable_file
from enclint.walk import DOCUMENT_SUFFIXES, MODULE_SUFFIXES, Walk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enclint.finding import Finding

_SIGNS: Final = (b"AWSTemplateFormatVersion", b"AWS::", b"Custom::", b"Alexa::", b"resource_changes", b"planned_values")
"""What a document must hold to be worth decoding."""
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
_BINARY_PLAN: Final = b"PK\x03\x04"
_HEAD: Final = 1_000_000


class Found(NamedTuple):
    """What a run reads. Paths are as people are shown them: relative to the working directory if they lie in it."""

    modules: tuple[str, ...] = ()
    """Folders with Terraform files, in the order of the walk."""
    templates: tuple[Source, ...] = ()
    plans: tuple[Source, ...] = ()
    errors: tuple[Finding, ...] = ()
    named_files: frozenset[str] = frozenset()
    named_folders: tuple[str, ...] = ()
    tree: str = ""
    """The absolute, resolved folder outside of which nothing that a scanned file names is read."""
    repository: str | None = None
    """The root of the git repository, if there is one."""
    nothing_here: bool = False
    """No path led to anything that enclint reads, and not because all of them were documents of another kind."""

    def is_asked_for(self, path: str) -> bool:
        """Whether findings in a file are to be reported: it was named, or lies in a folder that was."""
        return path in self.named_files or any(
            folder == "." or path.startswith(f"{folder}/") for folder in self.named_folders
        )


def discover(paths: Sequence[str]) -> Found:
    """Everything to read below the paths. A path that does not exist is an `unreadable-file` error."""
    return _Discovery([shown(path) for path in paths]).found()


class _Discovery:
    """Collects what the named paths lead to."""

    def __init__(self, paths: list[str]) -> None:
        self._paths = list(dict.fromkeys(paths))
        self._files = [path for path in self._paths if not os.path.isdir(path)]
        self._folders = [path for path in self._paths if os.path.isdir(path)]
        folder = _common_folder(self._paths)
        repository = repository_of(folder)
        self._repository = repository.root if repository is not None else None
        self._tree = os.path.realpath(self._repository or folder)
        self._modules: dict[str, None] = {}
        self._documents: set[str] = set()
        self._templates: list[Source] = []
        self._plans: list[Source] = []
        self._errors: list[Finding] = []
        self._others = 0

    def found(self) -> Found:
        for path in self._files:
            self._take_file(path)
        for folder in self._folders:
            self._take_folder(folder)
        return Found(
            tuple(self._modules),
            tuple(self._templates),
            tuple(self._plans),
            tuple(self._errors),
            frozenset(self._files),
            tuple(self._folders),
            self._tree,
            self._repository,
            self._is_nothing_here(),
        )

    def _is_nothing_here(self) -> bool:
        has_any = self._modules or self._templates or self._plans or self._errors
        return not has_any and not (self._files and self._others == len(self._files) and not self._folders)

    def _take_file(self, path: str) -> None:
        """A file that was named, whatever it is called and wherever it lies."""
        if path.endswith(MODULE_SUFFIXES) and os.path.isfile(path):
            self._modules[os.path.dirname(path) or "."] = None
        else:
            before = len(self._templates) + len(self._plans) + len(self._errors)
            self._take_document(path, named=True)
            self._others += before == len(self._templates) + len(self._plans) + len(self._errors)

    def _take_folder(self, folder: str) -> None:
        walk = Walk(folder, self._tree)
        for path, names in walk.folders():
            if any(name.endswith(MODULE_SUFFIXES) for name in names):
                self._modules[path] = None
            for name in names:
                if name.endswith(DOCUMENT_SUFFIXES) and not name.endswith(MODULE_SUFFIXES):
                    self._take_document(join(path, name), named=False)
        self._errors += walk.errors

    def _take_document(self, path: str, *, named: bool) -> None:
        """A YAML or JSON file: a plan, a template, or something that is passed over."""
        if path in self._documents:
            return
        self._documents.add(path)
        try:
            source = read_document(path, named=named)
        except UnreadableFileError as error:
            self._errors.append(unreadable_file(error))
            return
        if source is None:
            return
        if is_plan_text(source.text):
            self._plans.append(source)
        elif is_template(path if path.endswith(DOCUMENT_SUFFIXES) else f"{path}.template", source.text):
            self._templates.append(source)


def read_document(path: str, *, named: bool) -> Source | None:
    """A file that may be a template or a plan; None for one that shows no sign of it.

    Raises UnreadableFileError for one that cannot be read but shows signs, or was named.
    """
    try:
        data = read_bytes(path)
    except UnreadableFileError:
        if not named and _is_too_large_to_matter(path):
            return None
        raise
    if data.startswith(_BINARY_PLAN) and named:
        raise UnreadableFileError(path, "it is a plan in binary form; `terraform show -json` prints it as JSON")
    is_wide = data.startswith(_UTF16)
    if not any(sign in (data.replace(b"\0", b"") if is_wide else data) for sign in _SIGNS):
        return None
    return Source(path, decode(path, data))


def is_plan_text(text: str) -> bool:
    """Whether a text looks like `terraform show -json`; whether it is one turns out when it is read."""
    return (
        text.lstrip()[:1] == "{"
        and '"format_version"' in text
        and ('"resource_changes"' in text or '"planned_values"' in text)
    )


def _is_too_large_to_matter(path: str) -> bool:
    """Whether a file that is larger than anything read shows no sign of a template or plan where it begins."""
    try:
        with open(path, "rb") as file:
            return os.fstat(file.fileno()).st_size > MAX_SIZE and not any(sign in file.read(_HEAD) for sign in _SIGNS)
    except OSError:
        return False


def _common_folder(paths: list[str]) -> str:
    """The folder that all paths lie in."""
    folders = [path if os.path.isdir(path) else os.path.dirname(path) for path in paths]
    try:
        return os.path.commonpath([os.path.abspath(folder) for folder in folders])
    except ValueError:  # drives of Windows have nothing in common
        return os.getcwd()
