"""`aws_iam_policy_document`, which needs no cloud to be computed: its blocks, merged with other documents, as JSON.

Source: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document
"""

from __future__ import annotations

from enclint.frontends.terraform.choices import map_cases
from enclint.frontends.terraform.scope import whole
from enclint.frontends.terraform.types import STRING
from enclint.frontends.terraform.values import object_value, primitive_text, string, to_json, tuple_value
from enclint.json_positions import JsonFault
from enclint.lean_typing import TYPE_CHECKING, Any, Final
from enclint.model.value import HAS_CHOICE, HAS_UNKNOWN, Absent, Choice, Encoded, Known, Partial, Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Iterable

    from enclint.frontends.terraform.resources import ResourceInstance
    from enclint.source import Span

VERSION: Final = "2012-10-17"

_LISTS: Final = (
    ("actions", "Action"),
    ("not_actions", "NotAction"),
    ("resources", "Resource"),
    ("not_resources", "NotResource"),
)
_PRINCIPALS: Final = (("principals", "Principal"), ("not_principals", "NotPrincipal"))

Document = "dict[str, Value]"
"""`Version` and `Id`, if they are known to be there, and `Statement`: a Known list of statements, or an Unknown."""


def policy_json(instance: ResourceInstance, *, is_minified: bool = False) -> Value:
    """The `json` of a data source instance: a Known string, or an Encoded document where a part is not known.

    A statement that is there in some cases only is a Choice between it and Absent within the Encoded one.
    """
    span = instance.resource.declaration.header
    statements: list[Value] = []
    head: dict[str, Value] = {}
    for document in _documents(instance.argument("source_policy_documents")):
        _merge(head, statements, document, span)
    own: dict[str, Value] = {"Version": _or(instance.argument("version"), string(VERSION, span))}
    if (policy_id := instance.argument("policy_id")).__class__ is not Absent:
        own["Id"] = policy_id
    own["Statement"] = _own_statements(instance.argument("statement"))
    _merge(head, statements, object_value(own, span), span)
    for document in _documents(instance.argument("override_policy_documents")):
        _merge(head, statements, document, span, is_override=True)
    if statements:
        head["Statement"] = Known(statements, span, tuple_value(_typed(statements)).type)
    order = [name for name in ("Version", "Id", "Statement") if name in head]
    value = Known({name: head[name] for name in order}, span, object_value(_typed_entries(head)).type)
    if value.flags & (HAS_UNKNOWN | HAS_CHOICE):
        return Encoded("json", value, span, STRING, refinement={"not_null": True})
    return string(_encode(value, is_minified=is_minified), span)


def _typed(items: Iterable[Value]) -> list[Value]:
    return [item if item.type is not None else Unknown("", None, STRING) for item in items]


def _typed_entries(entries: dict[str, Value]) -> dict[str, Value]:
    return dict(zip(entries, _typed(entries.values()), strict=True))


def _encode(value: Value, *, is_minified: bool) -> str:
    """JSON as Go writes it, the names in the order of the document."""
    import json

    separators = (",", ":") if is_minified else (",", ": ")
    text = json.dumps(_plain(value), ensure_ascii=False, indent=None if is_minified else 2, separators=separators)
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _plain(value: Value) -> Any:
    """The data of a known value, names in their order."""
    if isinstance(value, Known) and isinstance(value.data, dict):
        return {name: _plain(part) for name, part in value.data.items()}
    if isinstance(value, Known) and isinstance(value.data, list):
        return [_plain(part) for part in value.data]
    return to_json(value)


def _or(value: Value, otherwise: Value) -> Value:
    return otherwise if isinstance(value, Absent) else value


def _documents(value: Value) -> list[Value]:
    """The documents of a list of JSON strings, parsed; an Unknown for each that is not known."""
    value = whole(value)
    if isinstance(value, Absent) or (isinstance(value, Known) and value.data is None):
        return []
    if not isinstance(value, Known):
        return [value]
    return [map_cases(item, _parsed) for item in value.data if not (isinstance(item, Known) and item.data is None)]


