"""Functions that read files: of the scanned tree only.

Source: https://developer.hashicorp.com/terraform/language/functions/file and its siblings.
"""

from __future__ import annotations

import posixpath

from enclint.frontends.terraform.functions.encoding import base64_text
from enclint.frontends.terraform.functions.hashing import base64, hexadecimal
from enclint.frontends.terraform.functions.signature import ArgumentFault, CallFault, Functions, text
from enclint.frontends.terraform.functions.tree import TreeFile, clean
from enclint.frontends.terraform.native.strings import normalise
from enclint.frontends.terraform.types import BOOL, STRING, set_of
from enclint.frontends.terraform.values import boolean, set_value, string
from enclint.lean_typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from enclint.frontends.terraform.functions.signature import Call
    from enclint.model.value import Value

FUNCTIONS: Final = Functions()
_define = FUNCTIONS.define


def read(call: Call, path: str) -> bytes:
    """The content of the file that the first argument names. Raises faults in Terraform's words."""
    file = TreeFile(call.scope, path)
    try:
        return file.read()
    except FileNotFoundError:
        raise ArgumentFault(
            0,
            f'no file exists at "{path}"; this function works only with files that are distributed as part of the '
            "configuration source code, so if this file will be created by a resource in this configuration you must "
            "instead obtain this result from an attribute of that resource",
        ) from None
    except IsADirectoryError:
        raise ArgumentFault(0, f"failed to read file: read {file.shown}: is a directory") from None
    except OSError as error:
        raise ArgumentFault(0, f"open {file.shown}: {_error_text(error)}") from None


def read_text(call: Call, path: str) -> str:
    """The content of the file that the first argument names, which must be UTF-8."""
    content = read(call, path)
    try:
        return normalise(content.decode())
    except UnicodeDecodeError:
        raise CallFault(
            f'contents of "{path}" are not valid UTF-8; use the filebase64 function to obtain the Base64 encoded '
            "contents or the other file functions (e.g. filemd5, filesha256) to obtain file hashing results instead"
        ) from None


def _error_text(error: OSError) -> str:
    message = error.strerror or str(error)
    return message[:1].lower() + message[1:]


@_define("file", text("path"), result=STRING)
def file(call: Call, arguments: list[Value]) -> Value:
    """`file(path)`."""
    return string(read_text(call, arguments[0].data), call.span)  # type: ignore[attr-defined]


@_define("filebase64", text("path"), result=STRING)
def filebase64(call: Call, arguments: list[Value]) -> Value:
    """`filebase64(path)`."""
    return string(base64_text(read(call, arguments[0].data)), call.span)  # type: ignore[attr-defined]


def _define_file_hash(name: str, algorithm: str) -> None:
    compute = base64 if name.startswith("filebase64") else hexadecimal

    def implementation(call: Call, arguments: list[Value]) -> Value:
        file = TreeFile(call.scope, arguments[0].data)  # type: ignore[attr-defined]
        try:
            return string(compute(file.read(), algorithm), call.span)
        except IsADirectoryError:
            raise CallFault(f"read {file.shown}: is a directory") from None
        except OSError as error:
            raise CallFault(f"open {file.shown}: {_error_text(error)}") from None

    _define(name, text("path"), result=STRING)(implementation)


for _algorithm in ("md5", "sha1", "sha256", "sha512"):
    _define_file_hash(f"file{_algorithm}", _algorithm)
for _algorithm in ("sha256", "sha512"):
    _define_file_hash(f"filebase64{_algorithm}", _algorithm)


@_define("fileexists", text("path"), result=BOOL)
def fileexists(call: Call, arguments: list[Value]) -> Value:
    """`fileexists(path)`: a directory is an error."""
    file = TreeFile(call.scope, arguments[0].data)  # type: ignore[attr-defined]
    try:
        file.path.stat()
    except FileNotFoundError:
        return boolean(False, call.span)
    except OSError:
        raise CallFault(f'failed to stat "{file.shown}"') from None
    if file.path.is_file():
        return boolean(True, call.span)
    if file.path.is_dir():
        raise CallFault(f'"{file.shown}" is a directory, not a file')
    raise CallFault(f'"{file.shown}" is not a regular file')


@_define("fileset", text("path"), text("pattern"), result=set_of(STRING))
def fileset(call: Call, arguments: list[Value]) -> Value:
    """`fileset(path, pattern)`: the files that match, as paths relative to `path`."""
    from enclint.frontends.terraform.functions.glob import BadPattern, matching_files

    path, pattern = (argument.data for argument in arguments)  # type: ignore[attr-defined]
    whole = clean(posixpath.join(path, pattern.lstrip("/")))
    try:
        found = matching_files(call.scope, whole)
    except BadPattern:
        from enclint.frontends.terraform.values import quoted

        raise CallFault(f"failed to glob pattern {quoted(whole)}: syntax error in pattern") from None
    base = clean(path)
    names = [string(normalise(posixpath.relpath(each, base)), call.span) for each in found]
    return set_value(names, STRING, call.span)
