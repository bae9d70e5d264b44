"""Compact indexes of the policies: what a run reads in a millisecond instead of well over a hundred YAML files.

A wheel carries one beside the package. In a checkout one is kept in the user's cache, and believed only as long as it
is private to the user, whole, and made from the very files that are there: their names, sizes and times of change.
The one in a wheel is marshalled, like the modules beside it: it is as trusted as they are, and nothing has to be
imported to read it. The one in a cache is JSON, which can do nothing but be wrong.
"""

from __future__ import annotations

import marshal
import os
from stat import S_ISDIR, S_ISREG
from time import time_ns

from enclint import __version__
from enclint.lean_typing import Any, Final
from enclint.policy.yaml_folder import paths_below, read_folder

Data = tuple[dict[str, Any], list[dict[str, Any]]]
"""Kinds by name, and policies in the order of their ids."""

_FORMAT: Final = 4
"""The version of marshal's format that every Python from 3.4 on reads."""
SETTLED: Final = 2_000_000_000
"""Nanoseconds after which a file that is changed once more has another time of change on every file system."""


def read_index(path: str) -> Data:
    """What an index beside the package holds."""
    with open(path, "rb") as file:
        kinds, policies = marshal.loads(file.read())  # noqa: S302 (part of the package)
    return kinds, policies


def write_index(path: str, root: str) -> None:
    """Makes the index of a folder of YAML files."""
    with open(path, "wb") as file:
        file.write(marshal.dumps(read_folder(root), _FORMAT))


def read_through_cache(root: str, cache: str) -> Data:
    """What a folder of YAML files holds: from an index in the folder `cache` where that is up to date."""
    from zlib import crc32

    path = os.path.join(cache, f"policies-{crc32(os.path.abspath(root).encode()):08x}.json")
    stamp = _stamp(root)
    data = _kept(path, stamp)
    if data is None:
        data = read_folder(root)
        if time_ns() - max((changed for _, _, changed in stamp[2]), default=0) > SETTLED:
            _keep(path, stamp, data)
    return data


def _stamp(root: str) -> tuple[str, str, list[tuple[str, int, int]]]:
    """All that an index hangs on: the tool, the folder, and its files' names, sizes and times of change."""
    files = []
    for path in paths_below(root):
        status = os.stat(path)
        files.append((path[len(root) :], status.st_size, status.st_mtime_ns))
    return __version__, os.path.abspath(root), files


def _kept(path: str, stamp: object) -> Data | None:
    """What was kept, if that is whole, ours, and made from what is there now."""
    import json
    from zlib import crc32

    try:
        if not (_is_private(os.path.dirname(path)) and _is_private(path)):
            return None
        with open(path, "rb") as file:
            checksum, made_from, data = file.read().split(b"\n")
        if int(checksum, 16) != crc32(made_from + data) or made_from != _as_json(stamp):
            return None
        kinds, policies = json.loads(data)
    except (OSError, ValueError):
        return None
    return kinds, policies


def _keep(path: str, stamp: object, data: Data) -> None:
    """Keeps data for the next run, at one stroke; where that is not possible, the next run reads the files again."""
    from zlib import crc32

    made_from, kept = _as_json(stamp), _as_json(data)
    written = f"{path}.{os.getpid()}"
    try:
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        if not _is_private(os.path.dirname(path)):
            return
        with open(os.open(written, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(b"%08x\n%s\n%s" % (crc32(made_from + kept), made_from, kept))
        os.replace(written, path)
    except OSError:
        return


def _as_json(data: object) -> bytes:
    """JSON on one line."""
    import json

    return json.dumps(data, separators=(",", ":")).encode()


def _is_private(path: str) -> bool:
    """Whether a file or folder is the user's, no link, and nobody else can write to it. Raises OSError."""
    status = os.lstat(path)
    if not (S_ISREG(status.st_mode) or S_ISDIR(status.st_mode)):
        return False
    return not hasattr(os, "getuid") or (status.st_uid == os.getuid() and not status.st_mode & 0o022)
