"""Reading a file's text, within bounds and with a reason where it cannot be read."""

from __future__ import annotations

import os
import stat

from enclint.finding import Finding, Severity, Verdict
from enclint.lean_typing import BinaryIO, Final
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
        with _open_regular(path) as file:
            if os.fstat(file.fileno()).st_size > limit:
                raise UnreadableFileError(path, f"it is larger than {limit // 1_000_000} MB")
            return file.read()
    except OSError as error:
        raise UnreadableFileError(path, _words(error)) from None


def read_head(path: str, limit: int) -> bytes:
    """The first bytes of a regular file, `limit` of them at most. Raises UnreadableFileError."""
    try:
        with _open_regular(path) as file:
            return file.read(limit)
    except OSError as error:
        raise UnreadableFileError(path, _words(error)) from None


def list_folder(path: str) -> list[str]:
    """The names in a folder, sorted. Raises UnreadableFileError."""
    try:
        return sorted(os.listdir(path))
    except OSError as error:
        raise UnreadableFileError(path, _why_unlisted(error)) from None


def scan_folder(path: str) -> list[os.DirEntry[str]]:
    """The entries of a folder, by name. Raises UnreadableFileError."""
    try:
        with os.scandir(path) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        raise UnreadableFileError(path, _why_unlisted(error)) from None


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


def _open_regular(path: str) -> BinaryIO:
    """A regular file, opened. Raises UnreadableFileError for what only looks like one, and OSError."""
    file = open(path, "rb", opener=_open_without_waiting)  # noqa: SIM115 (whoever calls closes it)
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise UnreadableFileError(path, "it is no regular file")
    return file


def _open_without_waiting(path: str, flags: int) -> int:
    """Opens a named pipe at once instead of waiting for somebody to write to it."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _why_unlisted(error: OSError) -> str:
    return "the folder cannot be listed" if isinstance(error, PermissionError) else _words(error)


def _words(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "there is no such file"
    if isinstance(error, PermissionError):
        return "permission denied"
    if isinstance(error, IsADirectoryError):
        return "it is a folder"
    return (error.strerror or str(error)).lower()
