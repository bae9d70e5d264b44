"""What ships: every policy and kind is of its form, means something, and says what people need."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from enclint.policy import bundled
from enclint.policy.bundled import Catalog
from enclint.policy.load import load_sources
from enclint.source import Source

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "policies").rglob("*.yaml"))
FIXTURES = ROOT / "fixtures"


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return bundled.load()


def test_there_are_policies() -> None:
    assert len(FILES) > 100


def test_every_file_is_of_its_form_and_means_something(catalog: Catalog) -> None:
    sources = [Source(str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")) for path in FILES]
    checked = load_sources(sources, Catalog({}, ()))  # raises with every mistake
    assert [policy.id for policy in checked.policies] == [policy.id for policy in catalog.policies]


def test_everything_compiles(catalog: Catalog) -> None:
    for policy in catalog.policies:
        assert policy.compiled.require is not None
    for kind in catalog.vocabulary.names:
        assert catalog.vocabulary.carriers(kind), f"nothing makes a {kind}"


def test_a_policy_stands_in_the_file_of_its_id(catalog: Catalog) -> None:
    names = {path.stem for path in FILES if path.parent.name != "vocabulary"}
    assert names == {policy.id for policy in catalog.policies}


def test_every_name_means_one_policy(catalog: Catalog) -> None:
    names = [name for policy in catalog.policies for name in (policy.id, *policy.aliases)]
    assert len(names) == len(set(names))


def test_key_policies_never_speak_of_plaintext(catalog: Catalog) -> None:
    for policy in catalog.policies:
        if policy.state == "key_management":
            assert "unencrypted" not in f"{policy.title} {policy.message}", policy.id
            assert not re.search(r"is not encrypted(?! with)", f"{policy.title} {policy.message}"), policy.id


def test_customer_keys_are_asked_for_only_where_they_are_wanted(catalog: Catalog) -> None:
    for policy in catalog.policies:
        if policy.id.endswith("-cmk"):
            assert policy.profile != "baseline", policy.id
            assert policy.required_by == "customer_key", policy.id


def test_no_placeholder_is_left_in_what_needs_no_filling(catalog: Catalog) -> None:
    for policy in catalog.policies:
        assert "{" not in policy.title + policy.why, policy.id


def test_no_fixture_is_left_of_a_policy_that_is_gone(catalog: Catalog) -> None:
    folders = {path.name for path in FIXTURES.iterdir() if path.is_dir()} - {"projects"}
    assert folders <= {policy.id for policy in catalog.policies}
