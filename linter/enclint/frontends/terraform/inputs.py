"""Where the root's variables get their values from, with Terraform's precedence.

From weak to strong: `TF_VAR_…`, `terraform.tfvars`, `terraform.tfvars.json`, `*.auto.tfvars` and `*.auto.tfvars.json`
by name, then `-var` and `-var-file` in their order.
Source: https://developer.hashicorp.com/terraform/language/values/variables#variable-definition-precedence
"""

from __future__ import annotations

import os

from enclint.frontends.terraform.constants import constant, literal
from enclint.frontends.terraform.diagnostics import Diagnostic, Stage, of_error, syntax_error
from enclint.frontends.terraform.errors import EvaluationError
from enclint.frontends.terraform.syntax import Attribute, Block, SyntaxFault
from enclint.frontends.terraform.values import string
from enclint.lean_typing import TYPE_CHECKING, Final, NamedTuple
from enclint.source import Source, Span
from enclint.text_file import UnreadableFileError, list_folder, read_source, unreadable_file

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from enclint.finding import Finding
    from enclint.frontends.terraform.variables import Variable
    from enclint.model.value import Value

_BAD_OPTION: Final = "Invalid -var option"
PREFIX: Final = "TF_VAR_"


class Argument(NamedTuple):
    """One of `-var NAME=VALUE` and `-var-file PATH`. Paths count from the root module's folder."""

    is_file: bool
    text: str


class Given(NamedTuple):
    """A value from outside for one variable.

    `value` where it stands in a file; `text` where it came as text, whose meaning depends on the variable's type.
    """

    value: Value | None
    text: str
    origin: str
    """The path of a file, `-var`, or `TF_VAR_name`."""


class Inputs:
    """All values from outside. `findings`: files that could not be read; `diagnostics`: what else is wrong."""

    def __init__(self) -> None:
        self.values: dict[str, Given] = {}
        self.undeclared_text: list[str] = []
        self.sources: list[Source] = []
        self.findings: list[Finding] = []
        self.diagnostics: list[Diagnostic] = []

    def add_file(self, path: str, *, is_named: bool = False) -> None:
        """The values of a tfvars file; later ones win. `is_named`: somebody asked for this very file."""
        try:
            source = read_source(path)
        except UnreadableFileError as error:
            if is_named and not os.path.exists(path):
                detail = f"Given variables file {path} does not exist."
                self._complain("Failed to read variables file", detail, None)
            else:
                self.findings.append(unreadable_file(error))
            return
        self.sources.append(source)
        if path.endswith(".json"):
            self._add_json(source)
        else:
            self._add_native(source)

    def _add_native(self, source: Source) -> None:
        from enclint.frontends.terraform.reader import parse

        try:
            items = parse(source).items
        except SyntaxFault as fault:
            self.findings.append(syntax_error(source, fault))
            items = fault.items
        for item in items:
            if isinstance(item, Attribute):
                self._add_attribute(item, source)
        block = next((item for item in items if isinstance(item, Block)), None)
        if block is not None:
            self._complain_of_block(block, source)

    def _add_attribute(self, item: Attribute, source: Source) -> None:
        span = Span(source, item.expression.start, item.expression.end)
        try:
            value = constant(item.expression, source)
        except EvaluationError as error:
            self.diagnostics.append(of_error(error, Stage.ASSIGN, span))
            return
        self.values[item.name] = Given(value.at(span), "", source.path)

    def _complain_of_block(self, block: Block, source: Source) -> None:
        span = Span(source, block.start, block.header_end)
        if block.type == "variable" and block.labels:
            name = block.labels[0]
            detail = (
                "A .tfvars file is used to assign values to variables that have already been declared in .tf files, "
                f'not to declare new variables. To declare variable "{name}", place this block in one of your .tf '
                "files, such as variables.tf."
            )
            self._complain("Variable declaration in .tfvars file", detail, span)
            return
        self._complain(f'Unexpected "{block.type}" block', "Blocks are not allowed here.", span)

    def _add_json(self, source: Source) -> None:
        from enclint.json_positions import JsonFault, JsonObject, read

        try:
            node = read(source.text)
        except JsonFault as fault:
            self.findings.append(syntax_error(source, SyntaxFault(fault.message, fault.offset)))
            return
        if not isinstance(node, JsonObject):
            detail = "A JSON object is required here, setting the arguments for this block."
            self._complain("Incorrect JSON value type", detail, Span(source, node.start, node.end))
            return
        for name, member in node.members.items():
            if name != "//":
                self.values[name] = Given(literal(member, source), "", source.path)

    def add_text(self, argument: str) -> None:
        """A `-var`."""
        name, equals, text = argument.partition("=")
        if equals and name.rstrip() != name:
            hint = f"{name.rstrip()}={text.lstrip()}"
            detail = f'Variable name "{name}" is invalid due to trailing space. Did you mean -var="{hint}"?'
            self.diagnostics.append(Diagnostic(_BAD_OPTION, detail, None, Stage.INPUT))
            return
        name = name.strip()
        if not equals or not name:
            detail = (
                f'The given -var option "{argument}" is not correctly specified. Must be a variable name and value '
                'separated by an equals sign, like -var="key=value".'
            )
            self.diagnostics.append(Diagnostic(_BAD_OPTION, detail, None, Stage.INPUT))
            return
        self.values[name] = Given(None, text, "-var")

    def _complain(self, summary: str, detail: str, span: Span | None) -> None:
        self.diagnostics.append(Diagnostic(summary, detail, span, Stage.ASSIGN))


