"""YAML in texts: what a document of Systems Manager, an OpenAPI definition and the like hold that are written so."""

from __future__ import annotations

from enclint.lean_typing import Any


def read(text: str) -> Any:
    """The mapping or list that a text holds, in plain data. Raises ValueError for anything else, aliases among it.

    Nothing that these texts are for needs aliases, and a few of them can make a document of any size.
    """
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, loader)):
            raise ValueError("the YAML has aliases")
        data = yaml.load(text, loader)  # noqa: S506 (safe in either case)
    except (yaml.YAMLError, RecursionError) as error:
        raise ValueError(str(error)) from None
    if not isinstance(data, (dict, list)):
        raise ValueError("the text is one word")
    return data
