"""X.509 certificates as code carries them: until when they are valid, and how large their key is.

Reads the first certificate of a PEM text (RFC 7468, https://www.rfc-editor.org/rfc/rfc7468), of its DER encoding
(ITU-T X.690) as much as leads to the validity and the public key (RFC 5280, section 4.1,
https://www.rfc-editor.org/rfc/rfc5280#section-4.1). It verifies nothing: no signature, no chain, no name.
"""

from __future__ import annotations

import re

from enclint.lean_typing import Final, NamedTuple

_PEM: Final = re.compile(r"-----BEGIN CERTIFICATE-----\s*([A-Za-z0-9+/=\s]+?)-----END CERTIFICATE-----")
_MAX_CHARACTERS: Final = 1 << 17
"""Of the text that is looked at; ACM takes chains of two million characters, but the certificate comes first."""

_INTEGER: Final = 0x02
_BIT_STRING: Final = 0x03
_OBJECT_IDENTIFIER: Final = 0x06
_UTC_TIME: Final = 0x17
_GENERALIZED_TIME: Final = 0x18
_SEQUENCE: Final = 0x30
_VERSION: Final = 0xA0

_RSA: Final = bytes.fromhex("2a864886f70d010101")  # 1.2.840.113549.1.1.1
_EC: Final = bytes.fromhex("2a8648ce3d0201")  # 1.2.840.10045.2.1
_CURVES: Final = {
    bytes.fromhex("2a8648ce3d030107"): 256,  # 1.2.840.10045.3.1.7, prime256v1
    bytes.fromhex("2b81040022"): 384,  # 1.3.132.0.34, secp384r1
    bytes.fromhex("2b81040023"): 521,  # 1.3.132.0.35, secp521r1
}


class CertificateError(ValueError):
    """A text that holds no certificate that can be read. The message says why."""


class Certificate(NamedTuple):
    """`expires`: the last day on which it is valid, such as "2031-12-31", in UTC. `key`: "RSA", "EC" or "other".

    `key_bits`: the size of the key, None where that is not known.
    """

    expires: str
    key: str
    key_bits: int | None


def read_certificate(text: str) -> Certificate:
    """The first certificate of a PEM text. Raises CertificateError."""
    from binascii import Error, a2b_base64

    match = _PEM.search(text[:_MAX_CHARACTERS])
    if match is None:
        raise CertificateError("there is no `-----BEGIN CERTIFICATE-----` … `-----END CERTIFICATE-----` in it")
    try:
        data = a2b_base64("".join(match[1].split()), strict_mode=True)
    except Error:
        raise CertificateError("what stands between BEGIN and END is no base64") from None
    return _certificate(Element.first(data))


class Element(NamedTuple):
    """An element of a DER encoding: its tag and its content."""

    tag: int
    content: bytes

    @classmethod
    def first(cls, data: bytes) -> Element:
        """The element that some bytes begin with. Raises CertificateError."""
        return next(iter(cls._all(data, limit=1)))

    @property
    def children(self) -> list[Element]:
        """What a sequence consists of. Raises CertificateError."""
        if self.tag != _SEQUENCE:
            raise CertificateError(f"its encoding has the tag {self.tag:#x} where a sequence belongs")
        return self._all(self.content)

    @classmethod
    def _all(cls, data: bytes, limit: int = 64) -> list[Element]:
        found: list[Element] = []
        position = 0
        while len(found) < limit and (position < len(data) or not found):
            start, length = _length(data, position + 1)
            content = data[start : start + length]
            if len(content) < length:
                raise CertificateError("its encoding ends too early")
            found.append(cls(data[position], content))
            position = start + length
        return found


def _length(data: bytes, position: int) -> tuple[int, int]:
    """Where the content of an element begins, and how long it is (X.690, 8.1.3)."""
    if position >= len(data):
        raise CertificateError("its encoding ends too early")
    first = data[position]
    if first < 0x80:
        return position + 1, first
    size = first & 0x7F
    if not 1 <= size <= 4:
        raise CertificateError("its encoding has a length that is no length")
    start = position + 1 + size
    return start, int.from_bytes(data[position + 1 : start], "big")


def _certificate(whole: Element) -> Certificate:
    fields = _at(whole.children, 0).children
    first = 1 if fields and fields[0].tag == _VERSION else 0
    validity, public_key = _at(fields, first + 3), _at(fields, first + 5)
    key, key_bits = _key(public_key)
    return Certificate(_day(_at(validity.children, 1)), key, key_bits)


def _at(elements: list[Element], index: int) -> Element:
    if index >= len(elements):
        raise CertificateError("its encoding lacks a part of a certificate")
    return elements[index]


def _day(time: Element) -> str:
    """The day of a time: `YYMMDD…Z` until 2049, `YYYYMMDD…Z` (RFC 5280, section 4.1.2.5)."""
    text = time.content.decode("ascii", "replace")
    if time.tag == _UTC_TIME:
        text = ("19" if text[:2] >= "50" else "20") + text
    elif time.tag != _GENERALIZED_TIME:
        raise CertificateError("its validity ends at no time")
    if not re.fullmatch(r"\d{12,14}Z", text):
        raise CertificateError(f"its validity ends at `{text}`, which is no time")
    return f"{text[:4]}-{text[4:6]}-{text[6:8]}"


def _key(public_key: Element) -> tuple[str, int | None]:
    """The kind and the size of a public key (RFC 3279, sections 2.3.1 and 2.3.5)."""
    algorithm, bits = _at(public_key.children, 0).children, _at(public_key.children, 1)
    identifier = _at(algorithm, 0)
    if identifier.tag != _OBJECT_IDENTIFIER or bits.tag != _BIT_STRING:
        raise CertificateError("its public key is none")
    if identifier.content == _RSA:
        modulus = _at(Element.first(bits.content[1:]).children, 0)
        if modulus.tag != _INTEGER:
            raise CertificateError("its public key is none")
        return "RSA", int.from_bytes(modulus.content, "big").bit_length()
    if identifier.content == _EC:
        return "EC", _CURVES.get(_at(algorithm, 1).content)
    return "other", None
