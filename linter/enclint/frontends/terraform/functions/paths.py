"""Functions of paths as text. Source: https://developer.hashicorp.com/terraform/language/functions/dirname"""

from __future__ import annotations

from pathlib import Path

from enclint.frontends.terraform.functions.signature import Functions, text
from enclint.frontends.terraform.functions.tree import clean, expand_home
from enclint.frontends.terraform.types import STRING
from enclint.frontends.terraform.values import string
from enclint.lean_typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from enclint.frontends.terraform.functions.signature import Call
    from enclint.model.value import Value

FUNCTIONS: Final = Functions()


@FUNCTIONS.define("abspath", text("path"), result=STRING)
def abspath(call: Call, arguments: list[Value]) -> Value:
    """`abspath(path)`: relative paths start at the root module's directory, where Terraform runs."""
    path = arguments[0].data  # type: ignore[attr-defined]
    directory = call.scope.directory or str(Path.cwd())
    return string(clean(path if path.startswith("/") else f"{directory}/{path}"), call.span)


@FUNCTIONS.define_plain("basename", text("path"), result=STRING)
def basename(path: str) -> str:
    """`basename(path)`: the last name."""
    if not path:
        return "."
    return path.rstrip("/").rpartition("/")[2] or "/"


@FUNCTIONS.define_plain("dirname", text("path"), result=STRING)
def dirname(path: str) -> str:
    """`dirname(path)`: all but the last name."""
    return clean(path[: path.rfind("/") + 1])


@FUNCTIONS.define_plain("pathexpand", text("path"), result=STRING)
def pathexpand(path: str) -> str:
    """`pathexpand(path)`: `~` is the home directory."""
    return expand_home(path)
