"""Values of parameters from files: the AWS CLI's and CodePipeline's JSON, `Key=Value` lines, and `samconfig.toml`.

Each file, and each environment of a `samconfig.toml`, is an environment: templates are judged once for each.
Sources: https://docs.aws.amazon.com/cli/latest/reference/cloudformation/deploy/ (`--parameter-overrides`),
https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CloudFormation.html and
https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-sam-cli-config.html
"""

from __future__ import annotations

import posixpath
import re

from enclint.frontends.cloudformation.node import Mapping, Scalar, Sequence, function_of, member, plain, text_of
from enclint.frontends.cloudformation.reader import read
from enclint.frontends.cloudformation.template import input_error
from enclint.frontends.cloudformation.text import as_text
from enclint.lean_typing import TYPE_CHECKING, Any, Final, NamedTuple
from enclint.model.value import Known, Unknown
from enclint.source import Span

if TYPE_CHECKING:
    from enclint.finding import Finding
    from enclint.frontends.cloudformation.node import Node
    from enclint.model.value import Value
    from enclint.source import Source


class Environment(NamedTuple):
    """Values that templates are judged with.

    `template` restricts them to the template of that path, `folder` to those that lie in that folder.
    """

    name: str
    parameters: dict[str, Value]
    tags: dict[str, Value]
    pseudo: dict[str, Value]
    """Values of pseudo parameters, such as `AWS::Region`."""
    template: str | None = None
    folder: str | None = None

    def applies_to(self, path: str) -> bool:
        """Whether the environment is one of the template at a path."""
        path = posixpath.normpath(path)
        if self.template is not None:
            return self.template == path
        return self.folder is None or self.folder == posixpath.dirname(path)


class ParameterFile(NamedTuple):
    """What a parameter file says, or what is wrong with it."""

    environments: tuple[Environment, ...]
    errors: tuple[Finding, ...]


def read_parameters(source: Source) -> ParameterFile:
    """The environments of a parameter file, whatever its form."""
    if source.path.endswith(".toml"):
        return _from_toml(source)
    name = posixpath.basename(source.path)
    text = source.text.lstrip("\ufeff \t\r\n")
    if not text.startswith(("{", "[")) and re.match(_LINE, text):
        return ParameterFile((Environment(name, _from_lines(source), {}, {}),), ())
    return _from_document(source, name)


_LINE: Final = r"""(?:\#[^\n]*\n|\s)*+["']?[A-Za-z0-9]+="""
_LONG_PAIR: Final = r"""(?x)
    ParameterKey=(?P<name>[A-Za-z0-9]+),ParameterValue=
    (?:"(?P<double>(?:[^"\\]|\\.)*+)"|'(?P<single>[^']*+)'|(?P<plain>[^\s"',]*+(?:,(?!ParameterKey=)[^\s"',]*+)*+))
"""
_PAIR: Final = r"""(?x)
    (?:^|(?<=\s)) ["']? (?P<name>[A-Za-z0-9]+)=
    (?:"(?P<double>(?:[^"\\]|\\.)*+)"|'(?P<single>[^']*+)'|(?P<plain>[^\s"']*+))
"""


def _from_lines(source: Source) -> dict[str, Value]:
    """`Key=Value`, one a line; `#` begins a comment line, quotes around either are taken off."""
    values: dict[str, Value] = {}
    offset = 0
    for line in source.text.split("\n"):
        stripped = line.strip().strip("\ufeff")
        name, equals, value = stripped.partition("=")
        if equals and not stripped.startswith("#"):
            if stripped[0] in "\"'" and stripped.endswith(stripped[0]):
                name, value = name[1:], value[:-1]
            start = source.text.find("=", offset) + 1
            span = Span(source, start, offset + len(line.rstrip()))
            values[name.strip()] = Known(_unquoted(value.strip()), span)
        offset += len(line) + 1
    return values


def _unquoted(text: str) -> str:
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text


def _from_document(source: Source, name: str) -> ParameterFile:
    """The JSON (or YAML) forms: a list of keys and values, a list of `Key=Value`, or maps."""
    reading = read(source.text)
    fatal = [problem for problem in reading.problems if problem.fatal]
    if fatal or not reading.documents:
        message = fatal[0].message if fatal else "the file is empty"
        span = Span(source, fatal[0].start, fatal[0].end) if fatal else Span(source, 0, 0)
        return ParameterFile((), (input_error("syntax-error", "The parameter file could not be read", message, span),))
    root = reading.documents[0]
    if name.startswith("samconfig."):
        return _from_sam(source, plain(root))
    if isinstance(root, Sequence):
        parameters = _from_list(source, root)
        tags: dict[str, Value] = {}
    else:
        nested = member(root, "Parameters")
        parameters = _from_map(source, nested if isinstance(nested, Mapping) else root)
        tags = _from_map(source, member(root, "Tags"))
    if not parameters and not tags:
        message = "neither a list of `ParameterKey` and `ParameterValue` nor a map of `Parameters`"
        return ParameterFile(
            (),
            (
                input_error(
                    "syntax-error", "The parameter file could not be read", message, Span(source, root.start, root.end)
                ),
            ),
        )
    return ParameterFile((Environment(name, parameters, tags, {}),), ())


