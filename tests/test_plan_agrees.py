"""A project judged from its code and from its plan gets the same verdicts.

The plan is made of what the code comes to, in the form of `terraform show -json`: known values in `after`, what is
known after apply in `after_unknown`, and what expressions refer to in `configuration`. A plan knows less: where an
expression is more than a reference, a verdict may become undecided, but never turn round.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from enclint.finding import Verdict
from enclint.frontends.terraform.loader import ModuleLoader
from enclint.frontends.terraform.plan.loader import load_plan
from enclint.frontends.terraform.project import load_project
from enclint.json_positions import JsonObject, read
from enclint.model.resource import Project, ProviderResource
from enclint.model.value import Absent, Choice, Known, Reference, Unknown, Value
from enclint.policy import bundled
from enclint.policy.judge import judge
from enclint.policy.settings import Settings
from enclint.source import Source

FIXTURES = Path(__file__).parents[1] / "fixtures"
FILES = sorted(path for path in FIXTURES.glob("*/*.tf") if path.stem in ("bad", "good"))
CATALOG = bundled.load()


class UndecidedError(Exception):
    """A condition that a plan would have decided."""


def split(value: Value) -> tuple[Any, Any, Any]:
    """A value as a plan tells it: `after`, `after_unknown`, and the configuration's expression."""
    if isinstance(value, Choice):
        raise UndecidedError
    if isinstance(value, Reference):
        return None, True, {"references": [f"{value.target}.{value.attribute}", value.target]}
    if isinstance(value, Unknown):
        return None, True, {"references": ["local.computed"]}
    if isinstance(value, Absent) or not isinstance(value, Known):
        return None, False, {}
    if isinstance(value.data, dict):
        parts = {name: split(part) for name, part in value.data.items()}
        return tuple({name: part[index] for name, part in parts.items()} for index in range(3))  # type: ignore[return-value]
    if isinstance(value.data, list):
        items = [split(item) for item in value.data]
        return tuple([item[index] for item in items] for index in range(3))  # type: ignore[return-value]
    data = value.data if isinstance(value.data, (bool, int, str)) else float(str(value.data))
    return data, False, {"constant_value": data}


def plan_of(project: Project) -> Project:
    """The project as a plan has it."""
    changes, configured = [], []
    for resource in project.resources:
        known, unknown, expressions = {}, {}, {}
        for name in resource.names():
            known[name], unknown[name], expressions[name] = split(resource.argument(name))
        entry = {"address": resource.address, "mode": resource.mode, "type": resource.type, "name": resource.name}
        index = index_of(resource)
        if index is not None:
            entry["index"] = index
        change = {"actions": ["no-op"], "after": known, "after_unknown": unknown}
        changes.append({**entry, "change": change})
        key = {"provider_config_key": resource.provider.key, "expressions": expressions}
        configured.append({**entry, **key})
    document = {
        "format_version": "1.2",
        "resource_changes": changes,
        "configuration": {"root_module": {"resources": configured}},
    }
    text = json.dumps(document)
    node = read(text)
    assert isinstance(node, JsonObject)
    return load_plan(Source("plan.json", text), node)


def index_of(resource: ProviderResource) -> Any:
    """The key of an instance of a resource with `count` or `for_each`."""
    return json.loads(resource.address[resource.address.index("[") + 1 : -1]) if "[" in resource.address else None


def verdicts(project: Project, policy: str) -> dict[str, Verdict]:
    settings = Settings(profile="strict", select=(policy,))
    return {finding.resource: finding.verdict for finding in judge(project, CATALOG, settings).findings}


@pytest.mark.parametrize("path", [pytest.param(path, id=f"{path.parent.name}/{path.name}") for path in FILES])
def test_a_plan_never_turns_a_verdict_round(path: Path, tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    project = load_project(str(tmp_path), ModuleLoader(str(tmp_path)))
    assert project.resources
    from_code = verdicts(project, path.parent.name)
    from_plan = verdicts(plan_of(project), path.parent.name)
    for address in {*from_code, *from_plan}:
        pair = {from_code.get(address, Verdict.PASS), from_plan.get(address, Verdict.PASS)}
        assert pair != {Verdict.PASS, Verdict.FAIL}, address


def test_most_plans_give_the_very_same_verdicts(tmp_path: Path) -> None:
    differing = []
    for number, path in enumerate(FILES):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "main.tf").write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
        project = load_project(str(folder), ModuleLoader(str(folder)))
        if verdicts(project, path.parent.name) != verdicts(plan_of(project), path.parent.name):
            differing.append(f"{path.parent.name}/{path.name}")
    assert len(FILES) > 200
    assert len(differing) < len(FILES) // 20, differing
