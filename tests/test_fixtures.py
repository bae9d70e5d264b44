"""Each policy finds what its fixtures mark, where they mark it, and nothing else; others' good ones stay clean."""

from __future__ import annotations

import re
import shutil
from functools import cache
from pathlib import Path

import pytest

from enclint.config import Config
from enclint.finding import Verdict
from enclint.lint import lint
from enclint.model.carriers import Carrier
from enclint.policy import bundled
from enclint.policy.bundled import Catalog

FIXTURES = Path(__file__).parents[1] / "fixtures"
DIALECTS = {"terraform": ".tf", "cloudformation": ".yaml"}
NAMES = {f"{name}{suffix}" for name in ("bad", "good", "unknown") for suffix in DIALECTS.values()}

FOLDERS = sorted(path for path in FIXTURES.iterdir() if path.is_dir() and path.name != "projects")
FILES = [file for folder in FOLDERS for file in sorted(folder.iterdir())]
GOOD_FILES = [file for file in FILES if file.stem == "good"]

IMPOSSIBLE = {
    "cognito-domain-tls-policy/bad.tf": "Terraform cannot name the TLS policy of a custom domain",
    "dynamodb-table-unencrypted/bad.tf": "AWS encrypts every table, whatever the code says",
    "dynamodb-table-unencrypted/bad.yaml": "AWS encrypts every table, whatever the code says",
    "kms-custom-key-store/good.yaml": "CloudFormation cannot make keys in custom key stores",
    "msk-unencrypted/bad.tf": "AWS encrypts every cluster, whatever the code says",
    "msk-unencrypted/bad.yaml": "AWS encrypts every cluster, whatever the code says",
    "rds-snapshot-copy-cmk/bad.yaml": "CloudFormation cannot copy snapshots",
    "ssm-parameter-cmk/bad.yaml": "CloudFormation cannot make SecureString parameters",
}
"""Fixtures that cannot be written, and why."""

Found = set[tuple[int, str, str]]
"""Line, verdict and policy of findings."""

_MARK = re.compile(r"# expect(-unknown)?: ([\w-]+(?:, [\w-]+)*)")


@cache
def catalog() -> Catalog:
    return bundled.load()


POLICIES = sorted(policy.id for policy in catalog().policies)


def name_of(file: Path) -> str:
    return f"{file.parent.name}/{file.name}"


def marked_in(file: Path) -> Found:
    """What the marks of a fixture say must be found."""
    marks: Found = set()
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        for mark in _MARK.finditer(line):
            verdict = Verdict.UNKNOWN if mark[1] else Verdict.FAIL
            marks.update((number, verdict.value, policy) for policy in mark[2].split(", "))
    return marks


def found_in(file: Path, folder: Path, config: Config) -> Found:
    """What is found in a fixture that stands in a folder by itself."""
    shutil.copy(file, folder)
    report = lint([str(folder)], config)
    return {
        (finding.span.line if finding.span is not None else 0, finding.verdict.value, finding.policy)
        for finding in report.findings
    }


def dialects_of(policy: str) -> list[str]:
    """The dialects in which there is something that a policy judges."""
    found = catalog().get(policy)
    assert found is not None
    carriers = catalog().vocabulary.carriers(found.kind_name)
    return [dialect for dialect in DIALECTS if any(_is_judged(each) and _dialect(each) == dialect for each in carriers)]


def _is_judged(carrier: Carrier) -> bool:
    return carrier.mode == "managed" and carrier.stands_for is None


def _dialect(carrier: Carrier) -> str:
    return "cloudformation" if "::" in carrier.type else "terraform"


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Config:
    """The configuration of a run that reads the policies' YAML only once."""
    return Config(cache=str(tmp_path_factory.mktemp("cache")), jobs=1)


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_a_fixture_shows_what_it_marks_and_nothing_else(file: Path, tmp_path: Path, compiled: Config) -> None:
    config = compiled._replace(profile="strict", select=(file.parent.name,))
    assert found_in(file, tmp_path, config) == marked_in(file)


@pytest.mark.parametrize("file", GOOD_FILES, ids=name_of)
def test_no_policy_of_the_baseline_cries_wolf_over_what_is_good(file: Path, tmp_path: Path, compiled: Config) -> None:
    found = found_in(file, tmp_path, compiled)
    assert {each for each in found if each[1] == "fail"} == set()


def test_there_are_fixtures_to_walk() -> None:
    assert len(FOLDERS) > 100
    assert len(FILES) > 4 * len(FOLDERS)


@pytest.mark.parametrize("policy", POLICIES)
def test_a_policy_has_bad_and_good_fixtures_in_each_dialect_that_has_its_kind(policy: str) -> None:
    wanted = {f"{policy}/{name}{DIALECTS[dialect]}" for dialect in dialects_of(policy) for name in ("bad", "good")}
    there = {name_of(path) for path in (FIXTURES / policy).glob("*")}
    assert wanted
    assert wanted - there - set(IMPOSSIBLE) == set()
    assert {Path(name).name for name in there} - NAMES == set()


def test_what_is_said_to_be_impossible_is_not_there() -> None:
    assert [name for name in IMPOSSIBLE if (FIXTURES / name).exists()] == []


def test_each_folder_of_fixtures_belongs_to_a_policy() -> None:
    assert {folder.name for folder in FOLDERS} - set(POLICIES) == set()


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_marks_are_what_the_name_of_a_fixture_promises(file: Path) -> None:
    verdicts = {verdict for _, verdict, _ in marked_in(file)}
    if file.stem == "good":
        assert verdicts == set()
    else:
        assert {"bad": "fail", "unknown": "unknown"}[file.stem] in verdicts
