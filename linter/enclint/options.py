"""What the words of the command line, and the configuration file, make of a run."""

from __future__ import annotations

import os
from types import SimpleNamespace

from enclint.config import Config, ConfigError, find_file, read_config
from enclint.finding import Severity
from enclint.lean_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Mapping, Sequence


def lint_options(words: Sequence[str]) -> Namespace | SimpleNamespace:
    """What `enclint [PATH …]` was told. Most calls name paths only, and to have argparse costs more than they do."""
    if any(word.startswith("-") for word in words):
        from enclint.command_line import lint_options

        return lint_options(words)
    return SimpleNamespace(
        paths=list(words), version=False, format="text", output=None, report=[], quiet=False, no_cache=False
    )


def config_of(options: Namespace | SimpleNamespace, environment: Mapping[str, str]) -> Config:
    """The configuration of a run: the file's, with what the command line says instead or besides."""
    paths = getattr(options, "paths", None) or [getattr(options, "path", None) or "."]
    file = getattr(options, "config", None) or find_file(_common(paths))
    config = read_config(file) if file is not None else Config()
    given = vars(options)
    if given.get("profile"):
        config = config._replace(profile=given["profile"])
    if given.get("fail_on"):
        config = config._replace(fail_on=Severity(given["fail_on"]))
    if given.get("unknown"):
        config = config._replace(unknown=given["unknown"])
    if given.get("workspace"):
        config = config._replace(workspace=given["workspace"])
    source = given.get("source")
    if source is not None and not os.path.isdir(source):
        raise ConfigError(f"--source {source}: there is no such folder")
    return config._replace(
        select=_split(given.get("select")) or config.select,
        ignore=(*config.ignore, *_split(given.get("ignore"))),
        policies=(*config.policies, *given.get("policies", ())),
        variables=(*config.variables, *given.get("variables", ())),
        environment_files=tuple(given.get("env_files", ())) or config.environment_files,
        parameters=tuple(given.get("parameters", ())) or config.parameters,
        plan_source=source,
        environment={
            name: value for name, value in environment.items() if name.startswith("TF_VAR_") or name == "TF_WORKSPACE"
        },
        jobs=given.get("jobs", 0),
    )


def _common(paths: Sequence[str]) -> str:
    """Where to look for the configuration from: the folder that all paths lie in, or the only path."""
    if len(paths) == 1:
        return paths[0]
    try:
        return os.path.commonpath([os.path.abspath(path) for path in paths])
    except ValueError:
        return paths[0]


def _split(words: Sequence[str] | None) -> tuple[str, ...]:
    """Ids that were given one by one or with commas."""
    return tuple(id.strip() for word in words or () for id in word.split(",") if id.strip())
