"""The command line: its words and its help."""

from __future__ import annotations

import argparse
import os

from enclint.config import ConfigError
from enclint.finding import Severity
from enclint.lean_typing import TYPE_CHECKING, Final, NoReturn
from enclint.reports import FORMATS

if TYPE_CHECKING:
    from collections.abc import Sequence

_DESCRIPTION: Final = """\
Reads Terraform and CloudFormation and tells whether everything that they describe on AWS is encrypted, at rest and in
transit, with the key that is required.

  enclint [PATH …]        judge files and folders (default: the folder that you are in)
  enclint explain ID      what a policy wants, why, and how to get there
  enclint policies        all policies
  enclint resolve [PATH]  what Terraform code comes to: each resource with its values and where they came from
  enclint console [PATH]  evaluate expressions in the scope of a Terraform root module, one a line
"""

_EPILOG: Final = """\
What is read: Terraform modules (every folder with .tf or .tf.json files, read whole), Terraform plans in JSON
(terraform show -json), and CloudFormation and SAM templates (.yaml, .yml, .json, .template that hold resources of
AWS). Other YAML and JSON is passed over.

What is left alone: hidden folders, .terraform, node_modules, and what git ignores; links that lead out of the
repository, or out of the folders that were named. A path that is named is always read. Of a file that is named, the
whole folder is judged, and with it the modules of the repository that call it, but only findings that concern the
file are reported.

Nothing in a file is run, and nothing is fetched from anywhere.

Exit status: 0 nothing to fail on, 1 findings, 2 something could not be read, or the call makes no sense.
"""

_SEVERITIES: Final = tuple(severity.value for severity in Severity)


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, as enclint does elsewhere."""

    def error(self, message: str) -> NoReturn:
        raise ConfigError(message)


class _Formatter(argparse.RawDescriptionHelpFormatter):
    """As wide as the terminal. argparse's own way to ask for that loads libraries for compressed archives."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=_terminal_width() - 2)


def _terminal_width() -> int:
    try:
        return int(os.environ.get("COLUMNS") or os.get_terminal_size().columns)
    except (OSError, ValueError):
        return 80


def lint_options(words: Sequence[str]) -> argparse.Namespace:
    """The words of `enclint [PATH …]`."""
    parser = _parser("enclint", _DESCRIPTION, _EPILOG)
    parser.add_argument("paths", nargs="*", metavar="PATH", help="files and folders, in any mix")
    parser.add_argument("--version", "-V", action="store_true", help="print the version and exit")
    output = parser.add_argument_group("reports")
    output.add_argument("--format", choices=FORMATS, default="text", help="the report's form (default: text)")
    output.add_argument("--output", metavar="FILE", help="write the report there instead of to standard output")
    output.add_argument(
        "--report",
        metavar="FORMAT=FILE",
        action="append",
        default=[],
        help="write another report besides, such as sarif=out.sarif; repeatable",
    )
    output.add_argument("--quiet", "-q", action="store_true", help="findings only: no notes, no summary, no progress")
    _add_judging(parser.add_argument_group("judging"))
    _add_terraform(parser.add_argument_group("Terraform"), environments=True)
    other = parser.add_argument_group("CloudFormation")
    other.add_argument(
        "--parameters",
        metavar="FILE",
        action="append",
        default=[],
        help="judge templates with the parameter values of a file (AWS CLI or CodePipeline JSON, Key=Value lines, "
        "samconfig.toml); repeatable, each an environment of its own",
    )
    work = parser.add_argument_group("work")
    work.add_argument(
        "--jobs", "-j", metavar="N", type=_count, default=0, help="processes to work with (default: what pays)"
    )
    work.add_argument(
        "--no-cache", action="store_true", help="neither use nor keep what a run prepares for the next one"
    )
    return parser.parse_args(words)


def explain_options(words: Sequence[str]) -> argparse.Namespace:
    """The words of `enclint explain ID`."""
    parser = _parser("enclint explain", "What a policy wants, why, and how to get there.")
    parser.add_argument("id", metavar="ID", help="a policy's id, one of its aliases, or another tool's id for it")
    _add_policies(parser)
    return parser.parse_args(words)


