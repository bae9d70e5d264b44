"""`.gitignore` patterns: which paths a repository leaves alone.

Source: https://git-scm.com/docs/gitignore. Matching is by our own few lines, because a linter in a hook may neither
wait for a `git` process for each folder nor depend on one being installed.
"""

from __future__ import annotations

import re

from enclint.lean_typing import Final, NamedTuple

MAX_PATTERNS: Final = 5_000
"""Lines of one file that are looked at; nobody writes more, and each costs time."""


class _Pattern(NamedTuple):
    regex: re.Pattern[str]
    negated: bool
    folders_only: bool


class IgnoreFile:
    """The patterns of one `.gitignore`, which count for the folder that it lies in and everything below."""

    __slots__ = ("_any", "_patterns", "folder")

    def __init__(self, folder: str, text: str) -> None:
        self.folder = folder
        """The path of the folder with a slash at its end; "" for the one that all paths are relative to."""
        self._patterns: list[_Pattern] = []
        expressions = []
        for line in text.splitlines()[:MAX_PATTERNS]:
            negated, folders_only, expression = _translate(line)
            if expression:
                expressions.append(expression)
                self._patterns.append(_Pattern(re.compile(expression, re.DOTALL), negated, folders_only))
        self._any = re.compile("|".join(expressions), re.DOTALL) if expressions else None

    def decides(self, path: str, is_folder: bool) -> bool | None:
        """True: ignored; False: taken back in by a `!` pattern; None: no pattern speaks of it. The last one counts."""
        if self._any is None or not path.startswith(self.folder):
            return None
        relative = path[len(self.folder) :]
        if self._any.fullmatch(relative) is None:
            return None
        for pattern in reversed(self._patterns):
            if (is_folder or not pattern.folders_only) and pattern.regex.fullmatch(relative):
                return not pattern.negated
        return None


def is_ignored(path: str, is_folder: bool, files: tuple[IgnoreFile, ...]) -> bool:
    """Whether a path is ignored, by the files that count for it, outermost first. Its folder must not be ignored."""
    for file in reversed(files):
        decision = file.decides(path, is_folder)
        if decision is not None:
            return decision
    return False


def _translate(line: str) -> tuple[bool, bool, str]:
    """Whether a line negates, whether it means folders only, and its regular expression ("" for no pattern)."""
    pattern = _without_trailing_spaces(line.removeprefix("\ufeff"))
    if not pattern or pattern.startswith("#"):
        return False, False, ""
    negated = pattern.startswith("!")
    if negated:
        pattern = pattern[1:]
    folders_only = pattern.endswith("/")
    pattern = pattern.rstrip("/")
    anchored = "/" in pattern
    pattern = pattern.removeprefix("/")
    if not pattern:
        return False, False, ""
    expression = _glob(pattern)
    return negated, folders_only, expression if anchored else f"(?:.*/)?{expression}"


def _without_trailing_spaces(line: str) -> str:
    """The line without spaces at its end, unless a backslash keeps one."""
    stripped = line.rstrip(" ")
    if stripped.endswith("\\") and len(stripped) < len(line):
        return stripped + " "
    return stripped


_TOKEN: Final = re.compile(
    r"""(?P<leading> \A\*\*/ ) | (?P<inner> /\*\*(?=/) ) | (?P<trailing> /\*\*\Z ) | (?P<star> \*+ ) | (?P<one> \? )
      | (?P<class> \[ [!^]? \]? (?: \[:[a-z]+:\] | \\. | [^\]\\] )* \] ) | \\(?P<escaped> . ) | (?P<other> . )""",
    re.VERBOSE | re.DOTALL,
)
_WORDS: Final = {
    "leading": "(?:.*/)?",
    "inner": "(?:/.*)?",
    "trailing": "/.+",
    "star": "[^/]*",
    "one": "[^/]",
}


def _glob(pattern: str) -> str:
    """The regular expression of a glob; a form that cannot be one matches nothing, as in git."""
    expression = "".join(_word(match) for match in _TOKEN.finditer(pattern))
    try:
        re.compile(expression)
    except re.error:
        return "(?!)"
    return expression


def _word(match: re.Match[str]) -> str:
    kind = match.lastgroup or ""
    if kind in _WORDS:
        return _WORDS[kind]
    text = match[kind]
    if kind == "class":
        return _character_class(text[1:-1])
    return re.escape(text)


_POSIX_CLASSES: Final = {
    "alnum": "a-zA-Z0-9",
    "alpha": "a-zA-Z",
    "digit": "0-9",
    "lower": "a-z",
    "space": r"\s",
    "upper": "A-Z",
    "xdigit": "0-9a-fA-F",
}


def _character_class(content: str) -> str:
    """`[!a-z]` and its like; never a slash."""
    negated = content[:1] in ("!", "^")
    content = content[1:] if negated else content
    content = content.replace("[:", "\0").replace(":]", "\1")
    parts = re.split("\0([a-z]+)\1", content)
    inner = "".join(
        _POSIX_CLASSES.get(part, "") if number % 2 else re.sub(r"(?<!\\)([\[\]&~|^])", r"\\\1", part)
        for number, part in enumerate(parts)
    )
    return f"(?!/)[{'^' if negated else ''}{inner}]"
