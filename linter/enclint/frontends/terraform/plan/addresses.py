"""Addresses of resources and modules in a plan, taken apart."""

from __future__ import annotations

import re

from enclint.lean_typing import Final, NamedTuple, TypeAlias

InstanceKey: TypeAlias = int | str | None


class ModuleStep(NamedTuple):
    """One module call on the way to a resource: its name and, with count or for_each, its instance's key."""

    name: str
    key: InstanceKey


ModulePath: TypeAlias = tuple[ModuleStep, ...]

_STEP: Final = re.compile(r'([^.\["]+)(?:\[(?:(\d+)|"((?:[^"\\]|\\.)*)")\])?(?:\.|\Z)')


def split(reference: str) -> list[ModuleStep]:
    """`module.m["a.b"].z[0]` as its steps: module, m["a.b"], z[0]. Text that is no address gives what was read."""
    steps = []
    offset = 0
    while offset < len(reference) and (match := _STEP.match(reference, offset)):
        number, text = match[2], match[3]
        key: InstanceKey = None
        if number is not None:
            key = int(number)
        elif text is not None:
            key = re.sub(r"\\(.)", r"\1", text)
        steps.append(ModuleStep(match[1], key))
        offset = match.end()
    return steps


def module_path(address: str) -> ModulePath:
    """The calls of a module's address: `module.a["x"].module.b` is a["x"], b. The root's address is empty."""
    return tuple(step for step in split(address)[1::2])


def render_key(key: InstanceKey) -> str:
    """`[0]`, `["name"]`, or nothing."""
    if key is None:
        return ""
    if isinstance(key, int):
        return f"[{key}]"
    escaped = key.replace("\\", "\\\\").replace('"', '\\"')
    return f'["{escaped}"]'


def module_prefix(path: ModulePath) -> str:
    """What the addresses in a module begin with: `module.a["x"].module.b.`; nothing for the root."""
    return "".join(f"module.{step.name}{render_key(step.key)}." for step in path)
