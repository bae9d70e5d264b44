"""The names of `typing` that the package uses, without what it costs to have `typing`.

Every run imports a hundred modules, and a linter in a hook is switched off if it is slow to start: `typing` itself, and
the checks that its NamedTuple makes of each field, would be a quarter of a run over one small file. Type checkers see
the real names. While the program runs, annotations are never evaluated, so that most of these stand for nothing.
"""

from __future__ import annotations

__all__ = ["IO", "TYPE_CHECKING", "Any", "Final", "NamedTuple", "NoReturn", "Protocol", "TypeAlias"]

TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import IO, Any, Final, NamedTuple, NoReturn, Protocol, TypeAlias
else:
    from collections import namedtuple

    IO = Any = Final = NoReturn = TypeAlias = None
    Protocol = object
    _OF_THE_CLASS_STATEMENT = frozenset(("__annotations__", "__module__", "__qualname__"))

    class _Fields(type):
        """Makes a named tuple of a class's annotated names, as `typing.NamedTuple` does, but takes them as they are."""

        def __new__(mcs, name, _, namespace):
            fields = namespace.get("__annotations__", {})
            defaults = [namespace[field] for field in fields if field in namespace]
            made = namedtuple(name, fields, defaults=defaults, module=namespace["__module__"])
            made.__annotations__ = fields
            made.__qualname__ = namespace["__qualname__"]
            for key, value in namespace.items():
                if key not in fields and key not in _OF_THE_CLASS_STATEMENT:
                    setattr(made, key, value)
            return made

    NamedTuple = type.__new__(_Fields, "NamedTuple", (), {})
