"""Whose key is it? The one place that answers, for every policy about keys.

============================  ===============================================================================
none                          no key: the service does not encrypt, or nothing says so
aws_owned                     a key that AWS owns and nobody sees
aws_managed                   `alias/aws/<service>`: visible, but its policy belongs to AWS
customer_managed              a key of the customer, in this account or another one
custom_key_store              a customer's key in CloudHSM or an external key store
============================  ===============================================================================

A key that is written as an id or ARN (`arn:aws:kms:…:key/…`) counts as customer-managed. An AWS-managed key has such
an ARN too, but nobody can tell from the text, and AWS-managed keys are named by their aliases or not at all: who
writes the ARN of a key has chosen that key. An alias that does not begin with `alias/aws/` is always the customer's:
AWS reserves that prefix. Source: https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html and
https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html
"""

from __future__ import annotations

import re
from enum import Enum

from enclint.lean_typing import TYPE_CHECKING, Final
from enclint.model.value import Absent, Known, Partial, Reference, Unknown, Value, shown

if TYPE_CHECKING:
    from enclint.model.index import Model
    from enclint.model.resources import Resource
    from enclint.model.scenario import Scenario


class Owner(Enum):
    """Who owns the key that encrypts."""

    NONE = "none"
    AWS_OWNED = "aws_owned"
    AWS_MANAGED = "aws_managed"
    CUSTOMER_MANAGED = "customer_managed"
    CUSTOM_KEY_STORE = "custom_key_store"


CUSTOMERS: Final = frozenset({Owner.CUSTOMER_MANAGED, Owner.CUSTOM_KEY_STORE})
ALIAS_KIND: Final = "kms_alias"
KEY_KIND: Final = "kms_key"
_MAX_HOPS: Final = 8

_AWS_ALIAS: Final = re.compile(r"(?:arn:[\w-]+:kms:[^/]*:)?alias/aws/")
_ALIAS: Final = re.compile(r"(?:arn:[\w-]+:kms:[^/]*:)?(alias/.+)")
_KEY: Final = re.compile(
    r"arn:[\w-]+:kms:[^/]*:key/.+|(?:mrk-)?[0-9a-f]{32}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
)
_AWS_PREFIX: Final = "alias/aws/"


def owner_of(value: Value, model: Model, scenario: Scenario, hops: int = 0) -> Owner | str:
    """Who owns the key that a value names; why that is not known, where it is not."""
    value = scenario.resolve(value)
    if isinstance(value, Absent):
        return Owner.NONE
    if hops > _MAX_HOPS:
        return "the key is named in too roundabout a way"
    if isinstance(value, Known):
        if isinstance(value.data, Owner):
            return value.data
        return _owner_by_text(value, model, scenario, hops)
    if isinstance(value, Reference):
        return _owner_by_reference(value, model, scenario, hops)
    if isinstance(value, Partial):
        return _owner_by_pieces(value, model, scenario, hops)
    assert isinstance(value, Unknown)  # noqa: S101
    prefix = (value.refinement or {}).get("prefix", "")
    return _owner_by_beginning(prefix) or _owner_by_alias(value, model, scenario, hops) or value.reason


def _owner_by_alias(name: Value, model: Model, scenario: Scenario, hops: int) -> Owner | str | None:
    """By the one alias that the code makes of a name, though the name may not be known, or not all of it."""
    found = model.find(ALIAS_KIND, name, scenario).resources
    made = [alias for alias in found if alias.source.mode == "managed"]
    return _owner_of_alias(made[0], model, scenario, hops) if len(made) == 1 else None


def _owner_by_text(value: Known, model: Model, scenario: Scenario, hops: int) -> Owner | str:
    text = str(value.data).strip()
    if not text:
        return Owner.NONE
    if _AWS_ALIAS.match(text):
        return Owner.AWS_MANAGED
    alias = _ALIAS.fullmatch(text)
    if alias is not None:
        return (
            _owner_by_alias(Known(alias[1], sensitive=value.sensitive), model, scenario, hops) or Owner.CUSTOMER_MANAGED
        )
    if _KEY.fullmatch(text):
        found = model.find(KEY_KIND, value, scenario)
        return _owner_of_key(found.resources[0], scenario) if len(found.resources) == 1 else Owner.CUSTOMER_MANAGED
    return f"{shown(value)} is no key id, ARN or alias"