def _parsed(text: Value) -> Value:
    """A JSON string as the value that it encodes."""
    if isinstance(text, Encoded) and text.codec == "json":
        return text.value
    if isinstance(text, Known) and isinstance(text.data, str):
        from enclint.frontends.terraform.constants import literal
        from enclint.json_positions import read
        from enclint.source import Source

        try:
            value = literal(read(text.data), Source("", text.data))
        except JsonFault as fault:
            return Unknown(f"a policy document is no JSON: {fault.message}", text.span)
        return _placed(value, text.span)
    return text


def _placed(value: Value, span: Span | None) -> Value:
    """The value and all its parts at one place: that of the text it was read from."""
    if isinstance(value, Known) and isinstance(value.data, dict):
        return Known({name: _placed(part, span) for name, part in value.data.items()}, span, value.type)
    if isinstance(value, Known) and isinstance(value.data, list):
        return Known([_placed(part, span) for part in value.data], span, value.type)
    return value.at(span)


def _merge(
    head: dict[str, Value], statements: list[Value], document: Value, span: Span, *, is_override: bool = False
) -> None:
    """Merge a document into the one under way: a later version wins, and a later statement of the same Sid."""
    if not isinstance(document, Known) or not isinstance(document.data, dict):
        reason = (
            document.reason if isinstance(document, Unknown) else "a policy document hangs on an undecided condition"
        )
        if is_override:
            statements[:] = [Unknown(reason, span, each.type) if _sid(each) != "" else each for each in statements]
        statements.append(Unknown(reason, document.span))
        return
    if "Id" in document.data:
        head["Id"] = document.data["Id"]
    version = document.data.get("Version")
    if version is not None and (_text(version) or "") >= (_text(head.get("Version")) or ""):
        head["Version"] = version
    added = document.data.get("Statement")
    for statement in _as_list(added):
        sid = _sid(statement)
        same = next((number for number, each in enumerate(statements) if sid and _sid(each) == sid), None)
        if same is None:
            statements.append(statement)
        else:
            statements[same] = statement


def _as_list(value: Value | None) -> list[Value]:
    if value is None:
        return []
    return value.data if isinstance(value, Known) and isinstance(value.data, list) else [value]


def _sid(statement: Value) -> str | None:
    """The Sid of a statement, "" if it has none; None if that is not known."""
    if not isinstance(statement, Known) or not isinstance(statement.data, dict):
        return None
    sid = statement.data.get("Sid")
    return "" if sid is None else _text(sid)


def _text(value: Value | None) -> str | None:
    return value.data if isinstance(value, Known) and isinstance(value.data, str) else None


def _own_statements(blocks: Value) -> Value:
    """The statements of the data source's own blocks."""
    if isinstance(blocks, Known) and isinstance(blocks.data, list):
        items = [_statement(item) for item in blocks.data]
        return Known(items, blocks.span, tuple_value(_typed(items)).type)
    if isinstance(blocks, Unknown):
        unknown = blocks.copy()
        assert isinstance(unknown, Unknown)  # noqa: S101
        unknown.element = _statement(blocks.element) if blocks.element is not None else None
        return tuple_value([unknown])
    return tuple_value([])


def _statement(block: Value) -> Value:
    """One `statement` block as the document's statement."""
    if isinstance(block, Choice):
        branches = [(case, _statement(branch)) for case, branch in block.branches]
        return Choice(block.subject, branches, block.span)
    if not isinstance(block, Known) or not isinstance(block.data, dict):
        return block
    data = block.data
    made: dict[str, Value] = {}
    sid = data.get("sid")
    if sid is not None and not isinstance(sid, Absent) and _text(sid) != "":
        made["Sid"] = sid
    made["Effect"] = _or(data.get("effect", Absent()), string("Allow", block.span))
    for name, key in _LISTS:
        if (listed := _one_or_many(data.get(name), is_sorted=True)) is not None:
            made[key] = listed
    for name, key in _PRINCIPALS:
        if (principals := _principals(data.get(name))) is not None:
            made[key] = principals
    if (conditions := _conditions(data.get("condition"))) is not None:
        made["Condition"] = conditions
    return (
        object_value(_typed_entries(made), block.span)
        if all(v.type for v in made.values())
        else Known(made, block.span)
    )


