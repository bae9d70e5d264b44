"""Words in, exit status out: the only module that prints, reads the environment, and ends the process."""

from __future__ import annotations

import os
import signal
import sys

from enclint import __version__
from enclint.lean_typing import IO, TYPE_CHECKING, Final, NoReturn

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable, Sequence
    from types import SimpleNamespace

    from enclint.report import Report

TROUBLE: Final = 2
"""The exit status for what could not be read, and for a call that makes no sense."""

INTERRUPTED: Final = 130
"""The exit status for a run that was stopped with Ctrl-C, as shells give it."""


def entry() -> NoReturn:
    """The console script. It leaves at once: to take millions of objects apart one by one is a fifth of a long run."""
    signal.signal(signal.SIGINT, _stop)
    status = main(sys.argv[1:])
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:  # as where a pipe is closed
        status = TROUBLE
    os._exit(status)


def _stop(_signal: int, _frame: object) -> NoReturn:
    """Ctrl-C: leaves at once, whatever is being waited for, and takes the processes along that work for this one."""
    children = sys.modules.get("multiprocessing")
    for child in children.active_children() if children is not None else ():
        child.kill()
    _complain("interrupted")
    os._exit(INTERRUPTED)


def main(argv: Sequence[str]) -> int:
    """Runs enclint with the words behind its name; the exit status is 0, 1 (findings) or 2 (trouble)."""
    if list(argv) in (["--version"], ["-V"]):
        _print(f"enclint {__version__}\n")
        return 0
    from enclint.config import ConfigError

    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal that lacks a character is no reason to stop
    try:
        return _command(argv)(argv)
    except ConfigError as error:
        _complain(str(error))
        return TROUBLE
    except SystemExit as exit:  # --help
        return exit.code if isinstance(exit.code, int) else TROUBLE
    except BrokenPipeError:  # whoever reads our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return TROUBLE


def _command(argv: Sequence[str]) -> Callable[[Sequence[str]], int]:
    """What the first word asks for. A folder of that name is meant by `./policies`."""
    return {"explain": _explain, "policies": _policies, "resolve": _resolve, "console": _console}.get(
        argv[0] if argv else "", _lint
    )


def _lint(words: Sequence[str]) -> int:
    from enclint import garbage

    garbage.put_off()

    from enclint.cache import user_folder
    from enclint.options import config_of, lint_options

    options = lint_options(words)
    if options.version:
        return main(["--version"])
    config = config_of(options, os.environ)._replace(cache=None if options.no_cache else user_folder(os.environ))
    wanted = _wanted_reports(options)

    from enclint.lint import lint

    report = lint(options.paths or ["."], config, progress=_progress(options))
    status = report.exit_status(config.fail_on, undecided_fails=config.unknown == "fail")
    shown = report.without_undecided() if config.unknown == "ignore" else report
    for format, file in wanted:
        try:
            _write(shown, format, file, quiet=options.quiet)
        except OSError as error:  # the other reports are written all the same
            if file is None:
                raise
            _complain(f"{file} cannot be written: {error.strerror}")
            status = TROUBLE
    return status


def _wanted_reports(options: Namespace | SimpleNamespace) -> list[tuple[str, str | None]]:
    """The formats to write, each with its file; None for standard output."""
    from enclint.config import ConfigError
    from enclint.nearest import did_you_mean
    from enclint.reports import FORMATS

    wanted: list[tuple[str, str | None]] = [(options.format, None if options.output == "-" else options.output)]
    for word in options.report:
        format, equals, file = word.partition("=")
        if not equals or not file:
            raise ConfigError(f"--report {word}: FORMAT=FILE is expected, such as sarif=out.sarif")
        if format not in FORMATS:
            hint = did_you_mean(format, FORMATS) or f"; possible: {', '.join(FORMATS)}"
            raise ConfigError(f"--report {word}: there is no format `{format}`{hint}")
        if file == "-" and wanted[0][1] is None:
            raise ConfigError(f"--report {word}: another report is on standard output already; say --format {format}")
        wanted.append((format, None if file == "-" else file))
    return wanted


def _write(report: Report, format: str, file: str | None, *, quiet: bool) -> None:
    """One report, to a file or to standard output; in colour if people read it there. Raises OSError."""
    from enclint.reports import render

    if file is None:
        if format == "text" and _is_interactive(sys.stdout):
            from enclint.reports.terminal import print_text

            print_text(report, sys.stdout, quiet=quiet)
        else:
            _print(render(format, report, quiet=quiet))
        return
    text = render(format, report, quiet=quiet)
    with open(file, "w", encoding="utf-8", errors="replace") as out:
        out.write(text)


def _is_interactive(stream: IO[str]) -> bool:
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _progress(options: Namespace | SimpleNamespace) -> Callable[[int, int], None] | None:
    """Shows on standard error how far the run is, if somebody looks at it there."""
    if options.quiet or not sys.stderr.isatty():
        return None
    from enclint.progress import ProgressLine

    return ProgressLine(sys.stderr)


def _explain(words: Sequence[str]) -> int:
    from enclint.command_line import explain_options
    from enclint.explain import explanation
    from enclint.options import config_of

    options = explain_options(words[1:])
    _print(explanation(options.id, config_of(options, os.environ)))
    return 0


def _policies(words: Sequence[str]) -> int:
    from enclint.command_line import policies_options
    from enclint.explain import list_as_json, list_as_text
    from enclint.options import config_of

    options = policies_options(words[1:])
    make = list_as_json if options.format == "json" else list_as_text
    _print(make(config_of(options, os.environ)))
    return 0


def _resolve(words: Sequence[str]) -> int:
    from enclint.command_line import resolve_options
    from enclint.options import config_of
    from enclint.resolve import resolve

    options = resolve_options(words[1:])
    text, errors = resolve(
        options.path, config_of(options, os.environ), options.format, show_sensitive=options.show_sensitive
    )
    _print(text)
    for error in errors:
        _complain(error)
    return TROUBLE if errors else 0


def _console(words: Sequence[str]) -> int:
    from enclint.command_line import console_options
    from enclint.console import Console
    from enclint.options import config_of

    options = console_options(words[1:])
    console = Console(options.path, config_of(options, os.environ), show_sensitive=options.show_sensitive)
    prompt = "" if options.json or not sys.stdin.isatty() else "> "
    while True:
        if prompt:
            _print(prompt)
        line = sys.stdin.readline()
        if not line:
            return 0
        if line.strip():
            _print((console.answer_json(line) if options.json else console.answer(line)) + "\n")


def _print(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def _complain(message: str) -> None:
    from enclint.reports.printable import printable_lines

    sys.stderr.write(f"enclint: {printable_lines(message)}\n")
