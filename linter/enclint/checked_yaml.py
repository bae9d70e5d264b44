"""YAML files that people write for enclint (configuration, policies), read with positions and checked with a schema.

Mistakes are told with their place and the nearest right word. PyYAML and jsonschema are imported when a file is read.
"""

from __future__ import annotations

from enclint.lean_typing import TYPE_CHECKING, Any, Final, NamedTuple
from enclint.nearest import did_you_mean
from enclint.source import Source, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    import yaml
    from jsonschema.exceptions import ValidationError

MAX_DEPTH: Final = 100
"""Levels of nesting that a file may have."""
MAX_NODES: Final = 100_000
"""So large a file is nobody's own work."""


class Mistake(NamedTuple):
    """Something wrong in a file, and where."""

    message: str
    span: Span

    def __str__(self) -> str:
        return f"{self.span}: {self.message}"


class CheckedYaml:
    """A document as plain data, and where each part of it stands."""

    def __init__(self, source: Source, data: Any, root: yaml.Node | None) -> None:
        self.source = source
        self.data = data
        self._root = root

    def span(self, path: Iterable[str | int] = (), *, key: bool = False) -> Span:
        """The place of the value at a path of keys and indexes (as far as it exists), or of its key."""
        node, place = self._root, self._root
        for step in path:
            found = _child(node, step)
            if found is None:
                break
            node, place = found[1], found[0] if key and found[0] is not None else found[1]
        if place is None:
            return Span(self.source, 0, 0)
        return Span(self.source, place.start_mark.index, place.end_mark.index)


