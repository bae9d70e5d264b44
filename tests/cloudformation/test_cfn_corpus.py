"""No template makes the front end raise, and each is read or its error is told.

Over the templates that the fixtures hold and that the installed cfn-lint, aws-sam-translator and moto ship, and over
mutations of a template that uses everything.
"""

from __future__ import annotations

import random
from importlib.util import find_spec
from pathlib import Path

from enclint.frontends.cloudformation.project import Settings, load_projects
from enclint.frontends.cloudformation.template import is_template, read_templates
from enclint.model.value import Choice, Encoded, Known, Partial, Value
from enclint.source import Source

CHECKOUT = Path(__file__).parents[2]
SUFFIXES = (".yaml", ".yml", ".json", ".template")


def shipped_files() -> list[Path]:
    folders = [CHECKOUT / "fixtures", CHECKOUT / "tests" / "cloudformation"]
    for name in ("cfnlint", "samtranslator", "moto"):
        found = find_spec(name)
        folders += [Path(place) for place in (found.submodule_search_locations or ())] if found else []
    files = [path for folder in folders for path in folder.rglob("*") if path.suffix in SUFFIXES]
    return sorted(path for path in files if path.stat().st_size < 5_000_000)


def weigh(value: Value) -> int:
    """How many values a value is made of; walks into all of it."""
    if isinstance(value, Known):
        parts = value.data.values() if isinstance(value.data, dict) else value.data
        return 1 + sum(weigh(part) for part in parts) if isinstance(value.data, dict | list) else 1
    if isinstance(value, Choice):
        return 1 + sum(weigh(branch) for _, branch in value.branches)
    if isinstance(value, Partial):
        return 1 + sum(weigh(part) for part in value.parts)
    return 1 + (weigh(value.value) if isinstance(value, Encoded) else 0)


def judge(path: str, text: str) -> tuple[int, int]:
    """How many resources and errors a text gives, everything about it being asked for."""
    resources = errors = 0
    for project in load_projects(read_templates(Source(path, text)), Settings()):
        errors += len(project.errors)
        for resource in project.resources:
            resources += 1
            weigh(resource.exists)
            for name in resource.names():
                weigh(resource.argument(name))
    return resources, errors


def test_every_shipped_template_is_judged_or_its_error_is_told() -> None:
    templates = 0
    for path in shipped_files():
        text = path.read_text(encoding="utf-8", errors="replace")
        if is_template(str(path), text) and read_templates(Source(str(path), text)):
            templates += 1
            resources, errors = judge(str(path), text)
            assert resources or errors, path
    assert templates >= 3


EVERYTHING = (Path(__file__).parent / "everything.yaml").read_text(encoding="utf-8")


def test_the_template_that_uses_everything_is_read_whole() -> None:
    resources, errors = judge("everything.yaml", EVERYTHING)
    assert resources >= 8
    assert errors == 0


def test_no_mutation_of_a_template_makes_the_front_end_raise() -> None:
    chance = random.Random(4)
    lines = EVERYTHING.splitlines()
    words = sorted({word for line in lines for word in line.replace(":", " ").split()})
    for _ in range(400):
        mutated = list(lines)
        for _ in range(chance.randint(1, 3)):
            index = chance.randrange(len(mutated))
            action = chance.randrange(5)
            if action == 0:
                del mutated[index]
            elif action == 1:
                mutated.insert(index, mutated[chance.randrange(len(mutated))])
            elif action == 2:
                mutated[index] = "  " + mutated[index]
            elif action == 3:
                pieces = mutated[index].split(" ")
                pieces[chance.randrange(len(pieces))] = chance.choice(words)
                mutated[index] = " ".join(pieces)
            else:
                mutated[index] = mutated[index][: chance.randrange(len(mutated[index]) + 1)]
        judge("mutated.yaml", "\n".join(mutated))
