"""Reading a file's text, within bounds and with a reason where it cannot be read."""

from __future__ import annotations

import os
import stat

from enclint.finding import Finding, Severity, Verdict
from enclint.lean_typing import Final
from enclint.source import Source, Span

MAX_SIZE: Final = 64_000_000
"""Bytes of the largest file that is read."""


class UnreadableFileError(Exception):
    """A file whose text cannot be had; `reason` says why in the user's words."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


def read_bytes(path: str, limit: int = MAX_SIZE) -> bytes:
    """The content of a regular file. Raises UnreadableFileError, also for what is larger than `limit`."""
    try:
        with open(path, "rb", opener=_open_without_waiting) as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise UnreadableFileError(path, "it is no regular file")
            if status.st_size > limit:
                raise UnreadableFileError(path, f"it is larger than {limit // 1_000_000} MB")
            return file.read()
    except OSError as error:
        raise UnreadableFileError(path, _words(error)) from None


def decode(path: str, data: bytes) -> str:
    """UTF-8 text, without a byte order mark. Raises UnreadableFileError."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableFileError(path, "it is encoded in UTF-16; UTF-8 is expected")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UnreadableFileError(path, f"it is not valid UTF-8 (line {line})") from None


def read_source(path: str) -> Source:
    """A file as a Source under the path by which it was found. Raises UnreadableFileError."""
    return Source(path, decode(path, read_bytes(path)))


def unreadable_file(error: UnreadableFileError) -> Finding:
    """The finding that says so."""
    return Finding(
        "unreadable-file",
        "File cannot be read",
        Verdict.UNKNOWN,
        Severity.HIGH,
        f"{error.path} cannot be read: {error.reason}",
        Span(Source(error.path, ""), 0, 0),
        is_error=True,
    )


def _open_without_waiting(path: str, flags: int) -> int:
    """Opens a named pipe at once instead of waiting for somebody to write to it."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _words(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "there is no such file"
    if isinstance(error, PermissionError):
        return "permission denied"
    if isinstance(error, IsADirectoryError):
        return "it is a folder"
    return (error.strerror or str(error)).lower()
