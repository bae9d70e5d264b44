"""The generated pages say what the policies say today."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def generate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_generated_pages_are_not_stale(generate: ModuleType) -> None:
    pages: dict[Path, str] = generate.pages()
    assert len(pages) > 2
    stale = [str(path) for path, text in pages.items() if not path.is_file() or path.read_text("utf-8") != text]
    assert not stale, "run `python docs/generate.py`"


def test_no_page_is_left_of_a_policy_that_is_gone(generate: ModuleType) -> None:
    pages: dict[Path, str] = generate.pages()
    assert not [path for path in generate.PAGES.glob("*.md") if path not in pages]


def test_a_page_shows_the_fixture_without_its_marks(generate: ModuleType) -> None:
    text = generate.example("sqs-queue-unencrypted", "bad", "tf")
    assert "sqs_managed_sse_enabled = false\n" in text
    assert "expect" not in text


def test_only_what_passes_in_silence_is_called_automatic(generate: ModuleType) -> None:
    duty = {each["id"]: generate.duty(each) for each in generate.load_policies()}
    assert duty["iot-domain-tls-policy"].startswith("AWS's, automatic")
    assert duty["dynamodb-table-unencrypted"].startswith("AWS's, automatic")
    assert duty["dynamodb-kms"] == "yours to choose"
    assert duty["sns-topic-unencrypted"] == "yours, opt-in"
    assert duty["vpn-weak-algorithms"] == "yours to choose", "there are tunnels although nobody writes them"
    assert duty["ecs-efs-transit"] == "hangs on what is written"
    assert duty["rds-cluster-unencrypted"] == "hangs on when and from what it was made"
