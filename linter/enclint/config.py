"""How a run is to be made: what the command line and `.enclint.yaml` say, checked."""

from __future__ import annotations

import os

from enclint.finding import Severity
from enclint.lean_typing import TYPE_CHECKING, Any, Final, NamedTuple
from enclint.paths import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FILE_NAME: Final = ".enclint.yaml"


class Requirement(NamedTuple):
    """What is required of which resources, as the configuration says it; the judge gives it its meaning."""

    names: tuple[str, ...]
    where: Mapping[str, Any]


class Config(NamedTuple):
    """Everything that a run depends on besides the files that it judges. Paths are as the process can open them."""

    profile: str = "baseline"
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    fail_on: Severity = Severity.LOW
    unknown: str = "warn"
    """`ignore`, `warn` or `fail`."""
    policies: tuple[str, ...] = ()
    honour: tuple[str, ...] = ()
    created_since: str | None = None
    classification_tags: tuple[str, ...] = ()
    classification_values: tuple[str, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    variables: tuple[tuple[bool, str], ...] = ()
    """(False, `NAME=VALUE`) and (True, path of a variable file), weakest first."""
    workspace: str | None = None
    environment_files: tuple[str, ...] = ()
    """Globs of variable files, each an environment of the root modules that it lies in or below."""
    parameters: tuple[str, ...] = ()
    plan_source: str | None = None
    """The folder of the `.tf` files that a plan was made from, where it is not the plan's own."""
    environment: Mapping[str, str] = {}
    """`TF_VAR_…` and `TF_WORKSPACE`."""
    base: str = ""
    """The folder of the configuration file, from which its globs count."""
    jobs: int = 0
    """Processes to work with; 0: as many as are worth it."""
    cache: str | None = None
    """The private folder for what is made once for many runs; None: nowhere. Findings are never kept."""
    today: str = ""
    places: Mapping[tuple[str, str], str] = {}
    """Where the configuration file says a word of a key, such as ("ignore", "s3-*")."""

    def place(self, key: str, word: str) -> str:
        """What to begin a complaint about a word with: its place in the file, else the option that it was given by."""
        place = self.places.get((key, word))
        return f"--{key} {word}" if place is None else f"{place}: {word}"


class ConfigError(Exception):
    """A call or a configuration that makes no sense; the message says where and why."""


def find_file(path: str) -> str | None:
    """The nearest `.enclint.yaml` in the folder of a path or above it, up to the root of the repository."""
    folder = os.path.abspath(path if os.path.isdir(path) else os.path.dirname(path))
    while True:
        file = os.path.join(folder, FILE_NAME)
        if os.path.isfile(file):
            return file
        parent = os.path.dirname(folder)
        if parent == folder or os.path.exists(os.path.join(folder, ".git")):
            return None
        folder = parent


def read_config(file: str) -> Config:
    """What a configuration file says. Raises ConfigError with every mistake in it, each with its line."""
    from enclint.checked_yaml import InvalidYamlError, checked, read_yaml
    from enclint.source import Source
    from enclint.text_file import UnreadableFileError, decode, read_bytes

    try:
        source = Source(shown(file), decode(file, read_bytes(file)))
        document = read_yaml(source)
        data = checked(document, schema()).data if document.data is not None else {}
    except UnreadableFileError as error:
        raise ConfigError(str(error)) from None
    except InvalidYamlError as error:
        raise ConfigError(str(error)) from None
    config = _config(data, os.path.dirname(os.path.abspath(file)))
    return config._replace(places={said: str(document.span(path)) for said, path in _words_of_policies(data)})


def _words_of_policies(data: dict[str, Any]) -> Iterator[tuple[tuple[str, str], list[str | int]]]:
    """The words that only the policies of a run give a meaning, each with its key, and where it stands."""
    for key in ("select", "ignore"):
        for number, word in enumerate(data.get(key, ())):
            yield (key, word), [key, number]
    for number, entry in enumerate(data.get("requirements", ())):
        words = entry["require"]
        for place, word in enumerate([words] if isinstance(words, str) else words):
            yield ("require", word), ["requirements", number, "require", *([] if isinstance(words, str) else [place])]
    if "created_since" in data:
        yield ("created_since", data["created_since"]), ["created_since"]


def schema() -> dict[str, Any]:
    """The JSON schema of `.enclint.yaml`."""
    import json

    with open(os.path.join(os.path.dirname(__file__), "config.schema.json"), encoding="utf-8") as file:
        data: dict[str, Any] = json.load(file)
    return data


def _config(data: dict[str, Any], base: str) -> Config:
    def paths(name: str) -> tuple[str, ...]:
        return tuple(shown(os.path.join(base, path)) for path in data.get(name, ()))

    classification = data.get("classification", {})
    given = [(False, f"{name}={_as_text(value)}") for name, value in data.get("variables", {}).items()]
    return Config(
        profile=data.get("profile", "baseline"),
        select=tuple(data.get("select", ())),
        ignore=tuple(data.get("ignore", ())),
        fail_on=Severity(data.get("fail_on", "low")),
        unknown=data.get("unknown", "warn"),
        policies=paths("policies"),
        honour=tuple(data.get("honour", ())),
        created_since=data.get("created_since"),
        classification_tags=tuple(classification.get("tags", ())),
        classification_values=tuple(classification.get("sensitive", ())),
        requirements=tuple(_requirement(each) for each in data.get("requirements", ())),
        variables=tuple(given) + tuple((True, path) for path in paths("variable_files")),
        workspace=data.get("workspace"),
        environment_files=paths("environment_files"),
        parameters=paths("parameters"),
        base=base,
    )


def _requirement(entry: dict[str, Any]) -> Requirement:
    names = entry["require"]
    return Requirement((names,) if isinstance(names, str) else tuple(names), entry.get("where", {}))


def _as_text(value: Any) -> str:
    """A value as `-var` takes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
