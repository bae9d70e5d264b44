"""Named tuples that are made in a tenth of the time that `typing.NamedTuple` takes to make one.

A run makes some fifty of these classes before it reads its first file. `typing` checks the type of each field and
compiles a constructor for each class; here annotations are taken as they are, and the classes of as many fields share
one compiled constructor. Only `lean_typing` imports this; type checkers are shown `typing.NamedTuple`.
"""

from __future__ import annotations

from collections import namedtuple
from types import FunctionType

TYPE_CHECKING = False

if TYPE_CHECKING:
    from types import CodeType
    from typing import Any, Self

_Getter: Any = type(vars(namedtuple("_Single", "field"))["field"])
"""What reads a field of any named tuple: Python's own, which is written in C."""

_GLOBALS = {"_new": tuple.__new__}
_constructors: dict[int, CodeType] = {}
"""The code of a constructor by the number of its fields."""


class _Record(tuple):  # type: ignore[type-arg]
    """What all named tuples can do."""

    __slots__ = ()
    _fields: tuple[str, ...] = ()

    def _replace(self, /, **changes: Any) -> Self:
        made: Self = tuple.__new__(self.__class__, map(changes.pop, self._fields, self))
        if changes:
            raise ValueError(f"Got unexpected field names: {list(changes)}")
        return made

    def _asdict(self) -> dict[str, Any]:
        return dict(zip(self._fields, self, strict=True))

    def __getnewargs__(self) -> tuple[Any, ...]:
        return tuple(self)

    def __repr__(self) -> str:
        return f"{self.__class__.__name__}({', '.join(f'{name}={value!r}' for name, value in self._asdict().items())})"


class _Class(type):
    """Makes a tuple of the fields that a class statement annotates; those with a default come last."""

    def __new__(mcs, name: str, _bases: tuple[type, ...], namespace: dict[str, Any]) -> Any:
        fields = tuple(namespace.get("__annotations__", ()))
        defaults = tuple([namespace[field] for field in fields if field in namespace])
        namespace.update({field: _Getter(index, "") for index, field in enumerate(fields)})
        namespace.update(__new__=_constructor(fields, defaults), __slots__=(), __match_args__=fields, _fields=fields)
        return type(name, (_Record,), namespace)


def _constructor(fields: tuple[str, ...], defaults: tuple[Any, ...]) -> FunctionType:
    code = _constructors.get(len(fields))
    if code is None:
        names = "".join([f"_{index}, " for index in range(len(fields))])
        made = eval(f"lambda _cls, {names}: _new(_cls, ({names}))", _GLOBALS)  # noqa: S307 (nothing but numbers in it)
        code = _constructors[len(fields)] = made.__code__
    return FunctionType(code.replace(co_varnames=("_cls", *fields)), _GLOBALS, "__new__", defaults)


NamedTuple = type.__new__(_Class, "NamedTuple", (), {})
