"""What templates deserve, judged from the command line with every policy on: one entry of `verdicts.yaml` at a time."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from enclint.cli import main

CASES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "verdicts.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", [pytest.param(case, id=case["id"]) for case in CASES])
def test_a_template_gets_the_verdicts_that_its_deployment_deserves(
    case: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, text in case["files"].items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    words = ["--parameters", str(tmp_path / case["parameters"])] if "parameters" in case else []
    status = main(["--profile", "strict", "--format", "json", *words, str(tmp_path)])
    data = json.loads(capsys.readouterr().out)
    assert status in (0, 1), data["findings"]
    for policy, verdicts in case["verdicts"].items():
        found = {each["resource"]: each["verdict"] for each in data["findings"] if each["policy"] == policy}
        assert {name: found.get(name, "pass") for name in verdicts} == verdicts, f"{policy}: {case['why']}"


SECRET = """\
Parameters:
  Secret: {Type: String, NoEcho: true, Default: hunter2}
Resources:
  L:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties: {LoadBalancerArn: x, Port: !Ref Secret, Protocol: HTTPS, SslPolicy: !Ref Secret, DefaultActions: []}
  V:
    Type: AWS::EC2::Volume
    Properties: {Encrypted: !Ref Secret, KmsKeyId: !Ref Secret}
  K:
    Type: AWS::KMS::Key
    Properties: {PendingWindowInDays: !Ref Secret, EnableKeyRotation: !Ref Secret}
"""


@pytest.mark.parametrize("format", ["text", "json", "sarif", "junit", "github"])
def test_no_report_tells_the_value_of_a_noecho_parameter(
    format: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "t.yaml").write_text(SECRET, encoding="utf-8")
    main(["--profile", "strict", "--format", format, str(tmp_path)])
    said = capsys.readouterr()
    assert "TLS policy that is known here" in said.out
    assert "hunter2" not in (said.out + said.err).replace("Default: hunter2", "")
