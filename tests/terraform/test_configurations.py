"""Whole configurations against what Terraform 1.11.4 made of them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from configuration import resolved, write

from enclint.frontends.terraform.inputs import Argument
from enclint.frontends.terraform.loader import ModuleLoader
from enclint.frontends.terraform.project import Settings
from enclint.frontends.terraform.resolve import report

if TYPE_CHECKING:
    from collections.abc import Iterable

OWN = Path(__file__).parent / "configurations.jsonl"
ORACLE = Path(__file__).parents[2] / ".." / "shared" / "oracle" / "configs"


def own_cases() -> list[dict[str, Any]]:
    return [json.loads(line) for line in OWN.read_text(encoding="utf-8").splitlines()]


def settings_of(case: dict[str, Any]) -> Settings:
    arguments = tuple(
        Argument(flag.startswith("-var-file="), flag.partition("=")[2]) for flag in case.get("arguments", ())
    )
    environment = case.get("environment", {})
    return Settings(arguments, environment, environment.get("TF_WORKSPACE", "default"))


def told(diagnostics: Iterable[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """What was said and where; once, however many instances it was said of."""
    found = {
        (each["summary"], each.get("file"), each.get("line"), each.get("detail", "").split("\n")[0])
        for each in diagnostics
    }
    return sorted(found, key=str)


def without_details(data: Any) -> Any:
    """Data with every unknown as a bare one."""
    if isinstance(data, dict):
        if "$unknown" in data:
            return {"$unknown": {}}
        return {name: without_details(part) for name, part in data.items()}
    return [without_details(part) for part in data] if isinstance(data, list) else data


@pytest.mark.parametrize("case", own_cases(), ids=lambda case: case["name"])
def test_a_configuration_comes_to_what_terraform_makes_of_it(case: dict[str, Any], tmp_path: Path) -> None:
    expected = case["expected"]
    got = resolved(tmp_path, case["files"], settings_of(case))
    assert told(got.get("errors", ())) == told(expected.get("errors", ()))
    warnings = [{**each, "detail": ""} for each in got.get("warnings", ())]
    assert told(warnings) == told(expected.get("warnings", ()))
    if "errors" in expected:
        return
    assert without_details(got["resources"]) == expected["resources"]
    outputs = {name: without_details(each["value"]) for name, each in got.get("outputs", {}).items()}
    assert outputs == expected.get("outputs", {})
    assert got.get("checks", {}) == expected.get("checks", {})


def test_every_vector_has_been_read() -> None:
    assert len(own_cases()) > 1100


class Schema:
    """The stub of the AWS provider that the vectors of the oracle were planned with."""

    def __init__(self, folder: Path) -> None:
        self.types: dict[str, Any] = json.loads((folder / "stub_schema.json").read_text(encoding="utf-8"))

    def converted(self, address: str, values: dict[str, Any]) -> dict[str, Any]:
        """A resource's values, converted to the types of the schema; nulls and empty lists of blocks left out."""
        type = re.sub(r"\[[^]]*]", "", address).split(".")[-2]
        schema = self.types.get(type)
        return self._block(values, schema) if schema is not None else values

    def _block(self, values: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
        result = {}
        for name, value in values.items():
            if name in schema["attributes"]:
                value = converted(value, schema["attributes"][name])
            elif name in schema["blocks"] and not (isinstance(value, dict) and "$unknown" in value):
                blocks = [value] if isinstance(value, dict) else value
                value = [self._block(each, schema["blocks"][name]) for each in blocks or ()]
            if value is not None and value != []:
                result[name] = value
        return result


def converted(value: Any, type: Any) -> Any:
    """A plain value as Terraform converts it to a type of the schema."""
    if value is None or (isinstance(value, dict) and "$unknown" in value):
        return value
    if type == "string":
        return json.dumps(value) if isinstance(value, (bool, int, float)) else value
    if type == "bool":
        return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value
    if type == "number":
        return json.loads(value) if isinstance(value, str) else value
    kind, element = type
    if kind == "map":
        return {name: converted(part, element) for name, part in value.items()}
    parts = [converted(part, element) for part in value]
    return in_any_order(parts) if kind == "set" else parts


def in_any_order(parts: list[Any]) -> list[Any]:
    return sorted({json.dumps(part, sort_keys=True): part for part in parts}.values(), key=json.dumps)


def without_order_of_sets(value: Any, type: Any) -> Any:
    """A value of a type in Terraform's JSON form, its sets sorted."""
    if not isinstance(type, list) or value is None or (isinstance(value, dict) and "$unknown" in value):
        return value
    kind, inner = type
    if kind == "object":
        return {name: without_order_of_sets(part, inner.get(name)) for name, part in value.items()}
    if kind == "map":
        return {name: without_order_of_sets(part, inner) for name, part in value.items()}
    types = inner if kind == "tuple" else [inner] * len(value)
    parts = [without_order_of_sets(part, each) for part, each in zip(value, types, strict=True)]
    return in_any_order(parts) if kind == "set" else parts


def without_reasons(data: Any) -> Any:
    if isinstance(data, dict):
        if "$unknown" in data:
            return {"$unknown": {name: part for name, part in data["$unknown"].items() if name != "reason"}}
        return {name: without_reasons(part) for name, part in data.items()}
    return [without_reasons(part) for part in data] if isinstance(data, list) else data


def differences(expected: dict[str, Any], got: dict[str, Any], schema: Schema) -> list[str]:
    """In what respects the answer is not the expected one."""
    if "errors" in expected:
        return ["errors"] if told(got.get("errors", ())) != told(expected["errors"]) else []
    found = ["errors"] if got.get("errors") else []
    for address in expected["resources"].keys() | got["resources"].keys():
        sides = []
        for side in (expected["resources"].get(address), without_reasons(got["resources"].get(address))):
            values = schema.converted(address, side) if side is not None else None
            if values is not None and address in expected.get("types", {}):
                values = {**values, "input": without_order_of_sets(values["input"], expected["types"][address])}
            sides.append(values)
        if sides[0] != sides[1]:
            found.append(address)
    for name, output in expected.get("outputs", {}).items():
        given = got.get("outputs", {}).get(name, {})
        same_value = without_order_of_sets(output["value"], output["type"]) == without_order_of_sets(
            without_reasons(given.get("value")), output["type"]
        )
        if not same_value or output["type"] != given.get("type"):
            found.append(f"output.{name}")
    found += [key for key in ("types", "checks", "importing") if expected.get(key, {}) != got.get(key, {})]
    if not set(expected.get("sensitive", ())) <= set(got.get("sensitive", ())):
        found.append("sensitive")
    warnings = [{**each, "detail": ""} for each in got.get("warnings", ())]
    if told(warnings) != told(expected.get("warnings", ())):
        found.append("warnings")
    return found


@pytest.mark.skipif(not ORACLE.is_dir(), reason="the oracle's configurations are not here")
def test_all_configurations_of_the_oracle_agree(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    schema = Schema(ORACLE)
    failures = {}
    folders = sorted(folder.resolve() for folder in ORACLE.iterdir() if folder.is_dir())
    for folder in folders:
        expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
        monkeypatch.chdir(folder)
        got = report(".", ModuleLoader(str(folder)), settings_of(expected), show_sensitive=True)
        if found := differences(expected, got, schema):
            failures[folder.name] = found
    with capsys.disabled():
        print(f"\nconfigurations: {len(folders) - len(failures)} of {len(folders)} agree")
    assert folders
    assert not failures


def test_a_report_from_elsewhere_shows_files_as_from_the_root(tmp_path: Path) -> None:
    folder = tmp_path / "infra"
    write(folder, {"main.tf": 'module "m" {\n  source = "./m"\n}\n', "m/main.tf": 'variable "a" {\n  foo = 1\n}\n'})
    data = report(str(folder), ModuleLoader(str(tmp_path)))
    assert [(each["file"], each["line"]) for each in data["errors"]] == [("m/main.tf", 2)]


@pytest.mark.parametrize(
    ("type", "arguments", "missing"),
    [
        ("aws_ebs_volume", "encrypted = true", "availability_zone"),
        ("aws_kms_alias", 'name = "alias/data"', "target_key_id"),
        ("aws_rds_cluster", "storage_encrypted = true", "engine"),
        ("aws_ebs_default_kms_key", "", "key_arn"),
    ],
)
def test_a_missing_argument_is_told_of_any_type_of_the_table(
    tmp_path: Path, type: str, arguments: str, missing: str
) -> None:
    (error,) = resolved(tmp_path, f'resource "{type}" "this" {{\n  {arguments}\n}}\n')["errors"]
    assert (error["summary"], error["line"]) == ("Missing required argument", 1)
    assert f'"{missing}"' in error["detail"]
