"""Suppressions that were written for other tools, honoured where `.enclint.yaml` says so.

They count for the policies that name the other tool's id under `also_known_as`. Sources:
https://www.checkov.io/2.Basics/Suppressing%20and%20Skipping%20Policies.html,
https://trivy.dev/latest/docs/configuration/filtering/,
https://aquasecurity.github.io/tfsec/latest/guides/configuration/ignores/,
https://docs.kics.io/latest/running-kics/ and
https://github.com/stelligent/cfn_nag#suppressing-individual-rules.
"""

from __future__ import annotations

import re

from enclint.lean_typing import TYPE_CHECKING, Any, Final
from enclint.source import Span
from enclint.suppressions.comment import Comment, is_date, place_of_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from enclint.model.resource import ProviderResource
    from enclint.source import Source

TOOLS: Final = ("checkov", "trivy", "tfsec", "kics", "cfn_nag")

_COMMENT: Final = re.compile(
    r"""checkov:skip=(?P<checkov>[\w,]+)(?::(?P<reason>[^\n]*))?
      | (?P<tool>trivy|tfsec):ignore:[^\n]*
      | kics-scan[ ](?P<kics>ignore-line|ignore-block|ignore\b)""",
    re.VERBOSE,
)
_IGNORED: Final = re.compile(r"(?:trivy|tfsec):ignore:(?P<id>[\w*-]+)(?P<options>(?::(?:exp|ws):[\w-]+)*)(?=[\s,]|$)")


def comments_in(
    source: Source, tools: Sequence[str], elsewhere: Mapping[tuple[str, str], tuple[str, ...]]
) -> Iterator[Comment]:
    """The comments of other tools in a file, as far as they speak of one of our policies."""
    for match in _COMMENT.finditer(source.text):
        if not _is_in_comment(source.text, match.start()):
            continue
        span = Span(source, match.start(), match.end())
        key = (source.path, match.start(), 0)
        if match["checkov"] and "checkov" in tools:
            policies = _policies("checkov", match["checkov"].split(","), elsewhere)
            reason = (match["reason"] or "").removesuffix("*/").strip().strip('"')
            comment = Comment(key, span, policies, reason, tool="checkov")
        elif match["tool"] in tools:
            comment = _ignored(match[0], match["tool"], key, span, elsewhere)
        elif match["kics"] and "kics" in tools:
            comment = _kics(match["kics"], key, span, elsewhere)
        else:
            continue
        if comment.policies:
            yield comment


def _is_in_comment(text: str, offset: int) -> bool:
    """Whether a comment begins before an offset in its line."""
    before = text[text.rfind("\n", 0, offset) + 1 : offset]
    return "#" in before or "//" in before or "/*" in before


def _ignored(
    text: str, tool: str, key: tuple[str, int, int], span: Span, elsewhere: Mapping[tuple[str, str], tuple[str, ...]]
) -> Comment:
    """A comment of trivy or tfsec; one that holds for a workspace or for certain values only is not honoured."""
    ids: list[str] = []
    until: str | None = None
    for match in _IGNORED.finditer(text):
        options = match["options"].split(":")[1:]
        expiry = options[1] if options[:1] == ["exp"] else None
        if "ws" in options or (expiry is not None and not is_date(expiry)):
            continue
        until = expiry or until
        ids.append(match["id"])
    return Comment(key, span, _policies(tool, ids, elsewhere), "", until, tool=tool)


def _kics(
    command: str, key: tuple[str, int, int], span: Span, elsewhere: Mapping[tuple[str, str], tuple[str, ...]]
) -> Comment:
    """A comment of KICS, which names no query. `ignore`, for a whole file, counts only where the file begins."""
    policies = elsewhere.get(("kics", "*"), ())
    whole_file = command == "ignore"
    if whole_file and any(not line.lstrip().startswith(("#", "//", "---")) for line in _lines_before(span)):
        policies = ()
    return Comment(key, span, policies, tool="kics", line_only=command == "ignore-line", whole_file=whole_file)


def _lines_before(span: Span) -> list[str]:
    return [line for line in span.source.text[: span.start].splitlines() if line.strip()]


def comments_of_metadata(
    resource: ProviderResource, tools: Sequence[str], elsewhere: Mapping[tuple[str, str], tuple[str, ...]]
) -> Iterator[Comment]:
    """What the metadata of a template's resource says to checkov and cfn_nag."""
    body, metadata = resource.body, resource.metadata
    if body is None or not isinstance(metadata, dict):
        return
    forms = (("checkov", "skip", "comment"), ("cfn_nag", "rules_to_suppress", "reason"))
    for tool, list_name, reason_name in forms:
        section = metadata.get(tool)
        entries = section.get(list_name) if isinstance(section, dict) and tool in tools else None
        span = place_of_key(body, tool)
        for number, entry in enumerate(entries if isinstance(entries, list) else ()):
            policies = _policies(tool, [str(_member(entry, "id"))], elsewhere)
            if policies:
                key = (body.source.path, span.start, number)
                reason = str(_member(entry, reason_name) or "")
                yield Comment(key, span, policies, reason, tool=tool, resource_key=resource.key)


def _member(entry: Any, name: str) -> Any:
    return entry.get(name) if isinstance(entry, dict) else None


def _policies(tool: str, ids: Sequence[str], elsewhere: Mapping[tuple[str, str], tuple[str, ...]]) -> tuple[str, ...]:
    """Our policies behind another tool's ids."""
    found: dict[str, None] = {}
    for id in ids:
        names = [(tool, id.lower())]
        if tool in ("trivy", "tfsec"):  # tfsec became trivy: either's comments are read with the other's ids
            short = id.lower().removeprefix("avd-")
            names = [(name, short) for name in ("trivy", "tfsec")]
        for name in names:
            found.update(dict.fromkeys(elsewhere.get(name, ())))
    return tuple(found)


def elsewhere_of(known: Mapping[str, Mapping[str, Sequence[str]]]) -> dict[tuple[str, str], tuple[str, ...]]:
    """From each policy's `also_known_as` to the policies behind a tool's id; `*` stands for any id of the tool."""
    policies: dict[tuple[str, str], dict[str, None]] = {}
    for policy, tools in known.items():
        for tool, ids in tools.items():
            for id in (*ids, "*"):
                name = id.lower().removeprefix("avd-") if tool in ("trivy", "tfsec") else id.lower()
                policies.setdefault((tool, name), {})[policy] = None
    return {name: tuple(found) for name, found in policies.items()}