def _from_list(source: Source, items: Sequence) -> dict[str, Value]:
    values: dict[str, Value] = {}
    for item in items.items:
        pair = text_of(item)
        key = text_of(member(item, "ParameterKey"))
        value = member(item, "ParameterValue")
        if pair is not None and "=" in pair:
            span = Span(source, item.start, item.end)
            name, _, text = pair.partition("=")
            values.update((name, Known(text, span)) for name, text in _long_pairs(pair) or [(name, text)])
        elif key is not None and _is_true(member(item, "UsePreviousValue")):
            reason = f"parameter `{key}` keeps the value that its stack has"
            values[key] = Unknown(reason, Span(source, item.start, item.end), identity=key)
        elif key is not None and value is not None:
            known = _known(source, value)
            if known is not None:
                values[key] = known
    return values


def _is_true(node: Node | None) -> bool:
    return isinstance(node, Scalar) and (node.value is True or node.value == "true")


def _from_map(source: Source, node: Node | None) -> dict[str, Value]:
    pairs = node.members.items() if isinstance(node, Mapping) else ()
    values = {name: _known(source, value) for name, value in pairs}
    return {name: value for name, value in values.items() if value is not None}


def _known(source: Source, node: Node) -> Value | None:
    """A scalar, or a list of them joined with commas, as the text that CloudFormation is given.

    What a pipeline's function gives (`Fn::GetParam`) is unknown.
    """
    call = function_of(node)
    if call is not None:
        return Unknown(f"`{call[0]}` gives the value at deployment", Span(source, node.start, node.end))
    if isinstance(node, Scalar):
        text = as_text(node.value)
    elif isinstance(node, Sequence):
        texts = [as_text(item.value) for item in node.items if isinstance(item, Scalar)]
        text = ",".join(each for each in texts if each is not None)
    else:
        return None
    return Known(text, Span(source, node.start, node.end)) if text is not None else None


def _from_toml(source: Source) -> ParameterFile:
    """The environments of a `samconfig.toml` that say something about parameters, tags or the Region."""
    import tomllib

    try:
        data = tomllib.loads(source.text.removeprefix("\ufeff"))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        match = re.search(r"line (\d+)", str(error))
        line = int(match[1]) if match else 1
        start = source.line_starts[min(line, len(source.line_starts)) - 1]
        span = Span(source, start, start + len(source.line(line)))
        return ParameterFile((), (input_error("syntax-error", "The file could not be read", str(error), span),))
    return _from_sam(source, data)


def _from_sam(source: Source, data: Any) -> ParameterFile:
    """The environments of a `samconfig.toml`, or of the same in YAML."""
    tables = data.items() if isinstance(data, dict) else ()
    environments = [_sam_environment(source, name, table) for name, table in tables if isinstance(table, dict)]
    return ParameterFile(tuple(environment for environment in environments if environment is not None), ())


def _sam_environment(source: Source, name: str, commands: dict[str, Any]) -> Environment | None:
    """One environment: what `deploy` says over what `global` says."""
    settings: dict[str, Any] = {}
    for command in ("global", "build", "deploy"):
        parameters = commands.get(command, {}).get("parameters", {}) if isinstance(commands.get(command), dict) else {}
        if isinstance(parameters, dict):
            settings.update(parameters)
    values = _sam_pairs(source, name, settings.get("parameter_overrides"))
    tags = _sam_pairs(source, name, settings.get("tags"))
    pseudo: dict[str, Value] = {}
    for parameter, setting in (("AWS::Region", "region"), ("AWS::StackName", "stack_name")):
        value = settings.get(setting)
        if isinstance(value, str):
            pseudo[parameter] = Known(value, _place(source, name, value))
    if not values and not tags and not pseudo:
        return None
    template = settings.get("template_file") or settings.get("template")
    folder = posixpath.dirname(source.path)
    path = posixpath.normpath(posixpath.join(folder, template)) if isinstance(template, str) else None
    if path is not None and ".aws-sam" in path.split("/"):  # what `sam build` made of the template beside the file
        path = None
    label = f"{posixpath.basename(source.path)}: {name}"
    return Environment(label, values, tags, pseudo, path, posixpath.normpath(folder) if folder else "")


def _sam_pairs(source: Source, environment: str, overrides: Any) -> dict[str, Value]:
    """Pairs such as `A=b C="d e"` in a text, a list of such texts, or a table."""
    pairs: list[tuple[str, str | None]]
    if isinstance(overrides, dict):
        pairs = [(str(name), as_text(value)) for name, value in overrides.items()]
    else:
        texts = overrides if isinstance(overrides, list) else [overrides]
        pairs = [*(pair for text in texts if isinstance(text, str) for pair in _pairs_in(text))]
    return {name: Known(text, _place(source, environment, name)) for name, text in pairs if text is not None and name}


def _pairs_in(text: str) -> list[tuple[str, str]]:
    """The pairs of a text in either form of the AWS CLI."""
    return _long_pairs(text) or _matches(_PAIR, text)


def _long_pairs(text: str) -> list[tuple[str, str]]:
    """The pairs of a text such as `ParameterKey=A,ParameterValue=b`; none where it is written otherwise."""
    return _matches(_LONG_PAIR, text) if text.lstrip(" \"'").startswith("ParameterKey=") else []


def _matches(expression: str, text: str) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for match in re.finditer(expression, text):
        double = match["double"]
        value = re.sub(r"\\(.)", r"\1", double) if double is not None else match["single"] or match["plain"] or ""
        pairs.append((match["name"], value))
    return pairs


def _place(source: Source, environment: str, word: str) -> Span | None:
    """Where a word stands in the part of the file that is an environment's, as near as a search can tell."""
    match = re.search(rf"^\s*\[?\s*[\"']?{re.escape(environment)}[\"']?[.\]:]", source.text, re.MULTILINE)
    start = source.text.find(word, match.end() if match else 0)
    return Span(source, start, start + len(word)) if start >= 0 else None
