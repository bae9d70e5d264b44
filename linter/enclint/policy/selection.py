"""Which policies are on: by profile, by requirement, and by what the call selects and ignores."""

from __future__ import annotations

from fnmatch import fnmatchcase

from enclint.lean_typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from enclint.policy.bundled import Catalog
    from enclint.policy.form import Policy
    from enclint.policy.settings import Settings

COMPLIANCE: Final = "compliance:"


def selected(catalog: Catalog, settings: Settings) -> list[tuple[Policy, bool]]:
    """The policies that are on, and whether each is on everywhere (else only where it is required).

    Who selects a policy by name or glob wants it, whatever the profile.
    """
    required = {name for rule in settings.rules for name in rule.names}
    chosen = []
    for policy in catalog.policies:
        if policy.deprecated is not None or any(matches(policy, pattern) for pattern in settings.ignore):
            continue
        if settings.select:
            if any(matches(policy, pattern) for pattern in settings.select):
                chosen.append((policy, True))
        elif policy.profile == "baseline" or (policy.profile == "strict" and settings.profile == "strict"):
            chosen.append((policy, True))
        elif policy.required_by in required:
            chosen.append((policy, False))
    return chosen


def matches(policy: Policy, pattern: str) -> bool:
    """Whether a pattern (id, alias, glob, or `compliance:FRAMEWORK[:CONTROL]`) means a policy."""
    if pattern.startswith(COMPLIANCE):
        framework, _, control = pattern[len(COMPLIANCE) :].partition(":")
        return any(
            fnmatchcase(name, framework) and (not control or control in ids) for name, ids in policy.compliance.items()
        )
    return any(fnmatchcase(name, pattern) for name in (policy.id, *policy.aliases))


def unmatched(catalog: Catalog, patterns: Iterable[str]) -> list[str]:
    """The patterns that mean no policy at all: most likely misspelt."""
    return [pattern for pattern in patterns if not any(matches(policy, pattern) for policy in catalog.policies)]


def wanted_types(catalog: Catalog, settings: Settings) -> frozenset[str]:
    """The provider types that the policies which are on look at, directly or through relations."""
    kinds = catalog.vocabulary.related_kinds({policy.kind_name for policy, _ in selected(catalog, settings)})
    return catalog.vocabulary.provider_types(kinds)
