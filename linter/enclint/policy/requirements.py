"""Whether something is required of a resource: by its data's classification, tags, name, file, account, environment."""

from __future__ import annotations

import os
from fnmatch import fnmatchcase

from enclint.lean_typing import TYPE_CHECKING, Any, Final
from enclint.model.property_types import OpenMap, tags_of
from enclint.model.value import Known, Unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from enclint.model.resources import Resource
    from enclint.model.scenario import Scenario
    from enclint.model.value import Value
    from enclint.policy.settings import Settings


def is_required(name: str, resource: Resource, scenario: Scenario, settings: Settings) -> bool | str:
    """Whether a rule requires `name` of a resource; why that is not known."""
    unknown: str | None = None
    for rule in settings.rules:
        if name in rule.names:
            fits = _fits(rule.where, resource, scenario, settings)
            if fits is True:
                return True
            if isinstance(fits, str):
                unknown = unknown or fits
    return unknown or False


def _fits(where: Mapping[str, Any], resource: Resource, scenario: Scenario, settings: Settings) -> bool | str:
    unknown: str | None = None
    for word, wanted in where.items():
        answer = _QUESTIONS[word](wanted, resource, scenario, settings)
        if answer is False:
            return False
        if isinstance(answer, str):
            unknown = unknown or answer
    return unknown or True


def _classification(wanted: Any, resource: Resource, scenario: Scenario, settings: Settings) -> bool | str:
    values = [value.lower() for value in (settings.sensitive if wanted is True else wanted)]
    keys = {key.lower() for key in settings.classification_tags}
    return _has_tag(lambda key: key.lower() in keys, lambda value: value.lower() in values, resource, scenario)


def _tags(wanted: Any, resource: Resource, scenario: Scenario, _settings: Settings) -> bool | str:
    unknown: str | None = None
    for name, patterns in wanted.items():
        globs = [patterns] if isinstance(patterns, str) else patterns
        answer = _has_tag(
            lambda key, name=name: key == name,  # type: ignore[misc]
            lambda value, globs=globs: any(fnmatchcase(value, glob) for glob in globs),  # type: ignore[misc]
            resource,
            scenario,
        )
        if answer is False:
            return False
        if isinstance(answer, str):
            unknown = unknown or answer
    return unknown or True


def _has_tag(
    is_key: Callable[[str], bool], is_value: Callable[[str], bool], resource: Resource, scenario: Scenario
) -> bool | str:
    """Whether the resource, or the provider's default tags for it, has such a tag."""
    tags = tags_of(resource, scenario)
    members: dict[str, Value] = {}
    if isinstance(tags, OpenMap):
        members = tags.members
    elif isinstance(tags, Known) and isinstance(tags.data, dict):
        members = tags.data
    unknown = tags.reason if isinstance(tags, Unknown) else None
    for key, member in members.items():
        if is_key(key):
            value = scenario.resolve(member)
            if isinstance(value, Known):
                if is_value(str(value.data)):
                    return True
            elif isinstance(value, Unknown):
                unknown = unknown or value.reason
    return unknown or False


def _names(wanted: Any, resource: Resource, scenario: Scenario, _settings: Settings) -> bool | str:
    texts = [resource.source.address, resource.source.name]
    unknown: str | None = None
    for name in resource.kind.identified_by:
        value = resource.read(name, scenario)
        if isinstance(value, Known):
            texts.append(str(value.data))
        elif isinstance(value, Unknown):
            unknown = unknown or value.reason
    return True if any(fnmatchcase(text, glob) for text in texts for glob in wanted) else unknown or False


def _paths(wanted: Any, resource: Resource, _scenario: Scenario, settings: Settings) -> bool | str:
    header = resource.source.header
    if header is None:
        return "the file that it stands in is not known"
    path = os.path.relpath(os.path.abspath(header.source.path), settings.base or os.getcwd()).replace(os.sep, "/")
    return any(fnmatchcase(path, glob) for glob in wanted)


def _accounts(wanted: Any, resource: Resource, scenario: Scenario, _settings: Settings) -> bool | str:
    provider = resource.source.provider
    if any(fnmatchcase(provider.key, glob) for glob in wanted):
        return True
    unknown: str | None = None
    for value in (provider.settings or {}).values():
        resolved = scenario.resolve(value)
        texts = resolved.data if isinstance(resolved, Known) and isinstance(resolved.data, list) else [resolved]
        for text in map(scenario.resolve, texts):
            if isinstance(text, Known) and any(fnmatchcase(str(text.data), glob) for glob in wanted):
                return True
            if isinstance(text, Unknown):
                unknown = unknown or text.reason
    return unknown or False


def _environments(wanted: Any, resource: Resource, _scenario: Scenario, _settings: Settings) -> bool | str:
    environment = resource.model.project.environment
    return any(fnmatchcase(environment, glob) or fnmatchcase(os.path.basename(environment), glob) for glob in wanted)


_QUESTIONS: Final[dict[str, Callable[[Any, Resource, Scenario, Settings], bool | str]]] = {
    "classification": _classification,
    "tags": _tags,
    "names": _names,
    "paths": _paths,
    "accounts": _accounts,
    "environments": _environments,
}
