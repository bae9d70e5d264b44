"""Data sources whose attributes can be told, in part or whole, without asking the provider.

`aws_iam_policy_document` is computed. The others tell where they are (`aws_region`, `aws_partition`,
`aws_caller_identity`): one value for one provider configuration, so that two of them agree.
"""

from __future__ import annotations

from enclint.frontends.terraform.types import STRING
from enclint.frontends.terraform.values import string
from enclint.lean_typing import TYPE_CHECKING, Final
from enclint.model.value import Choice, Known, Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Callable

    from enclint.frontends.terraform.resources import ResourceInstance
    from enclint.model.resource import Provider

_PARTITIONS: Final = (("cn-", "aws-cn", "amazonaws.com.cn"), ("us-gov-", "aws-us-gov", "amazonaws.com"))
"""The beginning of a Region's name, its partition and DNS suffix; all others are of `aws`.

Source: https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
"""
_DNS_SUFFIX: Final = "amazonaws.com"


def attribute(instance: ResourceInstance, name: str) -> Value | None:
    """An attribute of a data source that can be told; None for any other."""
    handler = _HANDLERS.get(instance.resource.key[1])
    return handler(instance, name) if handler is not None else None


def _policy_document(instance: ResourceInstance, name: str) -> Value | None:
    if name not in ("json", "minified_json"):
        return None
    from enclint.frontends.terraform.policy_document import policy_json

    module = instance.resource.module
    return module.once(
        instance.computed_values,
        name,
        f"{instance.address.removeprefix(module.prefix)}.{name}",
        lambda: policy_json(instance, is_minified=name == "minified_json"),
    )


def _region(instance: ResourceInstance, name: str) -> Value | None:
    if name not in ("name", "id", "region"):
        return None
    for argument in ("region", "name"):
        given = instance.configured(argument)
        if given is not None and not (isinstance(given, Known) and given.data is None):
            return given
    provider = _provider(instance)
    if isinstance(provider.region, (Known, Choice)):
        return provider.region
    return _told("the Region is not in the code", f"region of {provider.key}", instance)


def _partition(instance: ResourceInstance, name: str) -> Value | None:
    if name not in ("partition", "id", "dns_suffix", "reverse_dns_prefix"):
        return None
    provider = _provider(instance)
    region = provider.region
    if not isinstance(region, Known) or not isinstance(region.data, str):
        return _told("the partition is not in the code", f"{name} of {provider.key}", instance)
    found = next((each for each in _PARTITIONS if region.data.startswith(each[0])), ("", "aws", _DNS_SUFFIX))
    if name in ("partition", "id"):
        return string(found[1], instance.resource.declaration.header)
    suffix = found[2]
    if name == "reverse_dns_prefix":
        suffix = ".".join(reversed(suffix.split(".")))
    return string(suffix, instance.resource.declaration.header)


def _caller_identity(instance: ResourceInstance, name: str) -> Value | None:
    if name not in ("account_id", "id", "arn", "user_id"):
        return None
    key = _provider(instance).key
    what = "account_id" if name == "id" else name
    return _told("the account is not in the code", f"{what} of {key}", instance)


def _provider(instance: ResourceInstance) -> Provider:
    from enclint.frontends.terraform.providers import provider_of

    return provider_of(instance)


def _told(reason: str, identity: str, instance: ResourceInstance) -> Unknown:
    """A string that is the same wherever the same provider configuration is asked."""
    span = instance.resource.declaration.header
    where = f"{reason} (data source `{instance.address.removeprefix('data.')}`)"
    return Unknown(where, span, STRING, identity=identity, refinement={"not_null": True})


_HANDLERS: Final[dict[str, Callable[[ResourceInstance, str], Value | None]]] = {
    "aws_iam_policy_document": _policy_document,
    "aws_region": _region,
    "aws_partition": _partition,
    "aws_caller_identity": _caller_identity,
}