def collect_inputs(
    folder: str, environment: Mapping[str, str], arguments: Sequence[Argument], allowed: str | None
) -> Inputs:
    """The values that a root module in `folder` gets. Files outside of the tree `allowed` are not read."""
    inputs = Inputs()
    for key, text in environment.items():
        if key.startswith(PREFIX):
            name = key.removeprefix(PREFIX)
            inputs.values[name] = Given(None, text, key)
    for name in automatic_files(folder):
        path = os.path.join(folder, name) if folder != "." else name
        if _is_within(path, allowed):
            inputs.add_file(path)
    for argument in arguments:
        if not argument.is_file:
            inputs.add_text(argument.text)
            continue
        inputs.add_file(os.path.normpath(os.path.join(folder, argument.text)), is_named=True)
    return inputs


def automatic_files(folder: str) -> list[str]:
    """The names of the tfvars files that Terraform loads by itself, weakest first."""
    try:
        names = list_folder(folder)
    except UnreadableFileError:
        return []
    first = [name for name in ("terraform.tfvars", "terraform.tfvars.json") if name in names]
    return first + [name for name in names if name.endswith((".auto.tfvars", ".auto.tfvars.json"))]


def _is_within(path: str, tree: str | None) -> bool:
    if tree is None:
        return True
    real = os.path.realpath(path)
    return real == tree or real.startswith(tree.rstrip(os.sep) + os.sep)


def parsed_text(given: Given, variable: Variable) -> Value:
    """The value that a text stands for: itself for a simple type, else an expression. Raises EvaluationError."""
    source = Source(f"<value for var.{variable.name}>", given.text)
    if variable.constraint.is_literal:
        return string(given.text, variable.declaration.header)
    from enclint.frontends.terraform.reader import parse_expression

    try:
        expression = parse_expression(given.text)
    except SyntaxFault as fault:
        from enclint.frontends.terraform.validation.syntax_words import in_terraforms_words

        said = in_terraforms_words(syntax_error(source, fault), Stage.ASSIGN)[0]
        raise EvaluationError(said.summary, said.detail or str(fault), said.span) from None
    return constant(expression, source).at(variable.declaration.header)


def root_value(inputs: Inputs, variable: Variable) -> tuple[Value, list[Diagnostic]]:
    """What a variable of the root module comes to, and what is wrong with that."""
    address = f"var.{variable.name}"
    header = variable.declaration.header
    given = inputs.values.get(variable.name)
    diagnostics: list[Diagnostic] = []
    if given is not None and given.value is None:
        try:
            given = given._replace(value=parsed_text(given, variable))
        except EvaluationError as error:
            diagnostics.append(of_error(error, Stage.ASSIGN, variable.declaration.definition))
            given = None
    if given is None or given.value is None:
        if variable.default is None:
            diagnostics.append(_missing(variable))
            reason = f"variable `{variable.name}` has no default"
            return variable.marked(variable.unknown(reason, identity=address)), diagnostics
        return variable.marked(variable.default), diagnostics
    label = {"-var": f'set using -var="{variable.name}=..."'}.get(given.origin)
    if given.origin.startswith(PREFIX):
        label = f"set using the {given.origin} environment variable"
    if label is not None:
        value, problem = variable.accept(given.value, lambda: f"Unsuitable value for {address} {label}", header)
    else:
        span = header if variable.is_sensitive else given.value.span
        value, problem = variable.accept(given.value, lambda: variable.declared_at(address), span)
    if problem is not None:
        diagnostics.append(problem)
    return value if label is None else value.via(given.origin, None), diagnostics


def _missing(variable: Variable) -> Diagnostic:
    return Diagnostic(
        "No value for required variable",
        f'The root module input variable "{variable.name}" is not set, and has no default value. Use a -var or '
        "-var-file command line argument to provide a value for this variable.",
        variable.declaration.definition,
        Stage.ASSIGN,
    )


def undeclared(inputs: Inputs, declared: Mapping[str, object]) -> list[Diagnostic]:
    """What Terraform says of values for variables that the root does not declare."""
    diagnostics = []
    in_files = 0
    for name, given in inputs.values.items():
        if name in declared or given.origin.startswith(PREFIX):
            continue
        if given.origin == "-var":
            diagnostics.append(
                Diagnostic(
                    "Value for undeclared variable",
                    f'A variable named "{name}" was assigned on the command line, but the root module does not declare '
                    'a variable of that name. To use this value, add a "variable" block to the configuration.',
                    None,
                    Stage.ASSIGN,
                )
            )
            continue
        in_files += 1
        if in_files <= MAX_UNDECLARED:
            diagnostics.append(
                Diagnostic(
                    "Value for undeclared variable",
                    f'The root module does not declare a variable named "{name}" but a value was found in file '
                    f'"{given.origin}". If you meant to use this value, add a "variable" block to the configuration.',
                    None,
                    Stage.ASSIGN,
                    is_warning=True,
                )
            )
    if in_files > MAX_UNDECLARED:
        more = in_files - MAX_UNDECLARED
        detail = (
            f"In addition to the other similar warnings shown, {more} other variable(s) defined without being declared."
        )
        diagnostics.append(Diagnostic("Values for undeclared variables", detail, None, Stage.ASSIGN, is_warning=True))
    return diagnostics


MAX_UNDECLARED: Final = 2
"""So many undeclared names are warned of one by one; Terraform sums up the rest."""