def _items(value: Value | None, *, is_sorted: bool) -> list[Value] | Unknown | None:
    """The strings of a list; sorted backwards where the provider does, if they are all known."""
    if value is None or isinstance(value, Absent) or (isinstance(value, Known) and value.data is None):
        return None
    if not isinstance(value, Known):
        return value if isinstance(value, Unknown) else Unknown("a list hangs on an undecided condition", value.span)
    data = value.data if isinstance(value.data, list) else [value]
    items = [_substituted(item) for item in data if not (isinstance(item, Known) and item.data is None)]
    if is_sorted and all(isinstance(item, Known) for item in items):
        unique = {item.data: item for item in items if isinstance(item, Known)}
        return [unique[text] for text in sorted(unique, reverse=True)]
    return items


def _one_or_many(value: Value | None, *, is_sorted: bool) -> Value | None:
    """A list as IAM writes it: one string by itself, several as an array, none not at all."""
    items = _items(value, is_sorted=is_sorted)
    if items is None or isinstance(items, Unknown):
        return items
    if len(items) == 1:
        return items[0]
    return tuple_value(items, value.span if value is not None else None) if items else None


def _substituted(item: Value) -> Value:
    """A string with `&{…}` as the `${…}` that IAM wants and Terraform would take for its own."""
    if isinstance(item, Known) and item.data is not None and not isinstance(item.data, (list, dict)):
        text = primitive_text(item.data)
        return Known(text.replace("&{", "${"), item.span, STRING, sensitive=item.sensitive, trace=item.trace)
    if isinstance(item, Partial):
        new = item.copy()
        assert isinstance(new, Partial)  # noqa: S101
        new.parts = tuple([_substituted(part) if isinstance(part, Known) else part for part in item.parts])
        return new
    return item


def _principals(blocks: Value | None) -> Value | None:
    """`principals` blocks as `{"AWS": …, "Service": …}`, or `"*"`."""
    if blocks is None or isinstance(blocks, Absent):
        return None
    if not isinstance(blocks, Known) or not all(_is_block(block) for block in blocks.data):
        return (
            blocks if isinstance(blocks, Unknown) else Unknown("principals hang on an undecided condition", blocks.span)
        )
    grouped: dict[str, list[Value]] = {}
    for block in blocks.data:
        type = _text(block.data.get("type"))
        items = _items(block.data.get("identifiers"), is_sorted=True)
        if type is None:
            return Unknown("the type of a principal is not known", block.span)
        grouped.setdefault(type, []).extend([items] if isinstance(items, Unknown) else items or [])
    if list(grouped) == ["*"] and [_text(item) for item in grouped["*"]] == ["*"]:
        return string("*", blocks.span)
    return object_value({type: _flattened(grouped[type], blocks.span) for type in sorted(grouped)}, blocks.span)


def _is_block(block: Value) -> bool:
    return isinstance(block, Known) and isinstance(block.data, dict)


def _flattened(items: list[Value], span: Span | None) -> Value:
    return items[0] if len(items) == 1 else tuple_value(items, span)


def _conditions(blocks: Value | None) -> Value | None:
    """`condition` blocks as `{test: {variable: values}}`."""
    if blocks is None or isinstance(blocks, Absent):
        return None
    if not isinstance(blocks, Known) or not all(_is_block(block) for block in blocks.data):
        return (
            blocks if isinstance(blocks, Unknown) else Unknown("conditions hang on an undecided condition", blocks.span)
        )
    tests: dict[str, dict[str, list[Value]]] = {}
    for block in blocks.data:
        test, variable = _text(block.data.get("test")), _text(block.data.get("variable"))
        if test is None or variable is None:
            return Unknown("the test or the variable of a condition is not known", block.span)
        items = _items(block.data.get("values"), is_sorted=False)
        tests.setdefault(test, {}).setdefault(variable, []).extend(
            [items] if isinstance(items, Unknown) else items or []
        )
    return object_value(
        {
            test: object_value({name: _flattened(tests[test][name], blocks.span) for name in sorted(tests[test])})
            for test in sorted(tests)
        },
        blocks.span,
    )
