"""Checks the policies and the vocabulary when a wheel is built, and puts one compact index of them into it."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SCHEMAS = {"policy": "policy/policy.schema.json", "vocabulary": "model/vocabulary.schema.json"}


class PolicyIndex(BuildHookInterface):
    """An editable install reads the YAML files; a wheel is given the index, made from the same files."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Adds the index to what goes into a wheel. Raises ValueError for a file that its schema forbids."""
        if self.target_name != "wheel" or version == "editable":
            return
        package = Path(self.root) / "linter" / "enclint"
        sys.path.insert(0, str(package.parent))
        from enclint.policy.bundled import INDEX_NAME
        from enclint.policy.index import write_index

        policies = Path(self.root) / "policies"
        validate(package, policies)
        self._folder = tempfile.TemporaryDirectory()
        index = Path(self._folder.name) / INDEX_NAME
        write_index(str(index), str(policies))
        build_data["force_include"][str(index)] = f"enclint/{INDEX_NAME}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002
        """Takes away what was only needed for packing."""
        if hasattr(self, "_folder"):
            self._folder.cleanup()


def validate(package: Path, policies: Path) -> None:
    """Checks every file against its schema. Raises ValueError with the first fault of each file."""
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match

    from enclint.policy.yaml_folder import is_vocabulary, paths_below, read

    validators = {
        name: Draft202012Validator(json.loads((package / path).read_text(encoding="utf-8")))
        for name, path in SCHEMAS.items()
        if (package / path).exists()
    }
    faults = []
    for path in paths_below(str(policies)):
        validator = validators.get("vocabulary" if is_vocabulary(path) else "policy")
        fault = best_match(validator.iter_errors(read(path))) if validator else None
        if fault is not None:
            faults.append(f"{path}: {fault.json_path}: {fault.message}")
    if faults:
        raise ValueError("\n".join(faults))
