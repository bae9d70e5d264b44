"""Hashes, UUIDs, and what hangs on randomness or secrets.

Source: https://developer.hashicorp.com/terraform/language/functions/sha256 and its siblings.
"""

from __future__ import annotations

import hashlib
import re

from enclint.frontends.terraform.functions.encoding import base64_bytes, base64_text
from enclint.frontends.terraform.functions.signature import (
    ArgumentFault,
    CallFault,
    Functions,
    number,
    text,
)
from enclint.frontends.terraform.types import STRING
from enclint.frontends.terraform.values import unknown
from enclint.lean_typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from enclint.frontends.terraform.functions.signature import Call
    from enclint.model.value import Value

FUNCTIONS: Final = Functions()


def hexadecimal(content: bytes, algorithm: str) -> str:
    """The hash of some bytes in small hexadecimal digits."""
    return hashlib.new(algorithm, content, usedforsecurity=False).hexdigest()


def base64(content: bytes, algorithm: str) -> str:
    """The hash of some bytes in base64."""
    return base64_text(hashlib.new(algorithm, content, usedforsecurity=False).digest())


def _define_hash(name: str, algorithm: str) -> None:
    compute = base64 if name.startswith("base64") else hexadecimal
    FUNCTIONS.define_plain(name, text("str"), result=STRING)(lambda whole: compute(whole.encode(), algorithm))


for _name in ("md5", "sha1", "sha256", "sha512", "base64sha256", "base64sha512"):
    _define_hash(_name, _name.removeprefix("base64"))


_NAMESPACES: Final = {
    "dns": "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
    "url": "6ba7b811-9dad-11d1-80b4-00c04fd430c8",
    "oid": "6ba7b812-9dad-11d1-80b4-00c04fd430c8",
    "x500": "6ba7b814-9dad-11d1-80b4-00c04fd430c8",
}
"""Name spaces of https://www.rfc-editor.org/rfc/rfc4122#appendix-C"""


_UUID: Final = "[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}"
_match_uuid: Final = re.compile(
    rf"([0-9A-Fa-f]{{32}})|(?:[Uu][Rr][Nn]:[Uu]{{2}}[Ii][Dd]:)?({_UUID})|.({_UUID}).", re.S
).fullmatch
"""A UUID; of one in braces nobody looks at the braces."""


@FUNCTIONS.define_plain("uuidv5", text("namespace"), text("name"), result=STRING)
def uuidv5(namespace: str, name: str) -> str:
    """`uuidv5(namespace, name)`."""
    from uuid import UUID, uuid5

    plain = _NAMESPACES.get(namespace, namespace)
    refusal = f"uuidv5() doesn't support namespace {namespace}"
    if len(plain.encode()) not in (32, 36, 38, 45):
        raise CallFault(f"{refusal} (invalid UUID length: {len(plain.encode())})")
    match = _match_uuid(plain)
    if match is None:
        raise CallFault(f"{refusal} (invalid UUID format)")
    return str(uuid5(UUID(match[1] or match[2] or match[3]), name))


@FUNCTIONS.define("uuid", result=STRING, pure=False)
def uuid(call: Call, arguments: list[Value]) -> Value:
    """`uuid()`: another one at each apply."""
    return unknown("`uuid` is random", STRING, call.span, refinement={"not_null": True}, of=arguments)


@FUNCTIONS.define("bcrypt", text("str"), variadic=number("cost"), result=STRING, pure=False)
def bcrypt(call: Call, arguments: list[Value]) -> Value:
    """`bcrypt(str, cost)`: salted anew at each apply."""
    reason = "`bcrypt` adds a random salt"
    return unknown(reason, STRING, call.span, refinement={"not_null": True}, of=arguments)


@FUNCTIONS.define("rsadecrypt", text("ciphertext"), text("privatekey"), result=STRING)
def rsadecrypt(call: Call, arguments: list[Value]) -> Value:
    """`rsadecrypt(ciphertext, privatekey)`: what it decrypts is a secret, and stays one."""
    ciphertext, key = (argument.data for argument in arguments)  # type: ignore[attr-defined]
    try:
        base64_bytes(ciphertext)
    except ValueError:
        message = f'failed to decode input "{ciphertext}": cipher text must be base64-encoded'
        raise ArgumentFault(0, message) from None
    if "-----BEGIN " not in key:
        raise ArgumentFault(1, "invalid private key: ssh: no key found")
    reason = "`rsadecrypt` decrypts a secret, which is not looked at"
    return unknown(reason, STRING, call.span, refinement={"not_null": True}, of=arguments)
