"""Provider resources made by hand, for tests of the model and the judge."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from enclint.model.index import Model
from enclint.model.resource import Project, Provider, ProviderResource
from enclint.model.value import Absent, Choice, Known, Partial, Reference, Subject, Unknown, Value
from enclint.model.vocabulary import Vocabulary
from enclint.source import Source, Span

if TYPE_CHECKING:
    from enclint.model.resources import Resource

SOURCE = Source("main.tf", 'resource "x" "y" {\n  encrypted = false\n}\n')
HEADER = Span(SOURCE, 0, 16)
AWS = Provider("aws", Unknown("the Region is not known"), Absent())
KEY_ARN = "arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000000"


def value(data: Any, span: Span | None = None) -> Value:
    """Plain data as a value, all of it written at one place; values stay as they are."""
    if isinstance(data, Value):
        return data
    if isinstance(data, dict):
        return Known({name: value(member, span) for name, member in data.items()}, span)
    if isinstance(data, list):
        return Known([value(item, span) for item in data], span)
    return Known(data, span)


def unknown(name: str = "x", **more: Any) -> Unknown:
    return Unknown(f"variable `{name}` has no default", identity=f"var.{name}", **more)


def ref(target: str, attribute: str = "arn", **more: Any) -> Reference:
    return Reference(target, attribute, **more)


def text(*parts: Any) -> Partial:
    return Partial([value(part) for part in parts])


def either(name: str, if_true: Any, if_false: Any) -> Choice:
    return Choice(Subject(f"var.{name}", f"var.{name}"), [(True, value(if_true)), (False, value(if_false))])


def equals(variable: str, constant: str, if_true: Any, if_false: Any) -> Choice:
    subject = Subject(f'{variable} == "{constant}"', f'{variable} == "{constant}"', variable, constant)
    return Choice(subject, [(True, value(if_true)), (False, value(if_false))])


def one_of(name: str, **cases: Any) -> Choice:
    return Choice(Subject(name, name), [(case, value(each)) for case, each in cases.items()])


def resource(
    key: str,
    arguments: dict[str, Any] | None = None,
    *,
    exists: Any = True,
    provider: Provider = AWS,
    created: bool | None = None,
    type: str | None = None,
    calls: tuple[tuple[str, Span | None], ...] = (),
    header: Span = HEADER,
) -> ProviderResource:
    """The resource of an address such as `aws_ebs_volume.data[0]` or `data.aws_kms_alias.k`."""
    given = {name: value(data, HEADER) for name, data in (arguments or {}).items()}
    mode = "data" if key.startswith("data.") else "managed"
    plain = key.removeprefix("data.")
    return ProviderResource(
        key=key,
        address=key,
        type=type or plain.partition(".")[0],
        name=plain.partition(".")[2].partition("[")[0],
        dialect="terraform",
        header=header,
        body=header,
        provider=provider,
        lookup=lambda name: given.get(name, Absent(header)),
        names=lambda: list(given),
        mode=mode,
        exists=value(exists),
        created=created,
        calls=calls,
    )


def project(*resources: ProviderResource, environment: str = "") -> Project:
    return Project("main", "terraform", resources, [SOURCE], environment=environment)


def vocabulary(yaml_text: str) -> Vocabulary:
    return Vocabulary(yaml.safe_load(yaml_text))


def model(vocabulary: Vocabulary, *resources: ProviderResource, **more: Any) -> Model:
    return Model(project(*resources), vocabulary, **more)


def only(model: Model, kind: str) -> Resource:
    """The one resource of a kind."""
    [found] = model.of_kind(kind)
    return found
