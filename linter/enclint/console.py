"""`enclint console`: expressions evaluated in the scope of a Terraform root module."""

from __future__ import annotations

import os

from enclint.config import ConfigError
from enclint.discover import tree_of
from enclint.environments import terraform_settings
from enclint.lean_typing import TYPE_CHECKING, Any
from enclint.paths import shown
from enclint.source import Source

if TYPE_CHECKING:
    from enclint.config import Config

HIDDEN = "(sensitive)"


class Console:
    """Answers one expression after the other."""

    def __init__(self, path: str, config: Config, *, show_sensitive: bool = False) -> None:
        from enclint.frontends.terraform.loader import ModuleLoader
        from enclint.frontends.terraform.project import open_root

        if not os.path.isdir(path):
            raise ConfigError(f"{path}: there is no such folder")
        [settings, *_] = terraform_settings(shown(path), config)
        if settings.workspace is None:  # that which there is from the beginning
            settings = settings._replace(workspace="default")
        self._scope = open_root(shown(path), ModuleLoader(tree_of([path])), settings).scope(Source("console", ""))
        self._show_sensitive = show_sensitive

    def answer_json(self, line: str) -> str:
        """The answer to an expression that is given as a JSON string, as a JSON object."""
        import json

        try:
            expression = json.loads(line)
        except ValueError:
            expression = None
        if not isinstance(expression, str):
            answer = {"error": True, "stage": "syntax", "message": "a JSON string is expected on each line"}
        else:
            answer = self._evaluate(expression)
        return json.dumps(answer)

    def answer(self, line: str) -> str:
        """The answer for people."""
        import json

        from enclint.reports.printable import printable_lines

        answer = self._evaluate(line.rstrip("\r\n"))
        if "error" in answer:
            detail = f": {answer['detail']}" if answer.get("detail") else ""
            return printable_lines(f"error: {answer['message']}{detail}")
        value = answer["value"]
        if isinstance(value, dict) and "$unknown" in value:
            return printable_lines(f"unknown: {answer.get('reason', '')}")
        text = json.dumps(value, indent=2, ensure_ascii=False)
        reason = f"\n# unknown in part: {answer['reason']}" if "reason" in answer else ""
        return printable_lines(text + reason)

    def _evaluate(self, expression: str) -> dict[str, Any]:
        from enclint.frontends.terraform.console import evaluate_line

        answer = evaluate_line(expression, self._scope)
        if answer.get("sensitive") and not self._show_sensitive:
            answer["value"] = HIDDEN
        return answer
