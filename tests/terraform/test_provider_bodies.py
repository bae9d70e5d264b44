"""The table of what stands in resources of the AWS provider."""

from __future__ import annotations

import json
from pathlib import Path

from enclint.frontends.terraform import provider_bodies
from enclint.frontends.terraform.provider_bodies import body_of


def test_the_table_has_an_entry_a_line_so_that_only_what_is_needed_is_decoded() -> None:
    whole = json.loads(Path(provider_bodies.__file__).with_name("aws_bodies.json").read_text(encoding="utf-8"))
    types = [name for name, entry in whole.items() if isinstance(entry, dict)]
    assert len(types) > 350
    for type in types:
        body = body_of(type)
        assert body is not None
        assert body.arguments == frozenset(whole[type]["arguments"].split())
        assert body.blocks.keys() == whole[type].get("blocks", {}).keys()
    assert body_of("aws_nothing") is None
