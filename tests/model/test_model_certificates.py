"""What is read of certificates, and that no text, however broken, does more than be refused."""

from __future__ import annotations

from base64 import b64encode
from textwrap import indent

import pytest

from building import model, only, resource, unknown, vocabulary
from enclint.model.certificates import Certificate, CertificateError, read_certificate
from enclint.model.conditions import compile_condition
from enclint.model.scenario import Scenario

EXPIRED = """
-----BEGIN CERTIFICATE-----
MIIBFTCBvAIBATAKBggqhkjOPQQDAjAXMRUwEwYDVQQDDAxzaG9wLmV4YW1wbGUw
HhcNMTkwMTAxMDAwMDAwWhcNMjAwMTAxMDAwMDAwWjAXMRUwEwYDVQQDDAxzaG9w
LmV4YW1wbGUwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAASiQbhGonM4KnPrhYPG
ilmLnXkeLptNkdHBIXuvUS/XyOS/Zr0aDf6qpwppwtwvvsiPz8ghjlxjjNVwgDrx
D9fvMAoGCCqGSM49BAMCA0gAMEUCIQDVHAbhW/U/bwHXCPYNXVWN7g1/Uz64ZhIP
Qk2exj5mFAIgU8aTqNF2NWb9nQ1h0WdE93jvLGvbaTWMDQT5T0rq76k=
-----END CERTIFICATE-----
"""
SHORT = """
-----BEGIN CERTIFICATE-----
MIIBnzCCAQgCAQMwDQYJKoZIhvcNAQELBQAwFzEVMBMGA1UEAwwMc2hvcC5leGFt
cGxlMCAXDTI1MDEwMTAwMDAwMFoYDzIxMjUwMTAxMDAwMDAwWjAXMRUwEwYDVQQD
DAxzaG9wLmV4YW1wbGUwgZ8wDQYJKoZIhvcNAQEBBQADgY0AMIGJAoGBAKu6KD+y
YUz2T49jYqfbliMwz21d88q0ArdkYe5JWiSho02EXknZrblh91v8/YAtzm49sA90
ImtKfq/VdZd2NtNjuCssaTEnXlOMLaNMJOmLPJ99xu7EyQHni+wt6/mAYaQfqGu3
+T5Q/9GsTR3AWucSBzSyZ8+3XwrFVS3iP+HNAgMBAAEwDQYJKoZIhvcNAQELBQAD
gYEAL5Hgd+hVdXoUYfuDGBGrkkHmjvujkw2BBgqfMiPgdWb5TFlxZhUL6IcbcHIu
xQAQZDoL9RkCtO/j//LoLI7O+jOuS9R0c0CCCVUYR6d0F1CTy3MnWtUmlvsppZJM
2ZSah0O0s1eB2ycuwkaatvh+VI1Qd18VPaKoRWOuteQGCTw=
-----END CERTIFICATE-----
"""
VERSION_3 = """
-----BEGIN CERTIFICATE-----
MIIBvzCCAUagAwIBAgIUXfk14bTYwOQu2IHLH2GT35+NeZkwCgYIKoZIzj0EAwIw
FzEVMBMGA1UEAwwMcm9vdC5leGFtcGxlMB4XDTI2MTEyNTA1MDE1NFoXDTQ4MTAy
MDA1MDE1NFowFzEVMBMGA1UEAwwMcm9vdC5leGFtcGxlMHYwEAYHKoZIzj0CAQYF
K4EEACIDYgAEUP6KLR2U2JquVkxmS+TrSQYTKHcmOOTMsq+grwS6/CCCCuZjQydN
UhOfDdqCFcgdA+kCgZMElIZNluicer1gQ/gq2xg8L2Etn2s1EiFKQKpmKU5VGVW5
jM/Xb2JhhZEpo1MwUTAdBgNVHQ4EFgQUDmuJOkD8Fa25VZJkf3XSjDI4uUowHwYD
VR0jBBgwFoAUDmuJOkD8Fa25VZJkf3XSjDI4uUowDwYDVR0TAQH/BAUwAwEB/zAK
BggqhkjOPQQDAgNnADBkAjAZL4FePx1hsayxOf28bfEuRDI1E7WhCsRQbsuJqPeN
qx5RM/1NYMDQevZZsKD8mM4CMC8jrQOEIqymcqhlr1eO3w8g7CD2Ea7qjDAgFUG+
mqOQvdPy/DOZC1P5oIZSjwd1gw==
-----END CERTIFICATE-----
"""
ED25519 = """
-----BEGIN CERTIFICATE-----
MIIBPjCB8aADAgECAhRT6ftcYsYWvX2n8VFArX81lw0CeTAFBgMrZXAwFTETMBEG
A1UEAwwKZWQuZXhhbXBsZTAeFw0yNjExMjUwNTAxNTRaFw00ODEwMjAwNTAxNTRa
MBUxEzARBgNVBAMMCmVkLmV4YW1wbGUwKjAFBgMrZXADIQC84GH4TgqesvziV6T5
5rjR0ONk6vcm/Fp2d38sSMcZiKNTMFEwHQYDVR0OBBYEFLiFV8jIhps57X155g+k
lrsGaI+mMB8GA1UdIwQYMBaAFLiFV8jIhps57X155g+klrsGaI+mMA8GA1UdEwEB
/wQFMAMBAf8wBQYDK2VwA0EA6Rec6AyVJYGgvhPYULsKgWcQ1zAw2uVgTHxlcMmy
TG8xxGMl+0wE7876KiiN1Twhp8n2F8duMzFfni1a881mAA==
-----END CERTIFICATE-----
"""

