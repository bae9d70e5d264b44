"""Making inputs unknown never turns a policy's verdict round: at most it becomes undecided."""

from __future__ import annotations

from contextlib import ExitStack
from functools import cache
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest
from fixture_inputs import FIXTURES, read_fixture

from enclint.finding import Verdict
from enclint.model.index import Model
from enclint.policy import bundled
from enclint.policy.judge import judge_resource
from enclint.policy.settings import Settings

if TYPE_CHECKING:
    from enclint.model.resource import Project
    from enclint.policy.bundled import Catalog
    from enclint.policy.form import Policy

COMBINATIONS = 6
"""How many sets of several inputs are made unknown together, for each fixture."""

Verdicts = dict[str, list[Verdict]]
"""By the key of a provider resource, what a policy says of each thing that it makes."""


@cache
def catalog() -> Catalog:
    return bundled.load()


FILES = [
    file
    for policy in sorted(catalog().policies, key=lambda policy: policy.id)
    for file in sorted((FIXTURES / policy.id).glob("*.*"))
]


def name_of(file: Path) -> str:
    return f"{file.parent.name}/{file.name}"


def policy_of(file: Path) -> Policy:
    policy = catalog().get(file.parent.name)
    assert policy is not None
    return policy


def verdicts(project: Project, policy: Policy) -> Verdicts:
    found: Verdicts = {}
    for resource in Model(project, catalog().vocabulary).of_kind(policy.kind_name):
        finding = judge_resource(policy, resource, Settings(), everywhere=True)
        found.setdefault(resource.source.key, []).append(finding.verdict if finding is not None else Verdict.PASS)
    return found


def turned_round(before: Verdicts, after: Verdicts) -> list[str]:
    """The resources that passed and fail, or the other way round; of those that are the same things in both."""
    return [
        f"{key}: {old.value} became {new.value}"
        for key in before
        if key in after and len(before[key]) == len(after[key])
        for old, new in zip(before[key], after[key], strict=True)
        if {old, new} == {Verdict.PASS, Verdict.FAIL}
    ]


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_an_unknown_input_never_turns_a_verdict_round(file: Path, tmp_path: Path) -> None:
    policy, fixture = policy_of(file), read_fixture(file, tmp_path)
    before = verdicts(fixture.project(), policy)
    inputs = list(fixture.inputs())
    for each in inputs:
        with each.made_unknown():
            after = verdicts(fixture.project(), policy)
        assert turned_round(before, after) == [], f"line {each.line}"


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_an_input_that_hangs_on_an_unknown_condition_never_turns_a_verdict_round(file: Path, tmp_path: Path) -> None:
    policy, fixture = policy_of(file), read_fixture(file, tmp_path)
    before = verdicts(fixture.project(), policy)
    for each in list(fixture.inputs()):
        if each.conditional is not None:
            with each.made_conditional():
                after = verdicts(fixture.project(), policy)
            assert turned_round(before, after) == [], f"line {each.line}"


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_several_unknown_inputs_never_turn_a_verdict_round(file: Path, tmp_path: Path) -> None:
    policy, fixture = policy_of(file), read_fixture(file, tmp_path)
    before = verdicts(fixture.project(), policy)
    inputs = list(fixture.inputs())
    random = Random(name_of(file))
    for _ in range(COMBINATIONS):
        several = random.sample(inputs, random.randint(0, len(inputs)))
        with ExitStack() as changes:
            for each in several:
                changes.enter_context(each.made_unknown())
            after = verdicts(fixture.project(), policy)
        assert turned_round(before, after) == [], f"lines {sorted(each.line for each in several)}"


@pytest.mark.parametrize("name", ["ebs-volume-unencrypted/bad.tf", "ebs-volume-unencrypted/bad.yaml"])
def test_what_a_fixture_is_changed_to_is_really_undecided(name: str, tmp_path: Path) -> None:
    file = FIXTURES / name
    policy, fixture = policy_of(file), read_fixture(file, tmp_path)
    before = verdicts(fixture.project(), policy)
    undecided = 0
    for each in list(fixture.inputs()):
        with each.made_unknown():
            after = verdicts(fixture.project(), policy)
        undecided += any(Verdict.UNKNOWN in found for found in after.values())
    assert undecided > 1
    assert verdicts(fixture.project(), policy) == before, "every change is undone"
