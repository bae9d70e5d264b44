"""The names of `typing` that the package uses, without what it costs to have `typing`.

A linter in a hook is switched off if it is slow to start, and `typing` with its named tuples would be a quarter of a
run over one small file. Type checkers see the real names. While the program runs, annotations are never evaluated, so
that most of these stand for nothing.
"""

from __future__ import annotations

__all__ = ["IO", "TYPE_CHECKING", "Any", "BinaryIO", "Final", "NamedTuple", "NoReturn", "Protocol", "TypeAlias"]

TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import IO, Any, BinaryIO, Final, NamedTuple, NoReturn, Protocol, TypeAlias
else:
    IO = Any = BinaryIO = Final = NoReturn = TypeAlias = None
    Protocol = object

    from enclint.named_tuple import NamedTuple
