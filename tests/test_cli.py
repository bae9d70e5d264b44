"""The door: what goes in as words comes out as a report and an exit status."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from command_line import BAD, EBS, GOOD, OPEN, found, put, report
from enclint.cli import main

if TYPE_CHECKING:
    from pathlib import Path

# Exit status


def test_nothing_to_fail_on_is_0_findings_are_1_trouble_is_2(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(tree, "good/main.tf", GOOD)
    put(tree, "open/main.tf", OPEN)
    put(tree, "bad/main.tf", BAD)
    put(tree, "broken/main.tf", BAD + "resource {\n")
    assert [main([name]) for name in ("good", "open", "bad", "broken", "nowhere")] == [0, 0, 1, 2, 2]
    assert main(["."]) == 2


def test_severities_and_undecided_verdicts_fail_a_run_as_it_was_asked_for(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(tree, "bad/main.tf", BAD)
    put(tree, "open/main.tf", OPEN)
    assert main(["bad", "--fail-on", "high"]) == 1
    assert main(["bad", "--fail-on", "critical"]) == 0
    assert main(["open", "--unknown", "fail"]) == 1
    assert main(["open", "--unknown", "fail", "--fail-on", "critical"]) == 0
    capsys.readouterr()
    data = report(capsys, "open", "--unknown", "ignore", status=0)
    assert data["findings"] == []
    assert data["summary"]["undecided"] == 1


def test_what_is_understood_of_a_broken_file_and_all_other_files_are_judged(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(tree, "a/main.tf", BAD + "\nresource x {{{\n")
    put(tree, "b/stack.yaml", "Resources:\n  V:\n    Type: AWS::EC2::Volume\n    Properties: {Encrypted: [}\n")
    put(tree, "c/main.tf", BAD)
    put(tree, "d/latin.tf", (GOOD + "# caf\xe9").encode("latin-1"))
    data = report(capsys, ".", status=2)
    errors = [(each["policy"], each["location"]["file"]) for each in data["findings"] if each["verdict"] == "error"]
    assert errors == [
        ("syntax-error", "a/main.tf"),
        ("syntax-error", "b/stack.yaml"),
        ("unreadable-file", "d/latin.tf"),
    ]
    assert (EBS, "aws_ebs_volume.bad", "fail") in found(data)
    assert {each["location"]["file"] for each in data["findings"]} >= {"a/main.tf", "c/main.tf"}
    assert data["summary"]["files_unreadable"] == 3


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["."], "there is neither Terraform nor CloudFormation in ."),
        (["--select", "ebs-volume-unencryptd"], 'did you mean "ebs-volume-unencrypted"?'),
        (["--ignore", "*"], "no policy is left to judge with"),
        (["--report", "sarf=x"], 'did you mean "sarif"?'),
        (["--report", "sarif"], "FORMAT=FILE is expected"),
        (["--format", "xml"], "invalid choice"),
        (["--config", "nowhere.yaml"], "there is no such file"),
        (["--output", "no/such/folder/x"], "cannot be written"),
        (["--source", "nowhere"], "--source nowhere: there is no such folder"),
        (["--report", "json=-"], "another report is on standard output already; say --format json"),
        (["--jobs", "0"], "no number of processes"),
        (["--polices", "x"], "unrecognized arguments"),
    ],
)
def test_a_call_that_makes_no_sense_says_so_and_is_2(
    tree: Path, words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    out, err = capsys.readouterr()
    assert message in err + out
    assert "Traceback" not in err


# Reports


def test_one_run_feeds_several_reports(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(tree, "main.tf", BAD)
    words = ["--report", "sarif=out.sarif", "--report", "json=out.json", "--report", "junit=out.xml"]
    assert main([*words, "--output", "out.txt"]) == 1
    assert capsys.readouterr().out == ""
    assert EBS in (tree / "out.txt").read_text()
    sarif = json.loads((tree / "out.sarif").read_text())
    [result] = sarif["runs"][0]["results"]
    assert (result["ruleId"], result["properties"]["resource"]) == (EBS, "aws_ebs_volume.bad")
    assert json.loads((tree / "out.json").read_text())["summary"]["findings"] == 1
    assert "<testsuites" in (tree / "out.xml").read_text()


def test_a_report_that_cannot_be_written_is_2_and_keeps_no_other_from_being_written(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(tree, "main.tf", BAD)
    words = ["--report", "sarif=no/such/out.sarif", "--report", "json=out.json", "--report", "junit=-"]
    assert main([*words, "--output", "out.txt"]) == 2
    out, err = capsys.readouterr()
    assert err == "enclint: no/such/out.sarif cannot be written: No such file or directory\n"
    assert "<testsuites" in out
    assert json.loads((tree / "out.json").read_text())["summary"]["findings"] == 1
    assert main(["--output", "-", "--format", "json"]) == 1
    assert json.loads(capsys.readouterr().out)["summary"]["findings"] == 1


def test_paths_in_reports_count_from_the_repository(
    tree: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tree, ".git/HEAD", "")
    put(tree, "infra/main.tf", BAD)
    monkeypatch.chdir(tree / "infra")
    assert report(capsys, status=1)["findings"][0]["location"]["file"] == "infra/main.tf"
    assert main([]) == 1
    assert "--> main.tf:4:15 aws_ebs_volume.bad" in capsys.readouterr().out


def test_text_says_everything_and_quiet_says_findings_only(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(tree, "main.tf", BAD)
    main([])
    out = capsys.readouterr().out
    assert "4 |   encrypted = false\n  |               ^^^^^\n" in out
    assert "1 resource judged: 1 finding (1 high), 0 undecided, 0 suppressed; 1 file read, 0 could not be read" in out
    main(["--quiet"])
    assert "judged" not in capsys.readouterr().out


def test_version_and_help_say_what_they_must(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("enclint ")
    assert main(["--help"]) == 0
    help = capsys.readouterr().out
    for word in ("hidden folders", ".terraform", "node_modules", "what git ignores", "always read", "Exit status: 0"):
        assert word in help


# Selection, profiles, configuration, own policies


def test_select_ignore_and_profile_choose_policies(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(tree, "main.tf", BAD.replace("false", "true"))
    assert found(report(capsys, status=0)) == []
    strict = report(capsys, "--profile", "strict", status=1)
    assert found(strict) == [("ebs-volume-cmk", "aws_ebs_volume.bad", "fail")]
    assert found(report(capsys, "--select", "ebs-*-cmk", status=1)) == found(strict)
    assert found(report(capsys, "--profile", "strict", "--ignore", "ebs-*", status=0)) == []
    put(tree, "main.tf", BAD)
    assert found(report(capsys, "--select", "compliance:aws-fsbp", status=1))
    assert found(report(capsys, "--select", "ebs-attached-unencrypted", status=1))[0][0] == EBS


def test_the_nearest_configuration_counts(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(tree, "main.tf", BAD)
    put(tree, ".enclint.yaml", f"ignore: [{EBS}]\n")
    assert main([]) == 0
    put(tree, "other.yaml", "profile: strict\n")
    assert main(["--config", "other.yaml"]) == 1
    put(tree, ".enclint.yaml", "ignoer: [x]\n")
    capsys.readouterr()
    assert main([]) == 2
    assert capsys.readouterr().err == 'enclint: .enclint.yaml:1:1: there is no `ignoer` here; did you mean "ignore"?\n'


def test_requirements_say_where_more_is_wanted(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bucket = 'resource "aws_s3_bucket" "{0}" {{\n  bucket = "{0}"\n  tags = {{ Data = "{1}" }}\n}}\n'
    put(tree, "main.tf", bucket.format("a", "Secret") + bucket.format("b", "open") + bucket.format("keep-c", "open"))
    put(
        tree,
        ".enclint.yaml",
        "select: [s3-sse-kms]\nclassification: {tags: [Data], sensitive: [secret]}\n"
        "requirements:\n  - {require: sse_kms, where: {names: ['keep-*']}}\n",
    )
    put(tree, ".enclint.yaml", (tree / ".enclint.yaml").read_text().replace("select: [s3-sse-kms]\n", ""))
    policies = [each for each in found(report(capsys, status=1)) if each[0] == "s3-sse-kms"]
    assert [resource for _, resource, _ in policies] == ["aws_s3_bucket.a", "aws_s3_bucket.keep-c"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "ignore: [s3-*, ebs-volume-unencryptd]",
            '1:16: ebs-volume-unencryptd: there is no such policy; did you mean "',
        ),
        ("select: [nowhere-*]", "1:10: nowhere-*: there is no such policy"),
        ("created_since: 2026-13-41", "1:16: 2026-13-41 is no day of the calendar"),
        (
            "requirements: [{require: sse_kmss}]",
            '1:26: sse_kmss: there is no such requirement; did you mean "sse_kms"?',
        ),
        ("requirements:\n  - require: [sse_kms, xyz]", "2:24: xyz: there is no such requirement; possible: "),
    ],
)
def test_words_of_the_configuration_that_mean_no_policy_are_told_with_their_place(
    tree: Path, text: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    put(tree, "main.tf", BAD)
    put(tree, ".enclint.yaml", text)
    assert main([]) == 2
    assert f"enclint: .enclint.yaml:{message}" in capsys.readouterr().err


def test_policies_of_ones_own_are_judged_beside_ours(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(
        tree,
        "ours/volume-large.yaml",
        "id: volume-large\ntitle: Volume is too large\nservice: EBS\nstate: at_rest\nseverity: low\nprofile: baseline\n"
        "resource: ebs_volume\nrequire: {encrypted: true}\nmessage: '{resource} is large'\nwhy: w\nremedy: r\n"
        "references: ['https://example.com/volumes']\n",
    )
    put(tree, "code/main.tf", BAD)
    words = ["code", "--policies", "ours"]
    assert [each[0] for each in found(report(capsys, *words, status=1))] == [EBS, "volume-large"]
    assert main(["explain", "volume-large", "--policies", "ours"]) == 0
    assert "Volume is too large" in capsys.readouterr().out
    put(tree, "ours/volume-large.yaml", (tree / "ours/volume-large.yaml").read_text().replace("encrypted", "encrypt"))
    assert main(words) == 2
    assert 'did you mean "encrypted"?' in capsys.readouterr().err


# Environments


def test_each_environment_is_judged_and_named(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(tree, "infra/main.tf", OPEN)
    put(tree, "infra/env/prod.tfvars", "e = true\n")
    put(tree, "infra/env/test.tfvars", "e = false\n")
    [finding] = report(capsys, "infra", "--env-files", "env/*.tfvars", status=1)["findings"]
    assert (finding["verdict"], finding["environment"]) == ("fail", "infra/env/test.tfvars")
    assert found(report(capsys, "infra", "--var", "e=true", status=0)) == []
    assert main(["infra", "--env-files", "nowhere/*.tfvars"]) == 2


def test_variable_files_that_terraform_would_not_load_are_offered(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(tree, "main.tf", OPEN)
    for name in ("prod.tfvars", "terraform.tfvars", "x.auto.tfvars"):
        put(tree, name, "e = true\n")
    [note] = report(capsys, status=0)["notes"]
    assert note == ".: Terraform does not load prod.tfvars by itself; --env-files '*.tfvars' judges each"


def test_parameters_come_from_files(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(
        tree,
        "stack.yaml",
        "Parameters:\n  E:\n    Type: String\nResources:\n  V:\n    Type: AWS::EC2::Volume\n"
        "    Properties:\n      AvailabilityZone: a\n      Encrypted: !Ref E\n",
    )
    put(tree, "params/prod.json", '[{"ParameterKey": "E", "ParameterValue": "true"}]')
    put(tree, "params/test.json", '[{"ParameterKey": "E", "ParameterValue": "false"}]')
    assert [each[2] for each in found(report(capsys, "stack.yaml", status=0))] == ["unknown"]
    words = ["stack.yaml", "--parameters", "params/prod.json"]
    assert found(report(capsys, *words, status=0)) == []
    [finding] = report(capsys, *words, "--parameters", "params/test.json", status=1)["findings"]
    assert finding["environment"] == "test.json"
    assert main(["stack.yaml", "--parameters", "params/none.json"]) == 2


# Named files


def test_values_by_names_that_nothing_declares_are_told_of(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(tree, "a/main.tf", OPEN)
    put(tree, "b/main.tf", 'variable "other" {\n  default = 1\n}\n' + GOOD)
    put(tree, "stack.yaml", "Parameters:\n  Stage: {Type: String}\nResources:\n  V: {Type: AWS::EC2::Volume}\n")
    put(tree, "parameters.json", '{"Parameters": {"Stage": "prod", "Stag": "prod"}}')
    words = ["--var", "e=true", "--var", "other=2", "--var", "othr=2", "--parameters", "parameters.json"]
    assert report(capsys, *words, ".", status=1)["notes"] == [
        'no root module declares a variable `othr`, for which a value was given; did you mean "other"?',
        'no template declares a parameter `Stag`, for which a value was given; did you mean "Stage"?',
    ]


def test_of_a_named_file_only_what_concerns_it_is_reported(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(tree, ".git/HEAD", "")
    put(tree, "live/main.tf", 'module "m" {\n  source = "../modules/m"\n  e = false\n}\n' + BAD)
    put(tree, "modules/m/main.tf", OPEN)
    put(tree, "modules/m/other.tf", BAD.replace('"bad"', '"other"'))
    assert found(report(capsys, "modules/m/main.tf", status=1)) == [(EBS, "module.m.aws_ebs_volume.open", "fail")]
    assert found(report(capsys, "modules/m/other.tf", status=1)) == [(EBS, "module.m.aws_ebs_volume.other", "fail")]
    everything = {
        (EBS, "aws_ebs_volume.bad", "fail"),
        (EBS, "module.m.aws_ebs_volume.open", "fail"),
        (EBS, "module.m.aws_ebs_volume.other", "fail"),
    }
    assert set(found(report(capsys, "live/main.tf", status=1))) == everything
    assert set(found(report(capsys, ".", status=1))) == everything


def test_a_module_that_is_named_is_judged_by_itself(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(tree, "main.tf", 'module "m" {\n  source = "./m"\n  e = true\n}\n')
    put(tree, "m/main.tf", OPEN)
    assert found(report(capsys, ".", status=0)) == []
    assert found(report(capsys, "m", status=0)) == [(EBS, "aws_ebs_volume.open", "unknown")]


# Suppressions, end to end


def test_suppressions_in_both_dialects(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(tree, "main.tf", BAD.replace("false", f"false # enclint:ignore {EBS} scratch") + BAD.replace('"bad"', '"b"'))
    put(
        tree,
        "stack.json",
        json.dumps(
            {
                "Resources": {
                    "V": {
                        "Type": "AWS::EC2::Volume",
                        "Metadata": {"enclint": {"ignore": [{"id": EBS, "reason": "scratch"}]}},
                        "Properties": {"Encrypted": False},
                    }
                }
            },
            indent=1,
        ),
    )
    data = report(capsys, status=1)
    accepted = {each["resource"]: each["suppression"] is not None for each in data["findings"]}
    assert accepted == {"aws_ebs_volume.bad": True, "aws_ebs_volume.b": False, "V": True}
    put(tree, "main.tf", GOOD.replace("true", f"true # enclint:ignore {EBS} scratch"))
    [unused] = [each for each in report(capsys, status=1)["findings"] if each["suppression"] is None]
    assert (unused["policy"], unused["location"]["line"]) == ("suppression-unused", 4)


def test_a_module_call_can_be_suppressed_where_it_is_made(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(tree, "m/main.tf", BAD)
    call = 'module "m" {\n  source = "./m"\n}\n'
    for text in (
        f"# enclint:ignore {EBS} not ours\n{call}",
        call.replace("}", f"\n  # enclint:ignore {EBS} not ours\n}}"),
    ):
        put(tree, "main.tf", text)
        assert main([]) == 0
    put(tree, "main.tf", f"{call}\n\n# enclint:ignore {EBS} not ours\n")
    capsys.readouterr()
    assert [each[0] for each in found(report(capsys, status=1))] == [EBS, "suppression-unused"]


# Several processes


def test_the_number_of_processes_changes_nothing(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(12):
        put(tree, f"m{number}/main.tf", BAD + OPEN + f"# enclint:ignore {EBS} stray {number}\n")
        put(tree, f"s{number}.yaml", "Resources:\n  V:\n    Type: AWS::EC2::Volume\n    Properties: {Size: 1}\n")
    put(tree, "broken/main.tf", "resource {\n")
    one, two = (report(capsys, "--jobs", jobs, status=2) for jobs in ("1", "3"))
    assert len(one["findings"]) == 12 * 4 + 1
    for data in (one, two):
        data["summary"].pop("seconds")
    assert one == two


def test_comments_for_other_tools_count_where_the_configuration_honours_them(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(tree, "main.tf", BAD.replace("{\n", "{\n  #checkov:skip=CKV_AWS_3:scratch\n", 1))
    assert main([]) == 1
    put(tree, ".enclint.yaml", "honour: [checkov]\n")
    capsys.readouterr()
    data = report(capsys, status=0)
    assert data["findings"][0]["suppression"]["honoured_from"] == "checkov"
    assert data["notes"] == [f"a suppression for checkov was honoured: {EBS} (main.tf:2:4)"]
