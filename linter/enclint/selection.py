"""Which policies a run judges: by profile, by id, glob or compliance framework."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

from enclint.config import ConfigError
from enclint.nearest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

COMPLIANCE: Final = "compliance:"


class Selectable(Protocol):
    """What is looked at of a policy."""

    @property
    def id(self) -> str:
        """Its id."""

    @property
    def aliases(self) -> Sequence[str]:
        """Its former ids, and those that it stands for."""

    @property
    def profile(self) -> str:
        """`baseline`, `strict` or `required`."""

    @property
    def required_by(self) -> str | None:
        """The requirement that turns it on where the configuration asks for it."""

    @property
    def compliance(self) -> Mapping[str, Sequence[str]]:
        """The controls that it serves, by framework."""


Policy = TypeVar("Policy", bound=Selectable)


def select(policies: Iterable[Policy], profile: str, selected: Sequence[str], ignored: Sequence[str]) -> list[Policy]:
    """The policies to judge.

    With `selected` words: those that they mean, whatever their profile. Without: those of the profile, and those that
    are on where something is required. `ignored` words take away. Raises ConfigError for a word that means nothing.
    """
    every = list(policies)
    if selected:
        wanted = {id for word in selected for id in _meant(word, every, "--select")}
    else:
        wanted = {policy.id for policy in every if profile == "strict" or _is_in_baseline(policy)}
    wanted -= {id for word in ignored for id in _meant(word, every, "--ignore")}
    return [policy for policy in every if policy.id in wanted]


def _is_in_baseline(policy: Selectable) -> bool:
    """Whether a policy is on in the baseline, be it only where something is required."""
    return policy.profile == "baseline" or policy.required_by is not None


def _meant(word: str, policies: Sequence[Selectable], option: str) -> list[str]:
    """The ids of the policies that a word means."""
    if word.startswith(COMPLIANCE):
        return _serving(word.removeprefix(COMPLIANCE), policies, option)
    found = [policy.id for policy in policies if any(fnmatchcase(name, word) for name in (policy.id, *policy.aliases))]
    if not found:
        names = [name for policy in policies for name in (policy.id, *policy.aliases)]
        raise ConfigError(f"{option} {word}: there is no such policy{did_you_mean(word, names)}")
    return found


def _serving(wanted: str, policies: Sequence[Selectable], option: str) -> list[str]:
    """The ids of the policies that serve a framework, or one control of it (`aws-fsbp/EC2.3`)."""
    framework, _, control = wanted.partition("/")
    found = [
        policy.id
        for policy in policies
        if framework in policy.compliance and (not control or control in policy.compliance[framework])
    ]
    if not found:
        known = sorted({name for policy in policies for name in policy.compliance})
        hint = did_you_mean(framework, known) or f"; known frameworks: {', '.join(known)}"
        raise ConfigError(f"{option} {COMPLIANCE}{wanted}: no policy serves that{hint}")
    return found
