"""Where things are kept from run to run: in the user's own cache, never in what is scanned."""

from __future__ import annotations

import os
import sys

from enclint.lean_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def user_folder(environment: Mapping[str, str]) -> str | None:
    """The folder for what can be made again, as the platform's convention has it; None where there is none.

    https://specifications.freedesktop.org/basedir-spec/latest/ (relative paths are to be ignored)
    """
    if sys.platform == "win32":
        folder = environment.get("LOCALAPPDATA", "")
    else:
        folder = environment.get("XDG_CACHE_HOME", "")
        home = environment.get("HOME", "")
        if not os.path.isabs(folder) and os.path.isabs(home):
            folder = os.path.join(home, "Library/Caches" if sys.platform == "darwin" else ".cache")
    return os.path.join(folder, "enclint") if os.path.isabs(folder) else None
