"""Policies and vocabulary of a user: read from folders, checked, and put beside the shipped ones.

    security/policies/vocabulary/*.yaml     kinds, or further carriers of shipped kinds
    security/policies/**/*.yaml             one policy a file

jsonschema and PyYAML are imported when there is something to read.
"""

from __future__ import annotations

import json
import os

from enclint.checked_yaml import InvalidYamlError, Mistake, checked, read_yaml
from enclint.lean_typing import TYPE_CHECKING, Any, Final
from enclint.model.kinds import FormError
from enclint.model.vocabulary import DIALECTS
from enclint.nearest import did_you_mean
from enclint.policy.checks import faults_of_policy, faults_of_vocabulary
from enclint.source import Source, Span
from enclint.text_file import UnreadableFileError, decode, read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from enclint.checked_yaml import CheckedYaml
    from enclint.model.vocabulary import Vocabulary
    from enclint.policy.bundled import Catalog

VOCABULARY: Final = "vocabulary"
"""The name of the folder, at any depth, whose files hold kinds."""
SUFFIXES: Final = (".yaml", ".yml")
MAX_SIZE: Final = 1_000_000


def load_folders(folders: Sequence[str], catalog: Catalog) -> Catalog:
    """The catalog with the kinds and policies of some folders. Raises InvalidYamlError with every mistake in them."""
    sources = [_read(path) for folder in folders for path in _files(folder)]
    if not sources:
        raise InvalidYamlError([_mistake_about(folder, "there is no policy in this folder") for folder in folders])
    return load_sources(sources, catalog)


def load_sources(sources: Iterable[Source], catalog: Catalog) -> Catalog:
    """The catalog with the kinds and policies that some texts hold; which they hold is told by their folder's name."""
    kinds: list[CheckedYaml] = []
    policies: list[CheckedYaml] = []
    mistakes: list[Mistake] = []
    for source in sources:
        is_kinds = VOCABULARY in os.path.dirname(source.path).replace(os.sep, "/").split("/")
        try:
            document = checked(read_yaml(source), vocabulary_schema() if is_kinds else policy_schema())
        except InvalidYamlError as error:
            mistakes += error.mistakes
        else:
            (kinds if is_kinds else policies).append(document)
    vocabulary = catalog.vocabulary
    for document in kinds:
        vocabulary = vocabulary.extended(document.data)
    mistakes += _mistakes_in_kinds(kinds, vocabulary)
    if not mistakes:
        mistakes += _mistakes_in_policies(policies, vocabulary)
        mistakes += _repeated_ids(policies, catalog)
    if mistakes:
        raise InvalidYamlError(mistakes)
    merged = {name: kind for document in kinds for name, kind in document.data.items()}
    return catalog.extended(merged, [document.data for document in policies])


def policy_schema() -> dict[str, Any]:
    """The JSON schema of a policy's file."""
    return _schema(os.path.join(os.path.dirname(__file__), "policy.schema.json"))


def vocabulary_schema() -> dict[str, Any]:
    """The JSON schema of a vocabulary's file."""
    return _schema(os.path.join(os.path.dirname(os.path.dirname(__file__)), "model", "vocabulary.schema.json"))


def _schema(path: str) -> dict[str, Any]:
    with open(path, encoding="utf-8") as file:
        data: dict[str, Any] = json.load(file)
    return data


def _files(folder: str) -> Iterator[str]:
    """The YAML files below a folder; hidden folders are left alone."""
    if not os.path.isdir(folder):
        raise InvalidYamlError([_mistake_about(folder, "there is no such folder of policies")])
    for directory, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if name.endswith(SUFFIXES):
                yield os.path.join(directory, name)


def _read(path: str) -> Source:
    try:
        return Source(path, decode(path, read_bytes(path, MAX_SIZE)))
    except UnreadableFileError as error:
        raise InvalidYamlError([_mistake_about(path, error.reason)]) from None


def _mistake_about(path: str, message: str) -> Mistake:
    return Mistake(message, Span(Source(path, ""), 0, 0))


def _mistakes_in_kinds(documents: Iterable[CheckedYaml], vocabulary: Vocabulary) -> Iterator[Mistake]:
    for document in documents:
        before = len(document.data)
        for path, message in faults_of_vocabulary(document.data, vocabulary):
            yield Mistake(message, document.span(path, key=True))
            before = 0
        if before:
            yield from _uncompilable(document, vocabulary)


def _uncompilable(document: CheckedYaml, vocabulary: Vocabulary) -> Iterator[Mistake]:
    """What only compiling shows: a carrier that is like none, an argument's condition that means nothing."""
    for name in document.data:
        try:
            vocabulary.carriers(name)
        except (FormError, ValueError) as error:
            places = [(name, dialect) for dialect in DIALECTS if dialect in document.data[name]]
            yield Mistake(str(error), document.span(places[0] if places else (name,), key=True))


def _mistakes_in_policies(documents: Iterable[CheckedYaml], vocabulary: Vocabulary) -> Iterator[Mistake]:
    for document in documents:
        for path, message in faults_of_policy(document.data, vocabulary):
            yield Mistake(message, document.span(path, key=path[-1:] != ("resource",)))


def _repeated_ids(documents: Iterable[CheckedYaml], catalog: Catalog) -> Iterator[Mistake]:
    """Ids and aliases that something else is called already; policies that replace none that there is."""
    taken = dict.fromkeys(catalog.names, "a policy that ships with enclint")
    all_documents = list(documents)
    for document in all_documents:
        for path in (("id",), *(("aliases", number) for number in range(len(document.data.get("aliases", ()))))):
            name = document.data["id"] if path == ("id",) else document.data["aliases"][path[1]]
            if name in taken:
                yield Mistake(f'"{name}" is the id of {taken[name]} already', document.span(path))
            else:
                taken[name] = f"the policy in {document.source.path}"
    for document in all_documents:
        replaced = document.data.get("deprecated")
        if replaced is not None and replaced not in taken:
            hint = did_you_mean(replaced, taken)
            yield Mistake(f'there is no policy "{replaced}"{hint}', document.span(("deprecated",)))
