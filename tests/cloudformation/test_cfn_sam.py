"""What the SAM transform makes is judged where the user wrote it, and is what AWS's translator makes.

The `.json` files beside the templates in `sam/` are what aws-sam-translator 1.115.0 makes of them; where that package
is installed, it is asked itself. `python tests/cloudformation/test_cfn_sam.py` records them anew.
"""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from enclint.frontends.cloudformation.node import member, plain, text_of
from enclint.frontends.cloudformation.project import World
from enclint.frontends.cloudformation.template import read_templates
from enclint.source import Source

FOLDER = Path(__file__).parent / "sam"
TEMPLATES = sorted(FOLDER.glob("*.yaml"))

OURS_ONLY = {
    "AWS::Lambda::EventSourceMapping": {"Queue", "Stream"},
    "AWS::Lambda::Function": {"Role"},
    "AWS::StepFunctions::StateMachine": {"RoleArn"},
    "AWS::AppSync::GraphQLApi": set(),
    "AWS::ApiGatewayV2::Api": {"ProtocolType"},
    "AWS::IAM::Role": set(),
}
"""Properties that we state though the translator states them elsewhere or otherwise."""


def translate(template: dict[str, Any]) -> dict[str, Any]:
    """The resources that AWS's own translator makes of a template."""
    import os

    os.environ.setdefault("AWS_DEFAULT_REGION", "eu-west-1")
    from samtranslator.parser.parser import Parser
    from samtranslator.translator.transform import transform

    class ManagedPolicies:
        def load(self) -> dict[str, str]:
            return {}

    del Parser
    return transform(template, {}, ManagedPolicies())["Resources"]


def recorded(path: Path) -> dict[str, Any]:
    if find_spec("samtranslator") is not None:
        return translate(as_data(path))
    return json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))


def as_data(path: Path) -> dict[str, Any]:
    [template] = read_templates(Source(path.name, path.read_text(encoding="utf-8")))
    return plain(template.root)


def made(path: Path) -> dict[str, Any]:
    [template] = read_templates(Source(path.name, path.read_text(encoding="utf-8")))
    [stack] = World([template], {}, None).stacks()
    return stack.resources


def counterpart(name: str, type: str, properties: dict[str, Any], theirs: dict[str, Any]) -> dict[str, Any] | None:
    """The translator's resource of our name, or where its name has a hash, the one that is most like it."""
    if name in theirs and theirs[name]["Type"] == type:
        return theirs[name].get("Properties", {})
    same_type = [each.get("Properties", {}) for each in theirs.values() if each["Type"] == type]
    key = next((key for key in ("DomainName", "StageName", "LayerName") if key in properties), None)
    alike = [each for each in same_type if key is None or each.get(key) == properties[key]]
    return alike[0] if alike else None


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_what_sam_makes_is_what_awss_translator_makes(path: Path) -> None:
    theirs = recorded(path)
    compared = 0
    for name, resource in made(path).items():
        type = text_of(member(resource.node, "Type"))
        assert type is not None
        ours = plain(member(resource.node, "Properties")) or {}
        their_properties = counterpart(name, type, ours, theirs)
        assert their_properties is not None, f"the translator makes no {type} like {name}"
        for key, value in ours.items():
            if key not in OURS_ONLY.get(type, set()):
                expected = their_properties.get(key)
                if key == "Tags":
                    value, expected = without_sams_own(value), without_sams_own(expected)
                assert value == expected, f"{name}.{key}"
                compared += 1
    assert compared > 15


def without_sams_own(tags: Any) -> Any:
    if isinstance(tags, dict):
        return {key: value for key, value in tags.items() if ":createdBy" not in key}
    return sorted((tag["Key"], tag["Value"]) for tag in tags or () if ":createdBy" not in tag["Key"])


if __name__ == "__main__":
    for each in TEMPLATES:
        result = json.dumps(translate(as_data(each)), indent=1, sort_keys=True)
        each.with_suffix(".json").write_text(result + "\n", encoding="utf-8")
