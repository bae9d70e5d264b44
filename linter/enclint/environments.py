"""The environments that code is judged for: values of Terraform variables and of CloudFormation parameters."""

from __future__ import annotations

import os

from enclint.config import ConfigError
from enclint.lean_typing import TYPE_CHECKING, NamedTuple
from enclint.nearest import did_you_mean
from enclint.paths import shown
from enclint.text_file import UnreadableFileError, list_folder

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from enclint.config import Config
    from enclint.finding import Finding
    from enclint.frontends.cloudformation.parameter_files import Environment
    from enclint.frontends.terraform.inputs import Argument
    from enclint.frontends.terraform.project import Settings
    from enclint.units import Unit


def terraform_settings(root: str, config: Config) -> list[Settings]:
    """How a root module is to be evaluated: once, or once for each of its environment files."""
    from enclint.frontends.terraform.inputs import Argument
    from enclint.frontends.terraform.project import Settings

    given = tuple(_argument(root, is_file, text) for is_file, text in config.variables)
    workspace = config.workspace or config.environment.get("TF_WORKSPACE")
    plain = Settings(given, config.environment, workspace)
    files = environment_files(root, config)
    if not files:
        return [plain]
    return [
        plain._replace(arguments=(Argument(True, os.path.relpath(file, root)), *given), label=shown(file))
        for file in files
    ]


def environment_files(root: str, config: Config) -> list[str]:
    """The variable files that the globs name in a root module's folder; else those that they name from without."""
    if not config.environment_files:
        return []
    from glob import glob

    for base in (root, config.base, "."):
        if base:
            files = [
                os.path.join(base, name)
                for pattern in config.environment_files
                for name in sorted(glob(pattern, root_dir=base, recursive=True))
            ]
            if files:
                return list(dict.fromkeys(files))
    return []


def offer_of_environments(root: str, config: Config) -> str:
    """What to say of variable files beside a root module that Terraform does not load by itself; "" where nothing."""
    if config.environment_files or any(is_file for is_file, _ in config.variables):
        return ""
    try:
        names = [name for name in list_folder(root) if name.endswith((".tfvars", ".tfvars.json"))]
    except UnreadableFileError:  # as reading the module will say
        return ""
    unloaded = [
        name
        for name in names
        if not name.startswith("terraform.tfvars") and not name.endswith((".auto.tfvars", ".auto.tfvars.json"))
    ]
    if not unloaded:
        return ""
    return f"{root}: Terraform does not load {', '.join(unloaded)} by itself; --env-files '*.tfvars' judges each"


def demand_environments(units: Iterable[Unit], config: Config) -> None:
    """Raises ConfigError where variable files are asked for, and no root module finds any."""
    if not config.environment_files:
        return
    roots = [unit.paths[0] for unit in units if unit.dialect == "terraform"]
    if roots and not any(environment_files(root, config) for root in roots):
        raise ConfigError(f"--env-files {' '.join(config.environment_files)}: there is no such file")


def _argument(root: str, is_file: bool, text: str) -> Argument:
    """A `--var`, or a `--var-file` whose path counts from the working directory or, failing that, from the root."""
    from enclint.frontends.terraform.inputs import Argument

    if is_file and os.path.exists(text):
        text = os.path.relpath(text, root)
    return Argument(is_file, text)


class ParameterEnvironments(NamedTuple):
    """The parameter values that templates are judged with, and what could not be read of them."""

    environments: tuple[Environment, ...] = ()
    errors: tuple[Finding, ...] = ()


def parameter_environments(config: Config) -> ParameterEnvironments:
    """What the parameter files of a configuration say."""
    if not config.parameters:
        return ParameterEnvironments()
    from enclint.frontends.cloudformation.parameter_files import read_parameters
    from enclint.text_file import UnreadableFileError, read_source, unreadable_file

    environments: list[Environment] = []
    errors: list[Finding] = []
    for path in config.parameters:
        try:
            file = read_parameters(read_source(shown(path)))
        except UnreadableFileError as error:
            errors.append(unreadable_file(error))
            continue
        environments += file.environments
        errors += file.errors
    return ParameterEnvironments(tuple(environments), tuple(errors))


def values_for_nobody(config: Config, declared: Collection[tuple[str, str]]) -> Iterator[str]:
    """What to say of values that were given by names which nothing declares; `declared`: dialects with names."""
    variables = [text.partition("=")[0].strip() for is_file, text in config.variables if not is_file]
    parameters = [name for each in parameter_environments(config).environments for name in each.parameters]
    for dialect, what, names in (
        ("terraform", "root module declares a variable", variables),
        ("cloudformation", "template declares a parameter", parameters),
    ):
        known = [name for each, name in declared if each == dialect]
        for name in dict.fromkeys(names):
            if name not in known:
                yield f"no {what} `{name}`, for which a value was given{did_you_mean(name, known)}"
