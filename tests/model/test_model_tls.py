"""The least version is read from the name; names that say nothing are not understood."""

from __future__ import annotations

import pytest

from enclint.model.tls import SSL3, in_words, least_version, parse_version

NAMES = {
    "elbv2": {
        "ELBSecurityPolicy-TLS13-1-3-2021-06": (1, 3),
        "ELBSecurityPolicy-TLS13-1-2-2021-06": (1, 2),
        "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09": (1, 2),
        "ELBSecurityPolicy-TLS13-1-2-Ext2-2021-06": (1, 2),
        "ELBSecurityPolicy-TLS13-1-2-RFC9151-INTEROP4-FIPS-2023-07": (1, 2),
        "ELBSecurityPolicy-TLS13-1-1-FIPS-2023-04": (1, 1),
        "ELBSecurityPolicy-TLS13-1-0-PQ-2025-09": (1, 0),
        "ELBSecurityPolicy-FS-1-2-Res-2020-10": (1, 2),
        "ELBSecurityPolicy-FS-2018-06": (1, 0),
        "ELBSecurityPolicy-TLS-1-2-Ext-2018-06": (1, 2),
        "ELBSecurityPolicy-TLS-1-1-2017-01": (1, 1),
        "ELBSecurityPolicy-2016-08": (1, 0),
        "ELBSecurityPolicy-2015-05": (1, 0),
        "ELBSecurityPolicy-2031-01": None,
        "MyPolicy": None,
    },
    "classic_elb": {
        "ELBSecurityPolicy-TLS-1-2-2017-01": (1, 2),
        "ELBSecurityPolicy-2016-08": (1, 0),
        "ELBSecurityPolicy-2014-01": SSL3,
        "ELBSecurityPolicy-2029-01": None,
    },
    "cloudfront": {
        "SSLv3": SSL3,
        "TLSv1": (1, 0),
        "TLSv1_2016": (1, 0),
        "TLSv1.1_2016": (1, 1),
        "TLSv1.2_2021": (1, 2),
        "TLSv1.3_2025": (1, 3),
        "TLSv2": None,
    },
    "apigateway": {
        "TLS_1_0": (1, 0),
        "TLS_1_2": (1, 2),
        "SecurityPolicy_TLS13_1_3_2025_09": (1, 3),
        "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09": (1, 2),
        "SecurityPolicy_TLS13_2025_EDGE": (1, 3),
        "SecurityPolicy_TLS12_PFS_2025_EDGE": (1, 2),
        "SecurityPolicy_New": None,
    },
    "opensearch": {
        "Policy-Min-TLS-1-0-2019-07": (1, 0),
        "Policy-Min-TLS-1-2-PFS-2023-10": (1, 2),
        "Policy-Min-TLS-1-2-RFC9151-FIPS-2024-08": (1, 2),
        "Policy-Other": None,
    },
    "transfer": {
        "TransferSecurityPolicy-2018-11": (1, 2),
        "TransferSecurityPolicy-FIPS-2024-05": (1, 2),
        "OtherPolicy-2024-01": None,
    },
    "iot": {
        "IoTSecurityPolicy_TLS13_1_3_2022_10": (1, 3),
        "IoTSecurityPolicy_TLS13_1_2_2022_10": (1, 2),
        "IoTSecurityPolicy_TLS12_1_2_2022_10": (1, 2),
        "IoTSecurityPolicy_TLS12_1_0_2016_01": (1, 0),
        "IoTSecurityPolicy_TLS12_1_0_2015_01": (1, 0),
        "IoTSecurityPolicy_New": None,
    },
    "lightsail": {
        "TLS-2016-08": (1, 0),
        "TLS-FS-1-2-Res-2019-08": (1, 2),
        "TLS-2031-01": None,
    },
    "protocol": {"TLSv1.2": (1, 2), "TLSv1": (1, 0), "SSLv3": SSL3, "": None},
}


@pytest.mark.parametrize(
    ("family", "name", "least"),
    [(family, name, least) for family, names in NAMES.items() for name, least in names.items()],
)
def test_the_least_version_stands_in_the_name(family: str, name: str, least: tuple[int, int] | None) -> None:
    assert least_version(name, family) == least


@pytest.mark.parametrize(("text", "version"), [("1.2", (1, 2)), ("TLS_1_3", (1, 3)), ("SSLv3", SSL3), ("new", None)])
def test_versions_are_written_in_many_ways(text: str, version: tuple[int, int] | None) -> None:
    assert parse_version(text) == version


def test_older_protocols_are_less() -> None:
    assert SSL3 < (1, 0) < (1, 2)
    assert [in_words(SSL3), in_words((1, 2))] == ["SSL 3.0", "TLS 1.2"]
