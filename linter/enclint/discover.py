"""From the paths that were named to what is to be read: Terraform modules, plans, and CloudFormation templates."""

from __future__ import annotations

import os

from enclint.lean_typing import TYPE_CHECKING, Final, NamedTuple
from enclint.paths import is_within, join, shown
from enclint.repository import repository_of
from enclint.source import Source
from enclint.text_file import (
    MAX_SIZE,
    UnreadableFileError,
    decode,
    list_folder,
    read_bytes,
    read_head,
    unreadable_file,
)
from enclint.walk import DOCUMENT_SUFFIXES, MODULE_SUFFIXES, VALUE_SUFFIXES, Walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from enclint.finding import Finding

_SIGNS: Final = (
    b"AWSTemplateFormatVersion",
    b"AWS::",
    b"Custom::",
    b"Alexa::",
    b"resource_changes",
    b"planned_values",
    b"root_module",
)
"""What a document must hold to be worth decoding."""
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
_BINARY_PLAN: Final = b"PK\x03\x04"
_OTHER_FORMS: Final = (
    ((b'"@level"', b'.ui"'), "it is the log of `plan -json`; `terraform show -json` of a saved plan prints the plan"),
    ((b'"terraform_version"', b'"lineage"'), "it is a state as it is stored; `terraform show -json` prints it as JSON"),
)
"""What else Terraform writes that no one can judge, by what stands near its beginning.

Sources: https://developer.hashicorp.com/terraform/internals/machine-readable-ui for the log,
https://developer.hashicorp.com/terraform/language/state for the state.
"""
_BEGINNING: Final = 500
_HEAD: Final = 1_000_000
NESTING: Final = ("AWS::CloudFormation::Stack", "AWS::Serverless::Application")
"""Words with which a template nests others."""


class Found(NamedTuple):
    """What a run reads. Paths are as people are shown them: relative to the working directory if they lie in it."""

    modules: tuple[str, ...] = ()
    """Folders with Terraform files that were named, lie below a folder that was, or hold a file that was."""
    modules_around: tuple[str, ...] = ()
    """Where files were named: the other folders of the repository with Terraform files, which may call theirs."""
    templates: tuple[Source, ...] = ()
    """With those around a template that was named: the ones in its folder, and the ones that nest it."""
    plans: tuple[Source, ...] = ()
    errors: tuple[Finding, ...] = ()
    named_files: frozenset[str] = frozenset()
    """Absolute, as are the named folders."""
    named_folders: tuple[str, ...] = ()
    tree: str = ""
    """The absolute, resolved folder outside of which nothing that a scanned file names is read."""
    repository: str | None = None
    """The root of the git repository, if there is one."""
    nothing_here: bool = False
    """No path led to anything that enclint reads, and not because all of them were documents of another kind."""

    def is_asked_for(self, path: str) -> bool:
        """Whether findings in a file are to be reported: it was named, or lies in a folder that was.

        Also what is wrong with a folder as a whole, if a file in it was named.
        """
        absolute = os.path.abspath(path)
        if absolute in self.named_files or any(is_within(absolute, folder) for folder in self.named_folders):
            return True
        return any(os.path.dirname(file) == absolute for file in self.named_files)


def discover(paths: Sequence[str]) -> Found:
    """Everything to read below the paths. A path that does not exist is an `unreadable-file` error."""
    return _Discovery([shown(path) for path in paths]).found()


def tree_of(paths: Sequence[str]) -> str:
    """The absolute, resolved folder outside of which nothing is read: the repository, or what all paths lie in."""
    folder = _common_folder(list(paths))
    repository = repository_of(folder)
    return os.path.realpath(repository.root if repository is not None else folder)


