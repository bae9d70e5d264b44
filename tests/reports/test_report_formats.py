"""Reports for programs: valid by their schemas, one result for each instance, nothing said otherwise than it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import jsonschema
from report_samples import CLEAN, FAILED, MAIN, REPORT, TWIN

from enclint.config import Config
from enclint.finding import Related
from enclint.lint import lint
from enclint.reports import FORMATS, render
from enclint.source import Source, Span

if TYPE_CHECKING:
    from enclint.report import Report

TOP = Path(__file__).parents[2]
SARIF_SCHEMA = json.loads((TOP / "tests" / "data" / "sarif-schema-2.1.0.json").read_text())
JSON_SCHEMA = json.loads((TOP / "docs" / "report.schema.json").read_text())


def sarif(report: Report) -> Any:
    data = json.loads(render("sarif", report))
    jsonschema.Draft7Validator(SARIF_SCHEMA, format_checker=jsonschema.FormatChecker()).validate(data)
    [run] = data["runs"]
    return run


def test_sarif_is_valid_by_the_schema_of_oasis() -> None:
    assert sarif(CLEAN)["results"] == []
    assert len(sarif(REPORT)["results"]) == 6
    assert len(sarif(REPORT._replace(nothing_to_read="nothing"))["results"]) == 6


def test_sarif_says_of_a_failure_what_where_and_of_which_resource() -> None:
    run = sarif(REPORT)
    first, second = run["results"][:2]
    assert (first["ruleId"], first["kind"], first["level"]) == ("ebs-volume-unencrypted", "fail", "error")
    assert first["properties"]["resource"] == "aws_ebs_volume.data[0]"
    assert second["properties"]["resource"] == "aws_ebs_volume.data[1]"
    assert first["properties"]["verdict"] == "fail"
    place = first["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "infra/stacks/main.tf", "uriBaseId": "%SRCROOT%"}
    assert place["region"] == {"startLine": 3, "startColumn": 14, "endLine": 3, "endColumn": 23}
    flow = first["codeFlows"][0]["threadFlows"][0]["locations"]
    assert [step["location"]["physicalLocation"]["region"]["startLine"] for step in flow] == [5, 3]
    assert first["relatedLocations"][0]["message"]["text"] == "local.enc"
    rule = run["tool"]["driver"]["rules"][first["ruleIndex"]]
    assert rule["id"] == first["ruleId"]
    assert "Who takes the disk" in rule["help"]["text"]
    assert rule["deprecatedIds"] == ["ebs-plain"]


def test_sarif_gives_each_location_a_file_because_services_refuse_reports_with_others() -> None:
    by_default = FAILED._replace(trace=(Related("AWS's default is false", None),))
    [result] = sarif(CLEAN._replace(findings=(by_default,)))["results"]
    steps = [step["location"] for step in result["codeFlows"][0]["threadFlows"][0]["locations"]]
    for location in (*result["locations"], *result["relatedLocations"], *steps):
        assert location["physicalLocation"]["artifactLocation"]["uri"] == "stacks/main.tf"


def test_names_of_files_that_are_no_text_are_told_in_every_format() -> None:
    source = Source("b\udcffd:/m.tf", MAIN.text)
    report = CLEAN._replace(findings=(FAILED._replace(span=Span(source, 0, 8), header=None, trace=()),))
    [result] = sarif(report)["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "b%FFd%3A/m.tf"
    for format in FORMATS:
        assert "m.tf" in render(format, report).encode("utf-8", "replace").decode()


def test_sarif_calls_what_is_undecided_open_and_without_a_level() -> None:
    undecided = sarif(REPORT)["results"][2]
    assert (undecided["kind"], undecided["level"]) == ("open", "none")
    assert undecided["properties"]["verdict"] == "unknown"
    assert 'Stage is "test"' in undecided["message"]["text"]


def test_sarif_keeps_suppressed_results_and_marks_only_them() -> None:
    results = sarif(REPORT)["results"]
    [suppression] = results[3]["suppressions"]
    assert (suppression["kind"], suppression["justification"]) == ("inSource", "public by design")
    assert [len(result["suppressions"]) for result in results] == [0, 0, 0, 1, 0, 0]
    assert "suppressions" not in sarif(CLEAN._replace(findings=(FAILED,)))["results"][0]


def test_sarif_says_that_a_run_with_unreadable_files_did_not_succeed() -> None:
    assert sarif(REPORT)["invocations"][0]["executionSuccessful"] is False
    assert sarif(CLEAN)["invocations"][0]["executionSuccessful"] is True


def test_json_is_valid_by_its_schema_and_counts_right() -> None:
    for report in (CLEAN, REPORT):
        jsonschema.Draft202012Validator(JSON_SCHEMA).validate(json.loads(render("json", report)))
    data = json.loads(render("json", REPORT))
    assert data["summary"] == {
        "resources": 4,
        "findings": 2,
        "undecided": 1,
        "suppressed": 1,
        "files_read": 3,
        "files_unreadable": 2,
        "seconds": 0.042,
    }
    assert [finding["verdict"] for finding in data["findings"]] == ["fail", "fail", "unknown", "fail", "error", "error"]
    assert data["findings"][3]["suppression"]["honoured_from"] == "checkov"
    assert data["findings"][5]["location"] == {"file": "infra/gone.tf"}


def test_junit_counts_and_is_xml_whatever_was_scanned() -> None:
    root = ElementTree.fromstring(render("junit", REPORT))
    assert (root.get("tests"), root.get("failures"), root.get("errors"), root.get("skipped")) == ("6", "2", "2", "2")
    assert [suite.get("name") for suite in root] == ["infra/stacks/main.tf", "infra/evil.tf", "infra/gone.tf"]


def test_annotations_point_into_files_and_cannot_be_broken_out_of() -> None:
    lines = render("github", CLEAN._replace(findings=(FAILED._replace(message="a,b\n::error::c %"),))).splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("::error title=ebs-volume-unencrypted%3A EBS volume is not encrypted,file=")
    assert ",line=3,endLine=3,col=14,endColumn=23::a,b%0A::error::c %25%0A" in lines[0]


def test_every_format_renders_everything() -> None:
    for format in FORMATS:
        assert render(format, REPORT).endswith("\n")


def test_a_fingerprint_survives_what_moves_around_its_finding() -> None:
    before = REPORT.fingerprints()
    assert len(set(before)) == len(before)
    moved = FAILED._replace(span=FAILED.header, severity=TWIN.severity, remedy="another")
    assert REPORT._replace(findings=(moved,)).fingerprints() == [before[0]]


def test_the_reports_of_all_fixtures_are_valid() -> None:
    report = lint([str(TOP / "fixtures")], Config(profile="strict"))
    assert len(report.findings) > 100
    sarif(report)
    jsonschema.Draft202012Validator(JSON_SCHEMA).validate(json.loads(render("json", report)))
    assert len(set(report.fingerprints())) == len(report.findings)
    ElementTree.fromstring(render("junit", report))
    assert all("\x1b" not in render(format, report) for format in FORMATS)
