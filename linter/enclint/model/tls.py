"""TLS security policies: the least protocol version that one accepts, read from its name.

The names are parsed, not listed, so that tomorrow's are understood; a name that does not parse is undecided, not good.
Sources:
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/elb-security-policy-table.html
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/secure-connections-supported-viewer-protocols-ciphers.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies-list.html
https://docs.aws.amazon.com/opensearch-service/latest/APIReference/API_DomainEndpointOptions.html
https://docs.aws.amazon.com/transfer/latest/userguide/security-policies.html
https://docs.aws.amazon.com/iot/latest/developerguide/iot-endpoints-tls-config.html
https://docs.aws.amazon.com/lightsail/latest/userguide/amazon-lightsail-configure-load-balancer-tls-security-policy.html
"""

from __future__ import annotations

import re

from enclint.lean_typing import Final, TypeAlias

Version: TypeAlias = tuple[int, int]
"""(1, 2) is TLS 1.2; SSL 3.0 is (0, 3), so that older is less."""

SSL2: Final = (0, 2)
SSL3: Final = (0, 3)


def parse_version(text: str) -> Version | None:
    """A version as policies are asked for it: `1.2`, `TLSv1.2`, `TLS_1_2`, `SSLv3`."""
    match = re.fullmatch(r"(?i)(?:(tls|ssl)[ _v-]*)?(\d)(?:[._](\d))?", text.strip())
    if match is None:
        return None
    protocol, major, minor = (match[1] or "tls").lower(), int(match[2]), int(match[3] or 0)
    return (0, major) if protocol == "ssl" else (major, minor)


_ELBV2_VERSION: Final = re.compile(r"ELBSecurityPolicy-(?:TLS13|TLS|FS)-1-([0-3])(?:-|\Z)")
_ELBV2_OLD: Final = re.compile(r"ELBSecurityPolicy-(?:20(?:15|16)-\d\d|FS-2018-06)\Z")
"""Names without a version accept TLS 1.0. A newer date alone tells nothing."""
_CLASSIC: Final = re.compile(r"ELBSecurityPolicy-(?:TLS-1-([0-2])-)?(20\d\d)-(\d\d)\Z")
_CLOUDFRONT: Final = re.compile(r"TLSv1(?:\.([0-3]))?(?:_20\d\d)?\Z")
_API_GATEWAY: Final = re.compile(
    r"TLS_1_([0-3])\Z|SecurityPolicy_TLS13_1_([0-3])_\w*\d{4}_\d\d\Z|SecurityPolicy_TLS1([0-3])_\w*20\d\d_EDGE\Z"
)
_OPENSEARCH: Final = re.compile(r"Policy-Min-TLS-1-([0-3])-")
_IOT: Final = re.compile(r"IoTSecurityPolicy_TLS1[0-3]_1_([0-3])_20\d\d_\d\d\Z")
"""The newest version first, then the least."""
_LIGHTSAIL: Final = re.compile(r"TLS-(?:[A-Za-z]+-)*1-([0-3])-(?:[A-Za-z]+-)*20\d\d-\d\d\Z")


def _elbv2(name: str) -> Version | None:
    match = _ELBV2_VERSION.match(name)
    if match is not None:
        return (1, int(match[1]))
    return (1, 0) if _ELBV2_OLD.match(name) else None


def _classic_elb(name: str) -> Version | None:
    match = _CLASSIC.match(name)
    if match is None:
        return None
    if match[1] is not None:
        return (1, int(match[1]))
    date = (int(match[2]), int(match[3]))
    if date > (2016, 8):
        return None
    return (1, 0) if date >= (2014, 10) else SSL3  # SSL 3.0 was dropped in October 2014


def _cloudfront(name: str) -> Version | None:
    if name == "SSLv3":
        return SSL3
    match = _CLOUDFRONT.match(name)
    return (1, int(match[1] or 0)) if match is not None else None


def _apigateway(name: str) -> Version | None:
    match = _API_GATEWAY.match(name)
    return (1, int(match[1] or match[2] or match[3])) if match is not None else None


def _opensearch(name: str) -> Version | None:
    match = _OPENSEARCH.match(name)
    return (1, int(match[1])) if match is not None else None


def _transfer(name: str) -> Version | None:
    """The least version of FTPS: 1.2 in every policy. Names tell the date and purpose, so only known shapes count."""
    return (1, 2) if re.match(r"TransferSecurityPolicy-(?:[A-Z][A-Za-z0-9-]*-)?20\d\d-\d\d\Z", name) else None


def _iot(name: str) -> Version | None:
    match = _IOT.match(name)
    return (1, int(match[1])) if match is not None else None


def _lightsail(name: str) -> Version | None:
    if name == "TLS-2016-08":  # the same as of load balancers that are not Lightsail's
        return (1, 0)
    match = _LIGHTSAIL.match(name)
    return (1, int(match[1])) if match is not None else None


def _protocol(name: str) -> Version | None:
    return parse_version(name)


FAMILIES: Final = {
    "elbv2": _elbv2,
    "classic_elb": _classic_elb,
    "cloudfront": _cloudfront,
    "apigateway": _apigateway,
    "opensearch": _opensearch,
    "transfer": _transfer,
    "iot": _iot,
    "lightsail": _lightsail,
    "protocol": _protocol,
}
"""By the word `family` of a property. `protocol`: the text is a version itself, such as `TLSv1.2`."""


def least_version(name: str, family: str) -> Version | None:
    """The least version that the policy accepts; None for a name that is not understood."""
    return FAMILIES[family](name.strip())


def in_words(version: Version) -> str:
    """`TLS 1.2`, `SSL 3.0`."""
    return f"SSL {version[1]}.0" if version[0] == 0 else f"TLS {version[0]}.{version[1]}"