KINDS = vocabulary("""
certificate:
  title: certificate
  properties: {body: {type: certificate}}
  terraform:
    aws_certificate: {body: body}
""")


def holds(condition: dict[str, object], body: object, today: str = "2026-11-25") -> bool | None:
    found = only(model(KINDS, resource("aws_certificate.x", {"body": body}), today=today), "certificate")
    return compile_condition(condition, found.kind).check(found, Scenario()).truth


@pytest.mark.parametrize(
    ("text", "certificate"),
    [
        (EXPIRED, Certificate("2020-01-01", "EC", 256)),
        (SHORT, Certificate("2125-01-01", "RSA", 1024)),
        (VERSION_3, Certificate(expires="2048-10-20", key="EC", key_bits=384)),
        (ED25519, Certificate(expires="2048-10-20", key="other", key_bits=None)),
    ],
)
def test_the_last_day_and_the_key_are_read(text: str, certificate: Certificate) -> None:
    assert read_certificate(text) == certificate


def test_the_first_certificate_of_a_chain_counts() -> None:
    assert read_certificate(f"a comment\n{indent(SHORT, '  ')}\n{EXPIRED}").key_bits == 1024


@pytest.mark.parametrize("text", ["", "shop.example", SHORT[:300], SHORT.replace("MIIB", "M(IB")])
def test_what_is_no_certificate_is_refused(text: str) -> None:
    with pytest.raises(CertificateError):
        read_certificate(text)


def test_a_certificate_with_any_one_byte_changed_is_read_or_refused_and_nothing_else() -> None:
    from base64 import b64decode

    data = bytearray(b64decode("".join(SHORT.strip().splitlines()[1:-1])))
    for position in range(0, len(data), 3):
        for byte in (0x00, 0x30, 0x80, 0xFF):
            changed = bytes(data[:position]) + bytes([byte]) + bytes(data[position + 1 :])
            for encoded in (changed, changed[:position]):
                try:
                    read_certificate(
                        f"-----BEGIN CERTIFICATE-----\n{b64encode(encoded).decode()}\n-----END CERTIFICATE-----"
                    )
                except CertificateError as refused:
                    assert str(refused)


def test_a_certificate_has_expired_when_its_last_day_is_over() -> None:
    expired = {"body[expires]": {"past": True}}
    assert holds(expired, EXPIRED, "2020-01-02") is True
    assert holds(expired, EXPIRED, "2020-01-01") is False


def test_entries_are_asked_like_those_of_a_map() -> None:
    assert holds({"body[key]": "RSA", "body[key_bits]": {"at_least": 2048}}, SHORT) is False
    assert holds({"body[key]": "RSA", "body[key_bits]": {"at_least": 1024}}, SHORT) is True


def test_what_cannot_be_read_is_undecided_and_what_is_not_there_has_not_expired() -> None:
    expired = {"body[expires]": {"past": True}}
    assert holds(expired, "shop.example") is None
    assert holds(expired, unknown("certificate")) is None
    assert holds(expired, "") is False
