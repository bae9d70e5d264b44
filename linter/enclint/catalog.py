"""The policies of a run: the shipped ones and a user's own, and how the configuration wants them to judge."""

from __future__ import annotations

from enclint.config import ConfigError
from enclint.lean_typing import TYPE_CHECKING
from enclint.nearest import did_you_mean
from enclint.policy import bundled
from enclint.policy.selection import COMPLIANCE, selected, unmatched
from enclint.policy.settings import BY_CLASSIFICATION, CLASSIFICATION_TAGS, SENSITIVE, Rule, Settings
from enclint.report import OWN_RULES
from enclint.report import Rule as ReportRule

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from enclint.config import Config
    from enclint.finding import Finding
    from enclint.policy.bundled import Catalog
    from enclint.policy.form import Policy
    from enclint.suppressions import Names


def load_catalog(config: Config) -> Catalog:
    """The shipped policies with those of the configured folders. Raises ConfigError for mistakes in the latter."""
    catalog = bundled.load(config.cache)
    if config.policies:
        catalog = _with_own(config.policies, catalog)
    if not catalog.policies:
        raise ConfigError("there are no policies to judge with")
    return catalog


def _with_own(folders: Sequence[str], catalog: Catalog) -> Catalog:
    from enclint.checked_yaml import InvalidYamlError
    from enclint.policy.load import load_folders
    from enclint.text_file import UnreadableFileError

    try:
        return load_folders(folders, catalog)
    except (InvalidYamlError, UnreadableFileError) as error:
        raise ConfigError(str(error)) from None


def judging(config: Config, catalog: Catalog) -> Settings:
    """How the policies are to judge. Raises ConfigError for words that mean no policy."""
    for key, words in (("select", config.select), ("ignore", config.ignore)):
        for word in unmatched(catalog, words):
            frameworks = {f"{COMPLIANCE}{name}" for policy in catalog.policies for name in policy.compliance}
            hint = did_you_mean(word, [*catalog.names, *frameworks])
            raise ConfigError(f"{config.place(key, word)}: there is no such policy{hint}")
    _check_requirements(config, catalog)
    settings = Settings(
        profile=config.profile,
        select=config.select,
        ignore=config.ignore,
        rules=(BY_CLASSIFICATION, *(Rule(each.names, each.where) for each in config.requirements)),
        classification_tags=config.classification_tags or CLASSIFICATION_TAGS,
        sensitive=config.classification_values or SENSITIVE,
        created_since=_day(config),
        today=config.today,
        base=config.base,
    )
    if not selected(catalog, settings):
        raise ConfigError("no policy is left to judge with: --ignore takes away all that are selected")
    return settings


def _check_requirements(config: Config, catalog: Catalog) -> None:
    """Raises ConfigError for something that is required and that no policy asks about: it would never be missed."""
    known = {policy.required_by for policy in catalog.policies if policy.required_by}
    for word in dict.fromkeys(name for each in config.requirements for name in each.names):
        if word not in known:
            hint = did_you_mean(word, known) or f"; possible: {', '.join(sorted(known))}"
            raise ConfigError(f"{config.place('require', word)}: there is no such requirement{hint}")


def _day(config: Config) -> date | None:
    text = config.created_since
    if text is None:
        return None
    from datetime import date

    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ConfigError(f"{config.place('created_since', text)} is no day of the calendar") from None


def names_of(config: Config, catalog: Catalog, settings: Settings) -> Names:
    """What suppressions may call the policies: by our names, and by those of the tools that are honoured."""
    from enclint.suppressions import Names

    elsewhere = {}
    if config.honour:
        from enclint.suppressions.other_tools import elsewhere_of

        elsewhere = elsewhere_of({policy.id: policy.also_known_as for policy in catalog.policies})
    canonical = {name: policy.id for policy in catalog.policies for name in (policy.id, *policy.aliases)}
    return Names(canonical, frozenset(policy.id for policy, _ in selected(catalog, settings)), elsewhere)


def rules_of(catalog: Catalog, findings: Iterable[Finding]) -> dict[str, ReportRule]:
    """What reports say of the policies that some findings name."""
    rules: dict[str, ReportRule] = {}
    for id in dict.fromkeys(finding.policy for finding in findings):
        policy = catalog.get(id)
        rule = rule_of(policy) if policy is not None else OWN_RULES.get(id)
        if rule is not None:
            rules[id] = rule
    return rules


def rule_of(policy: Policy) -> ReportRule:
    """What reports say of a policy."""
    return ReportRule(
        policy.id,
        policy.title,
        policy.severity,
        policy.state,
        policy.why,
        policy.remedy,
        policy.aliases,
        policy.references,
        policy.compliance,
    )
