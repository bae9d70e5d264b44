"""Base64, percent-encoding, gzip and character sets.

Source: https://developer.hashicorp.com/terraform/language/functions/base64encode and its siblings.
"""

from __future__ import annotations

import binascii

from enclint.frontends.terraform.functions import partials
from enclint.frontends.terraform.functions.signature import (
    ArgumentFault,
    CallFault,
    Functions,
    Parameter,
    text,
)
from enclint.frontends.terraform.native.strings import normalise
from enclint.frontends.terraform.types import STRING
from enclint.frontends.terraform.values import carry_marks, string
from enclint.lean_typing import TYPE_CHECKING, Final
from enclint.model.value import Encoded, Known, Partial

if TYPE_CHECKING:
    from collections.abc import Callable

    from enclint.frontends.terraform.functions.signature import Call
    from enclint.model.value import Value

FUNCTIONS: Final = Functions()

_GZIP_HEADER: Final = b"\x1f\x8b\x08" + bytes(6) + b"\xff"
_EMPTY_LAST_BLOCK: Final = b"\x01\x00\x00\xff\xff"
_FIXED_CODES: Final = 1
_GZIP_PREFIX: Final = "H4sIAAAAAAAA/"
MAX_PLAIN_GZIP: Final = 1000
"""Bytes up to which it is tried whether there is one way to compress a text only."""


def base64_text(content: bytes) -> str:
    """Bytes as padded base64 in one line."""
    return binascii.b2a_base64(content, newline=False).decode()


def base64_bytes(text: str) -> bytes:
    """The bytes of padded base64, line ends in which do not count. Raises ValueError for any other character."""
    return binascii.a2b_base64(text.replace("\n", "").replace("\r", "").encode("ascii"), strict_mode=True)


def _define_encoding(name: str, codec: str, encode: Callable[[str], str]) -> None:
    """A function that encodes a string; of a partly known one it makes an Encoded."""

    def implementation(call: Call, arguments: list[Value]) -> Value:
        (whole,) = arguments
        if isinstance(whole, Known):
            return string(encode(whole.data), call.span)
        if not isinstance(whole, (Partial, Encoded)):
            return partials.undecided(call, arguments)
        result = Encoded(codec, whole, call.span, STRING, refinement={"not_null": True})
        carry_marks(result, arguments)
        return result

    FUNCTIONS.define(name, Parameter("str", STRING, unknown=True), result=STRING)(implementation)


def _url_encoded(whole: str) -> str:
    from urllib.parse import quote_plus

    return quote_plus(whole.encode("utf-8", "surrogatepass"))


@FUNCTIONS.define("base64gzip", Parameter("str", STRING, unknown=True), result=STRING)
def base64gzip(call: Call, arguments: list[Value]) -> Value:
    """`base64gzip(str)`: the bytes are known where there is only one way to compress; the text stays in sight."""
    (whole,) = arguments
    if isinstance(whole, Known):
        compressed = _compressed(whole.data.encode())
        if compressed is not None:
            return string(base64_text(compressed), call.span)
    elif not isinstance(whole, (Partial, Encoded)):
        return partials.undecided(call, arguments)
    result = Encoded("gzip", whole, call.span, STRING, refinement={"not_null": True})
    if isinstance(whole, Known):
        result.reason = "how `base64gzip` compresses this is up to Terraform"
        result.refinement = {"not_null": True, "prefix": _GZIP_PREFIX}
    carry_marks(result, arguments)
    return result


def _compressed(content: bytes) -> bytes | None:
    """The text as gzip, flushed before it is closed, as Terraform does; None where compressors may differ.

    They do once something repeats, or a table of codes pays.
    """
    from zlib import DEFLATED, Z_SYNC_FLUSH, compressobj, crc32

    triples = [content[index : index + 3] for index in range(len(content) - 2)]
    if len(content) > MAX_PLAIN_GZIP or len(set(triples)) < len(triples):
        return None
    compressor = compressobj(6, DEFLATED, -15)
    body = compressor.compress(content) + compressor.flush(Z_SYNC_FLUSH)
    if content and body[0] >> 1 & 3 != _FIXED_CODES:
        return None
    trailer = crc32(content).to_bytes(4, "little") + (len(content) % 2**32).to_bytes(4, "little")
    return _GZIP_HEADER + body + _EMPTY_LAST_BLOCK + trailer


_define_encoding("base64encode", "base64", lambda whole: base64_text(whole.encode()))
_define_encoding("urlencode", "url", _url_encoded)


@FUNCTIONS.define("base64decode", Parameter("str", STRING, unknown=True), result=STRING)
def base64decode(call: Call, arguments: list[Value]) -> Value:
    """`base64decode(str)`; what `base64encode` made of a partly known string comes back as it was."""
    (whole,) = arguments
    if isinstance(whole, Encoded) and whole.codec == "base64" and call.scope.choices:
        return whole.value
    if not isinstance(whole, Known):
        return partials.undecided(call, arguments)
    try:
        content = base64_bytes(whole.data)
    except ValueError:
        raise CallFault(f'failed to decode base64 data "{whole.data}"') from None
    try:
        return string(normalise(content.decode()), call.span)
    except UnicodeDecodeError:
        raise CallFault("the result of decoding the provided string is not valid UTF-8") from None


@FUNCTIONS.define_plain("textencodebase64", text("string"), text("encoding"), result=STRING)
def textencodebase64(whole: str, encoding: str) -> str:
    """`textencodebase64(string, encoding)`, with an encoding's name from IANA's register."""
    from enclint.frontends.terraform.functions.character_sets import encode, find

    found = find(encoding)
    if found is None:
        raise ArgumentFault(1, _not_supported(encoding))
    try:
        return base64_text(encode(whole, found))
    except UnicodeEncodeError:
        message = f"the given string contains characters that cannot be represented in {found.name}"
        raise ArgumentFault(0, message) from None


@FUNCTIONS.define_plain("textdecodebase64", text("source"), text("encoding"), result=STRING)
def textdecodebase64(source: str, encoding: str) -> str:
    """`textdecodebase64(source, encoding)`."""
    from enclint.frontends.terraform.functions.character_sets import decode, find

    found = find(encoding)
    if found is None:
        raise ArgumentFault(1, _not_supported(encoding))
    try:
        content = base64_bytes(source)
    except ValueError:
        raise ArgumentFault(0, "the given value has an invalid base64 symbol") from None
    try:
        return decode(content, found)
    except UnicodeDecodeError:
        message = f"the given string contains symbols that are not defined for {found.name}"
        raise ArgumentFault(0, message) from None


def _not_supported(encoding: str) -> str:
    return f'"{encoding}" is not a supported IANA encoding name or alias in this Terraform version'