class InvalidYamlError(Exception):
    """A file that is not YAML, or not of the form that its schema asks for."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__("\n".join(map(str, mistakes)))
        self.mistakes = tuple(mistakes)


def checked(document: CheckedYaml, schema: Mapping[str, Any]) -> CheckedYaml:
    """The document, if it is valid by a JSON schema (draft 2020-12). Raises InvalidYamlError with every mistake."""
    mistakes = list(mistakes_in(document, schema))
    if mistakes:
        raise InvalidYamlError(mistakes)
    return document


def read_yaml(source: Source) -> CheckedYaml:
    """The one document in a source; None for an empty one. Dates and `on` are texts. Raises InvalidYamlError."""
    import yaml

    try:
        loader = yaml.SafeLoader(source.text)
        loader.yaml_implicit_resolvers = {
            first: [pair for pair in pairs if not _is_surprising(pair[0], first)]
            for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
        }
        loader.compose_node = _bounded(loader.compose_node)  # type: ignore[method-assign, assignment]
        root = loader.get_single_node()
        if root is not None and _size(root, {}) > MAX_NODES:
            raise yaml.YAMLError(f"its aliases stand for more than {MAX_NODES:,} nodes")
        data = loader.construct_document(root) if root is not None else None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        offset = min(mark.index, len(source.text)) if mark is not None else 0
        raise InvalidYamlError([Mistake(error.problem or str(error), Span(source, offset, offset))]) from None
    except (yaml.YAMLError, ValueError) as error:
        raise InvalidYamlError([Mistake(str(error), Span(source, 0, 0))]) from None
    repeated = [
        Mistake(
            f"`{key.value}` stands here for the second time", Span(source, key.start_mark.index, key.end_mark.index)
        )
        for key in _repeated_keys(root)
    ]
    if repeated:
        raise InvalidYamlError(repeated)
    return CheckedYaml(source, data, root)


def _bounded(compose: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """What composes a node, but none that is nested deeper than any configuration is. Raises YAMLError."""
    depth = 0

    def bounded(parent: Any, index: Any) -> Any:
        nonlocal depth
        if depth == MAX_DEPTH:
            from yaml import YAMLError

            raise YAMLError(f"nested too deeply: more than {MAX_DEPTH} levels")
        depth += 1
        node = compose(parent, index)
        depth -= 1
        return node

    return bounded


def _size(node: Any, known: dict[int, int]) -> int:
    """How many nodes a node is, with each alias counted as what it stands for."""
    size = known.get(id(node))
    if size is None:
        known[id(node)] = 0  # for an alias within its own anchor
        size = known[id(node)] = 1 + sum(_size(part, known) for part in _parts(node))
    return size


def _parts(node: Any) -> list[Any]:
    if node.id == "mapping":
        return [each for pair in node.value for each in pair]
    return node.value if node.id == "sequence" else []


def _is_surprising(tag: str, first_letter: str) -> bool:
    """Whether YAML 1.1 would make something of a plain word that nobody means: a date, `on`, `no`."""
    return tag.endswith(":timestamp") or (tag.endswith(":bool") and first_letter not in "tTfF")


def mistakes_in(document: CheckedYaml, schema: Mapping[str, Any]) -> Iterator[Mistake]:
    """What a schema finds wrong with a document, in the order of the text."""
    from jsonschema import Draft202012Validator

    errors = [leaf for error in Draft202012Validator(schema).iter_errors(document.data) for leaf in _leaves(error)]
    mistakes = [mistake for error in errors for mistake in _told(error, document)]
    yield from sorted(dict.fromkeys(mistakes), key=lambda mistake: mistake.span.start)


def _leaves(error: ValidationError) -> Iterator[ValidationError]:
    """Of an `anyOf` or `oneOf` that fails, what is wrong with the alternative that comes nearest."""
    if error.validator not in ("anyOf", "oneOf") or not error.context:
        yield error
        return
    alternatives: dict[Any, list[ValidationError]] = {}
    for inner in error.context:
        alternatives.setdefault(inner.schema_path[0], []).append(inner)
    fitting = [
        errors for errors in alternatives.values() if not any(_is_of_another_type(each, error) for each in errors)
    ]
    if len(fitting) != 1:
        yield error
        return
    for inner in fitting[0]:
        yield from _leaves(inner)


def _is_of_another_type(inner: ValidationError, outer: ValidationError) -> bool:
    return inner.validator in ("type", "const") and list(inner.absolute_path) == list(outer.absolute_path)


def _told(error: ValidationError, document: CheckedYaml) -> Iterator[Mistake]:
    """A schema's error in words."""
    path: list[str | int] = list(error.absolute_path)
    schema: Any = error.schema
    rule, limit, found = str(error.validator), _plain(error.validator_value), _plain(error.instance)
    span = document.span(path)
    if rule == "additionalProperties":
        known = list(schema.get("properties", {}))
        for name in found:
            if name not in known:
                hint = did_you_mean(str(name), known) or _listed(known)
                yield Mistake(f"there is no `{name}` here{hint}", document.span([*path, name], key=True))
    elif rule == "enum":
        words = [str(word) for word in limit]
        yield Mistake(f"`{found}` is not possible here{did_you_mean(str(found), words) or _listed(words)}", span)
    elif rule == "required":
        missing = ", ".join(f"`{name}`" for name in limit if name not in found)
        yield Mistake(f"{missing} is missing", span)
    elif rule == "type":
        types = limit if isinstance(limit, list) else [limit]
        yield Mistake(f"{_where(path)} must be {' or '.join(_TYPES[each] for each in types)}", span)
    elif rule in ("minItems", "minLength", "minProperties"):
        yield Mistake(f"{_where(path)} must not be empty", span)
    elif rule in ("anyOf", "oneOf"):
        yield Mistake(f"{_where(path)} is of none of the possible forms", span)
    else:
        yield Mistake(schema.get("errorMessage") or f"{_where(path)}: {error.message}", span)


def _plain(value: Any) -> Any:
    """Freed of the type by which jsonschema says that a part of an error may be missing."""
    return value


_TYPES = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "null": "empty",
    "number": "a number",
    "object": "a mapping",
    "string": "a text",
}


def _listed(words: list[str]) -> str:
    return f"; possible: {', '.join(words)}" if words else ""


def _where(path: list[str | int]) -> str:
    return f"`{'.'.join(map(str, path))}`" if path else "the file"


def _child(node: Any, step: str | int) -> tuple[yaml.Node | None, yaml.Node] | None:
    """The key (None in a list) and the value that a step leads to."""
    if node is None:
        return None
    if node.id == "sequence" and isinstance(step, int):
        return (None, node.value[step]) if step < len(node.value) else None
    if node.id == "mapping":
        for key, value in node.value:
            if key.value == str(step):
                return key, value
    return None


def _repeated_keys(root: Any) -> Iterator[Any]:
    waiting = [root] if root is not None else []
    seen_nodes: set[int] = set()
    while waiting:
        node = waiting.pop()
        if id(node) in seen_nodes:
            continue
        seen_nodes.add(id(node))
        if node.id == "sequence":
            waiting.extend(node.value)
        elif node.id == "mapping":
            seen: set[str] = set()
            for key, value in node.value:
                if key.id == "scalar" and key.value in seen and key.value != "<<":
                    yield key
                seen.add(key.value if key.id == "scalar" else "")
                waiting.append(value)