def _owner_by_reference(value: Reference, model: Model, scenario: Scenario, hops: int) -> Owner | str:
    keys = model.find(KEY_KIND, value, scenario)
    if keys.resources:
        owners = {_owner_of_key(key, scenario) for key in keys.resources}
        return owners.pop() if len(owners) == 1 else value.reason
    aliases = model.find(ALIAS_KIND, value, scenario)
    if aliases.resources:
        owners = {_owner_of_alias(alias, model, scenario, hops) for alias in aliases.resources}
        return owners.pop() if len(owners) == 1 else value.reason
    return value.reason


def _owner_of_key(key: Resource, scenario: Scenario) -> Owner | str:
    if key.source.mode == "data":
        named = key.read("named", scenario) if "named" in key.kind.properties else Absent()
        return owner_of(named, key.model, scenario, 1) if named.__class__ is not Absent else Owner.CUSTOMER_MANAGED
    store = key.read("custom_key_store", scenario)
    if isinstance(store, Absent):
        return Owner.CUSTOMER_MANAGED
    if isinstance(store, Unknown) and not isinstance(store, Reference) and not _is_not_null(store):
        return store.reason
    return Owner.CUSTOM_KEY_STORE


def _owner_of_alias(alias: Resource, model: Model, scenario: Scenario, hops: int) -> Owner | str:
    name = alias.read("name", scenario)
    if isinstance(name, Known) and _AWS_ALIAS.match(str(name.data)):
        return Owner.AWS_MANAGED
    target = alias.read("target", scenario)
    if isinstance(target, Absent):
        return owner_of(name, model, scenario, hops + 1) if isinstance(name, Unknown) else Owner.CUSTOMER_MANAGED
    owner = owner_of(target, model, scenario, hops + 1)
    if isinstance(owner, str) and alias.source.mode == "managed":
        return Owner.CUSTOMER_MANAGED  # only customers make aliases, and only for keys of their own
    return owner


def _owner_by_pieces(value: Partial, model: Model, scenario: Scenario, hops: int) -> Owner | str:
    """Of a text that is put together: by the key that it mentions, else by what can be read of it."""
    parts = [scenario.resolve(part) for part in value.parts]
    text = "".join(str(part.data) if isinstance(part, Known) else "\0" for part in parts)
    if f":{_AWS_PREFIX}" in text or text.startswith(_AWS_PREFIX):
        return Owner.AWS_MANAGED
    for part in parts:
        if isinstance(part, Reference) and model.find(KEY_KIND, part, scenario).resources:
            return _owner_by_reference(part, model, scenario, hops)
    alias = _alias_in(parts)
    found_alias = model.find(ALIAS_KIND, alias, scenario).resources if alias is not None else ()
    if len(found_alias) == 1:
        return _owner_of_alias(found_alias[0], model, scenario, hops)
    beginning = text.partition("\0")[0]
    known = _owner_by_beginning(beginning)
    if known is not None:
        return known
    if ":key/" in text:
        return Owner.CUSTOMER_MANAGED
    named = _owner_by_alias(value, model, scenario, hops)
    if named is not None:
        return named
    _, found, rest = text.partition(":alias/")
    if found and _owner_by_beginning(f"alias/{rest.partition(chr(0))[0]}"):
        return Owner.CUSTOMER_MANAGED
    return value.reason


def _alias_in(parts: list[Value]) -> Value | None:
    """The alias that a text ends in, be it an ARN; None where it names none."""
    for number, part in enumerate(parts):
        text = str(part.data) if isinstance(part, Known) else ""
        before, word, after = text.partition("alias/")
        if word and (before.endswith(":") or not (before or number)):
            return Partial([Known(word + after), *parts[number + 1 :]])
    return None


def _owner_by_beginning(text: str) -> Owner | None:
    """What the beginning of a key's name tells for certain."""
    if text.startswith(_AWS_PREFIX):
        return Owner.AWS_MANAGED
    if text.startswith("alias/") and not _AWS_PREFIX.startswith(text):
        return Owner.CUSTOMER_MANAGED
    return None


def _is_not_null(value: Unknown) -> bool:
    return bool((value.refinement or {}).get("not_null"))