def policies_options(words: Sequence[str]) -> argparse.Namespace:
    """The words of `enclint policies`."""
    parser = _parser("enclint policies", "All policies, or those that are selected.")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    _add_selection(parser)
    _add_policies(parser)
    return parser.parse_args(words)


def resolve_options(words: Sequence[str]) -> argparse.Namespace:
    """The words of `enclint resolve [PATH]`."""
    about = "What Terraform code comes to: each resource instance with its values, and where they came from."
    parser = _parser("enclint resolve", about)
    parser.add_argument(
        "path", nargs="?", default=".", metavar="PATH", help="a root module's folder, or a folder above"
    )
    parser.add_argument("--format", choices=("text", "json"), default="text")
    _add_terraform(parser, environments=False)
    _add_sensitive(parser)
    return parser.parse_args(words)


def console_options(words: Sequence[str]) -> argparse.Namespace:
    """The words of `enclint console [PATH]`."""
    about = "Evaluates expressions in the scope of a Terraform root module: one a line, from standard input."
    parser = _parser("enclint console", about)
    parser.add_argument("path", nargs="?", default=".", metavar="PATH", help="the root module's folder")
    parser.add_argument("--json", action="store_true", help="read a JSON string a line, and print a JSON object a line")
    _add_terraform(parser, environments=False)
    _add_sensitive(parser)
    return parser.parse_args(words)


def _parser(name: str, description: str, epilog: str = "") -> _Parser:
    return _Parser(
        prog=name,
        description=description,
        epilog=epilog,
        formatter_class=_Formatter,
        allow_abbrev=False,
    )


def _add_judging(group: argparse._ActionsContainer) -> None:
    group.add_argument(
        "--profile",
        choices=("baseline", "strict"),
        help="baseline: what nobody should ship (default); strict: every policy, customer-managed keys wanted",
    )
    _add_selection(group)
    group.add_argument(
        "--fail-on", choices=_SEVERITIES, help="the least severity that makes the run fail (default: low)"
    )
    group.add_argument(
        "--unknown",
        choices=("ignore", "warn", "fail"),
        help="what to do about what cannot be decided: leave it out of the report, report it (default), or report it "
        "and fail",
    )
    group.add_argument("--config", metavar="FILE", help="instead of the nearest .enclint.yaml above the paths")
    _add_policies(group)


def _add_selection(group: argparse._ActionsContainer) -> None:
    group.add_argument(
        "--select",
        metavar="ID,…",
        action="append",
        default=[],
        help="judge these policies only: ids, globs such as 's3-*', or compliance:FRAMEWORK; repeatable",
    )
    group.add_argument(
        "--ignore", metavar="ID,…", action="append", default=[], help="leave these policies out; repeatable"
    )


def _add_policies(group: argparse._ActionsContainer) -> None:
    group.add_argument(
        "--policies",
        metavar="DIR",
        action="append",
        default=[],
        help="a folder with policies and vocabulary of your own, besides the ones that come along; repeatable",
    )


class _InOrder(argparse.Action):
    """`--var` and `--var-file` in one list, because the later one wins whichever it is."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,  # noqa: ARG002 (argparse's own form)
        namespace: argparse.Namespace,
        values: object,
        option_string: str | None = None,  # noqa: ARG002
    ) -> None:
        namespace.variables = [*(namespace.variables or []), (self.dest == "var_file", str(values))]


def _add_terraform(group: argparse._ActionsContainer, *, environments: bool) -> None:
    group.set_defaults(variables=[])
    group.add_argument(
        "--var", metavar="NAME=VALUE", action=_InOrder, default=[], help="a variable's value; repeatable"
    )
    group.add_argument(
        "--var-file", metavar="FILE", action=_InOrder, default=[], help="a file of variables' values; repeatable"
    )
    group.add_argument(
        "--workspace", metavar="NAME", help="the workspace (else it is not known; in the console: default)"
    )
    if environments:
        group.add_argument(
            "--env-files",
            metavar="GLOB",
            action="append",
            default=[],
            help="judge each root module once for each variable file that matches, such as 'env/*.tfvars'; repeatable",
        )
        group.add_argument("--source", metavar="DIR", help="where the .tf files are that a plan was made from")


def _add_sensitive(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--show-sensitive", action="store_true", help="print sensitive values instead of (sensitive)")


def _count(text: str) -> int:
    number = int(text) if text.isdecimal() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of processes")
    return number
