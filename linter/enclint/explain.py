"""`enclint explain` and `enclint policies`: what the policies want, told from their own files."""

from __future__ import annotations

import os

from enclint.catalog import judging, load_catalog, rule_of
from enclint.config import ConfigError
from enclint.lean_typing import TYPE_CHECKING, Final
from enclint.nearest import did_you_mean
from enclint.policy.selection import selected
from enclint.report import OWN_RULES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclint.config import Config
    from enclint.policy.bundled import Catalog
    from enclint.policy.form import Policy
    from enclint.report import Rule

WIDTH: Final = 100
MAX_LINES: Final = 30
"""Lines of an example that are shown."""

STATES: Final = {
    "at_rest": "encryption at rest",
    "in_transit": "encryption in transit",
    "key_management": "keys",
    "certificate": "certificates",
}
PROFILES: Final = {
    "baseline": "always on",
    "strict": "on with --profile strict",
    "required": "on where the configuration requires it",
}


def explanation(name: str, config: Config) -> str:
    """What a policy wants, why, and how to get there, for people. Raises ConfigError for a name that nothing has."""
    if name in OWN_RULES:
        return _text(_about(OWN_RULES[name]))
    catalog = load_catalog(config)
    policies = _called(name, catalog)
    if not policies:
        names = [*catalog.names, *OWN_RULES]
        raise ConfigError(f"there is no policy `{name}`{did_you_mean(name, names)}")
    return "\n".join(_text(_explained(policy)) for policy in policies)


def _called(name: str, catalog: Catalog) -> list[Policy]:
    """The policy of an id or alias; else those that another tool knows by that name."""
    policy = catalog.get(name)
    if policy is not None:
        return [policy]
    wanted = name.lower().removeprefix("avd-")
    return [
        policy
        for policy in catalog.policies
        if any(wanted == id.lower().removeprefix("avd-") for ids in policy.also_known_as.values() for id in ids)
    ]


def _text(lines: Iterator[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _explained(policy: Policy) -> Iterator[str]:
    yield from _about(rule_of(policy))
    facts = {
        "service": policy.service,
        "question of": STATES[policy.state],
        "profile": PROFILES[policy.profile],
        "required by": policy.required_by or "",
        "also called": ", ".join(policy.aliases),
        "serves": _listed(policy.compliance),
        "elsewhere": _listed(policy.also_known_as),
    }
    yield ""
    yield from (f"{name + ':':13} {text}" for name, text in facts.items() if text)
    for verdict, heading in (("bad", "What it finds"), ("good", "What it wants")):
        for suffix, language in (("tf", "Terraform"), ("yaml", "CloudFormation")):
            example = _example(policy.id, verdict, suffix)
            if example:
                yield from ("", f"{heading}, in {language}:", "", *(f"    {line}".rstrip() for line in example))
    yield from ("", "Sources:", "", *(f"    {address}" for address in policy.references))


def _about(rule: Rule) -> Iterator[str]:
    """What every rule says of itself."""
    yield f"{rule.id}: {rule.title} ({rule.severity.value})"
    yield from ("", *_wrapped(rule.why))
    yield from ("", "Remedy:", "", *(f"    {line}" for line in _wrapped(rule.remedy)))


def _wrapped(text: str) -> list[str]:
    from textwrap import wrap

    return [line for paragraph in text.strip().split("\n") for line in wrap(paragraph, WIDTH) or [""]]


def _listed(groups: dict[str, tuple[str, ...]]) -> str:
    return "; ".join(f"{name} {', '.join(ids)}" for name, ids in groups.items())


def _example(id: str, verdict: str, suffix: str) -> list[str]:
    """The beginning of a fixture, up to the end of a block, without the marks of what is expected."""
    try:
        with open(os.path.join(_examples_folder(), id, f"{verdict}.{suffix}"), encoding="utf-8") as file:
            lines = [line.split("# expect")[0].rstrip() for line in file]
    except OSError:
        return []
    if len(lines) <= MAX_LINES:
        return lines
    margin = 0 if suffix == "tf" else 2
    starts = [number for number in range(1, MAX_LINES + 1) if _begins_a_block(lines[number], margin)]
    return [*lines[: starts[-1] if starts else MAX_LINES], "# …"]


def _begins_a_block(line: str, margin: int) -> bool:
    """Whether a line stands at the margin of blocks (of resources) and is no end of one."""
    return bool(line) and len(line) - len(line.lstrip()) <= margin and line[:1] not in "}#"


def _examples_folder() -> str:
    """Where the fixtures are: in the installed package, or at the top of a checkout."""
    package = os.path.dirname(os.path.abspath(__file__))
    installed = os.path.join(package, "examples")
    return installed if os.path.isdir(installed) else os.path.join(package, "..", "..", "fixtures")


def list_as_text(config: Config) -> str:
    """All policies that the words of the call mean, by service."""
    policies = _listed_policies(config)
    width = max(len(policy.id) for policy in policies)
    lines = []
    for service in sorted({policy.service for policy in policies}):
        lines.append(f"{service}\n")
        lines += [
            f"  {policy.id:{width}}  {policy.severity.value:8}  {policy.profile:8}  {policy.title}\n"
            for policy in policies
            if policy.service == service
        ]
    return "".join([*lines, f"{len(policies)} policies\n"])


def list_as_json(config: Config) -> str:
    """The same for programs: a list of objects."""
    import json

    return json.dumps([_data(policy) for policy in _listed_policies(config)], indent=2) + "\n"


def _data(policy: Policy) -> dict[str, object]:
    return {
        "id": policy.id,
        "aliases": policy.aliases,
        "title": policy.title,
        "service": policy.service,
        "severity": policy.severity.value,
        "state": policy.state,
        "profile": policy.profile,
        "required_by": policy.required_by,
        "kinds": [policy.kind_name],
        "compliance": policy.compliance,
        "also_known_as": policy.also_known_as,
        "sources": policy.references,
    }


def _listed_policies(config: Config) -> list[Policy]:
    """Every policy, unless words choose some; the profile does not matter here."""
    catalog = load_catalog(config)
    settings = judging(config._replace(select=config.select or ("*",)), catalog)
    return [policy for policy, _ in selected(catalog, settings)]