class _Discovery:
    """Collects what the named paths lead to."""

    def __init__(self, paths: list[str]) -> None:
        self._paths = list(dict.fromkeys(paths))
        self._files = [path for path in self._paths if not os.path.isdir(path)]
        self._folders = [path for path in self._paths if os.path.isdir(path)]
        repository = repository_of(_common_folder(self._paths))
        self._repository = repository.root if repository is not None else None
        self._tree = tree_of(self._paths)
        self._modules: dict[str, None] = {}
        self._documents: set[str] = set()
        self._templates: dict[str, Source] = {}
        self._plans: list[Source] = []
        self._errors: list[Finding] = []
        self._others = 0

    def found(self) -> Found:
        for path in self._files:
            self._take_file(path)
        for folder in self._folders:
            self._take_folder(folder)
        named = [path for path in self._files if path in self._templates]
        if named and not self._repository_is_named():
            self._take_templates_around(named)
        return Found(
            tuple(self._modules),
            tuple(self._modules_around()),
            tuple(self._templates.values()),
            tuple(self._plans),
            tuple(self._errors),
            frozenset(map(os.path.abspath, self._files)),
            tuple(map(os.path.abspath, self._folders)),
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
            self._modules[_folder_of(path)] = None
        elif path.endswith(VALUE_SUFFIXES) and os.path.isfile(path):
            self._take_module_of_values(path)
        else:
            before = len(self._templates) + len(self._plans) + len(self._errors)
            self._take_document(path, named=True)
            self._others += before == len(self._templates) + len(self._plans) + len(self._errors)

    def _take_module_of_values(self, path: str) -> None:
        """A file of variables' values: the module that it lies beside, if there is one."""
        folder = _folder_of(path)
        try:
            is_module = any(name.endswith(MODULE_SUFFIXES) for name in list_folder(folder))
        except UnreadableFileError:
            is_module = True  # for all we know; reading the module says what is wrong
        if is_module:
            self._modules[folder] = None
        else:
            self._others += 1

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
        elif _is_template(source):
            self._templates[path] = source

    def _repository_is_named(self) -> bool:
        return any(os.path.realpath(folder) == self._tree for folder in self._folders)

    def _modules_around(self) -> Iterator[str]:
        """The other folders with Terraform files of the tree, where a module's file was named."""
        has_named = any(path.endswith((*MODULE_SUFFIXES, *VALUE_SUFFIXES)) for path in self._files)
        if not has_named or self._repository_is_named():
            return
        for folder, names in self._tree_folders():
            if folder not in self._modules and any(name.endswith(MODULE_SUFFIXES) for name in names):
                yield folder

    def _tree_folders(self) -> Iterator[tuple[str, list[str]]]:
        """The folders of the repository that have candidates, spelled as they are where they were named.

        Outside of a repository only the folders of named files: who knows what else lies around.
        """
        spelled = {os.path.realpath(folder): folder for folder in (*self._modules, *map(_folder_of, self._files))}
        if self._repository is None:
            yield from ((folder, Walk(real, self._tree).names()) for real, folder in spelled.items())
            return
        for folder, names in Walk(self._tree, self._tree).folders():
            yield spelled.get(folder) or shown(folder), names

    def _take_templates_around(self, named: list[str]) -> None:
        """The templates in the folders of named ones, and all that nest one of them, directly or not."""
        folders = {_folder_of(path) for path in named}
        nesting: dict[str, Source] = {}
        for folder, names in self._tree_folders():
            for name in names:
                path = join(folder, name)
                if not name.endswith(DOCUMENT_SUFFIXES) or path in self._documents:
                    continue
                source = _readable_document(path)
                if source is None or not _is_template(source):
                    continue
                if folder in folders:
                    self._templates[path] = source
                elif any(word in source.text for word in NESTING):
                    nesting[path] = source
        self._take_nesting(nesting)

    def _take_nesting(self, nesting: dict[str, Source]) -> None:
        """Of templates that nest others, those that lead to one that is taken already."""
        pending = list(self._templates)
        while pending:
            name = os.path.basename(pending.pop())
            for path in [path for path, source in nesting.items() if name in source.text]:
                self._templates[path] = nesting.pop(path)
                pending.append(path)


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
    if named:
        for words, problem in _OTHER_FORMS:
            if data.lstrip()[:1] == b"{" and all(word in data[:_BEGINNING] for word in words):
                raise UnreadableFileError(path, problem)
    is_wide = data.startswith(_UTF16)
    if not any(sign in (data.replace(b"\0", b"") if is_wide else data) for sign in _SIGNS):
        return None
    return Source(path, decode(path, data))


def _readable_document(path: str) -> Source | None:
    """A document that nobody named: None for one that cannot be read, too."""
    try:
        return read_document(path, named=False)
    except UnreadableFileError:
        return None


def _is_template(source: Source) -> bool:
    """Whether a file is worth reading as a template, whatever it is called (it was named, or has the right name)."""
    from enclint.frontends.cloudformation.template import is_template

    path = source.path if source.path.endswith(DOCUMENT_SUFFIXES) else f"{source.path}.template"
    return is_template(path, source.text)


def is_plan_text(text: str) -> bool:
    """Whether a text looks like `terraform show -json`, of a plan or a state; what it is turns out when it is read."""
    return (
        text.lstrip()[:1] == "{"
        and '"format_version"' in text
        and any(section in text for section in ('"resource_changes"', '"planned_values"', '"root_module"'))
    )


def _is_too_large_to_matter(path: str) -> bool:
    """Whether a file that is larger than anything read shows no sign of a template or plan where it begins."""
    try:
        head = read_head(path, _HEAD)
        return os.path.getsize(path) > MAX_SIZE and not any(sign in head for sign in _SIGNS)
    except (UnreadableFileError, OSError):
        return False


def _folder_of(path: str) -> str:
    return os.path.dirname(path) or "."


def _common_folder(paths: list[str]) -> str:
    """The folder that all paths lie in."""
    folders = [path if os.path.isdir(path) else os.path.dirname(path) for path in paths]
    try:
        return os.path.commonpath([os.path.abspath(folder) for folder in folders])
    except ValueError:  # drives of Windows have nothing in common
        return os.getcwd()
