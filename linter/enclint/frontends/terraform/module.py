"""One folder of Terraform files as one module: what its files declare, override files merged in.

A file that does not parse leaves what was understood before the fault, and a finding. Nothing is evaluated.
Source: https://developer.hashicorp.com/terraform/language/files
"""

from __future__ import annotations

import os

from enclint.frontends.terraform.declarations import Argument, Declaration
from enclint.frontends.terraform.diagnostics import Diagnostic, Stage, range_text, syntax_error
from enclint.frontends.terraform.syntax import Attribute, Block, Body, String, SyntaxFault
from enclint.lean_typing import TYPE_CHECKING, Final
from enclint.text_file import UnreadableFileError, read_source, scan_folder, unreadable_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from enclint.finding import Finding
    from enclint.frontends.terraform.syntax import Item
    from enclint.frontends.terraform.variables import Variable
    from enclint.source import Source, Span

ResourceKey = tuple[str, str, str]
"""Mode (managed, data, ephemeral), type and name of a resource."""

LABELS: Final = {
    "terraform": (),
    "required_providers": (),
    "provider": ("name",),
    "variable": ("name",),
    "locals": (),
    "output": ("name",),
    "module": ("name",),
    "resource": ("type", "name"),
    "data": ("type", "name"),
    "ephemeral": ("type", "name"),
    "moved": (),
    "removed": (),
    "import": (),
    "check": ("name",),
}
"""The blocks that a file may hold, with the names of their labels."""

MODES: Final = {"resource": "managed", "data": "data", "ephemeral": "ephemeral"}


class Module:
    """What the files of a folder declare.

    `path`: the folder as it is shown to people; `directory`: its absolute path without symbolic links. `bodies`: the
    syntax trees of the files that were read, override files last. `findings`: input errors; `diagnostics`: what is
    wrong with the declarations.
    """

    __slots__ = (
        "_understood",
        "bodies",
        "calls",
        "checks",
        "diagnostics",
        "directory",
        "findings",
        "has_files",
        "imports",
        "locals",
        "moved",
        "outputs",
        "overriding_settings",
        "path",
        "providers",
        "removed",
        "resources",
        "settings",
        "sources",
        "unplaced",
        "variables",
    )

    def __init__(self, path: str, directory: str) -> None:
        self.path = path
        self.directory = directory
        self.bodies: list[Body] = []
        self.sources: list[Source] = []
        self.findings: list[Finding] = []
        self.diagnostics: list[Diagnostic] = []
        self.has_files = False
        self.variables: dict[str, Declaration] = {}
        self.locals: dict[str, Argument] = {}
        self.outputs: dict[str, Declaration] = {}
        self.calls: dict[str, Declaration] = {}
        self.resources: dict[ResourceKey, Declaration] = {}
        self.providers: dict[str, Declaration] = {}
        self.settings: list[Declaration] = []
        self.overriding_settings: list[Declaration] = []
        """Those of the `terraform` blocks that stand in override files."""
        self.moved: list[Declaration] = []
        self.removed: list[Declaration] = []
        self.imports: list[Declaration] = []
        self.checks: dict[str, Declaration] = {}
        self.unplaced: list[tuple[Item, Source, bool]] = []
        """Top-level items that are no known block, with whether they stand in an override file."""
        self._understood: dict[str, Variable] = {}

    def variable(self, name: str) -> Variable:
        """A variable by its name, which must be declared, understood."""
        variable = self._understood.get(name)
        if variable is None:
            from enclint.frontends.terraform.variables import Variable

            variable = self._understood[name] = Variable(name, self.variables[name])
        return variable

    def __repr__(self) -> str:
        return f"Module({self.path!r})"


def read_module(
    path: str, parse_file: Callable[[Source], Body], is_within: Callable[[str], bool] = lambda _: True
) -> Module:
    """The module that the files of a folder are.

    `parse_file` reads a native or a JSON file, or raises SyntaxFault. `is_within` says of a file that is a symbolic
    link whether it leads into the scanned tree; another one is not read.
    """
    module = Module(path, os.path.realpath(path))
    try:
        names, overrides = module_files(path)
    except UnreadableFileError as fault:
        module.findings.append(unreadable_file(fault))
        return module
    module.has_files = bool(names or overrides)
    for is_override, group in ((False, names), (True, overrides)):
        for name in group:
            file = os.path.join(path, name) if path != "." else name
            if os.path.islink(file) and not is_within(file):
                error = UnreadableFileError(file, "it is a link that leads out of the scanned tree")
                module.findings.append(unreadable_file(error))
                continue
            body = _read_file(module, file, parse_file)
            if body is not None:
                module.bodies.append(body)
                _declare(module, body, is_override)
    return module


def module_files(path: str) -> tuple[list[str], list[str]]:
    """The names of a folder's Terraform files: normal ones, and those that override; both in Terraform's order.

    A `.tofu` file takes the place of the `.tf` file of the same name. Raises UnreadableFileError.
    Source: https://opentofu.org/docs/language/files/#tofu-files
    """
    found = {entry.name for entry in scan_folder(path) if is_configuration(entry.name) and not _is_folder(entry)}
    names = sorted(name for name in found if not _is_replaced(name, found))
    return [name for name in names if not _is_override(name)], [name for name in names if _is_override(name)]


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """Whether an entry is, or leads to, a folder; a link that leads round and round is a file that cannot be read."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def is_configuration(name: str) -> bool:
    """Whether Terraform (or OpenTofu) reads a file of this name; hidden files and editors' copies are passed over."""
    return name.endswith((".tf", ".tf.json", ".tofu", ".tofu.json")) and not (
        name.startswith(".") or (name.startswith("#") and name.endswith("#"))
    )


def _is_replaced(name: str, names: Iterable[str]) -> bool:
    for ending, instead in ((".tf", ".tofu"), (".tf.json", ".tofu.json")):
        if name.endswith(ending):
            return name.removesuffix(ending) + instead in names
    return False


def _is_override(name: str) -> bool:
    stem = name.removesuffix(".json").removesuffix(".tf").removesuffix(".tofu")
    return stem == "override" or stem.endswith("_override")


def _read_file(module: Module, path: str, parse_file: Callable[[Source], Body]) -> Body | None:
    try:
        source = read_source(path)
    except UnreadableFileError as error:
        module.findings.append(unreadable_file(error))
        return None
    module.sources.append(source)
    try:
        return parse_file(source)
    except SyntaxFault as fault:
        module.findings.append(syntax_error(source, fault))
        return Body(fault.items, source)


def _declare(module: Module, body: Body, is_override: bool) -> None:
    """Enter the blocks of a file into the module."""
    source = body.source
    for item in body.items:
        if not isinstance(item, Block) or len(LABELS.get(item.type, ("?",) * 9)) != len(item.labels):
            module.unplaced.append((item, source, is_override))
            continue
        enter = _ENTRANCES.get(item.type)
        if enter is not None:
            enter(module, Declaration(item, source), is_override)


def _enter_locals(module: Module, declaration: Declaration, is_override: bool) -> None:
    for item in declaration.block.items:
        if not isinstance(item, Attribute):
            continue
        argument = Argument(item, declaration.source)
        existing = module.locals.get(item.name)
        if is_override and existing is None:
            _complain(
                module,
                "Missing base local value definition to override",
                f'There is no local value named "{item.name}". An override file can only override a local value that '
                "was already defined in a primary configuration file.",
                argument.whole_span,
            )
            continue
        if existing is not None and not is_override:
            _complain(
                module,
                "Duplicate local value definition",
                f'A local value named "{item.name}" was already defined at {range_text(existing.whole_span)}. Local '
                "value names must be unique within a module.",
                argument.whole_span,
            )
        module.locals[item.name] = argument


def _enter_variable(module: Module, declaration: Declaration, is_override: bool) -> None:
    _enter_named(
        module,
        module.variables,
        declaration,
        is_override,
        ("Missing base variable declaration to override", "variable", "a variable that was already declared"),
        ("Duplicate variable declaration", "A variable", "declared", "Variable names must be unique within a module."),
    )


def _enter_output(module: Module, declaration: Declaration, is_override: bool) -> None:
    _enter_named(
        module,
        module.outputs,
        declaration,
        is_override,
        ("Missing base output definition to override", "output", "an output that was already defined"),
        ("Duplicate output definition", "An output", "defined", "Output names must be unique within a module."),
    )


def _enter_call(module: Module, declaration: Declaration, is_override: bool) -> None:
    _enter_named(
        module,
        module.calls,
        declaration,
        is_override,
        ("Missing module call to override", "module call", "a module call that was defined"),
        (
            "Duplicate module call",
            "A module call",
            "defined",
            "Module calls must have unique names within a module.",
        ),
    )


def _enter_named(
    module: Module,
    known: dict[str, Declaration],
    declaration: Declaration,
    is_override: bool,
    missing: tuple[str, str, str],
    duplicate: tuple[str, str, str, str],
) -> None:
    """Enter a block with one label. `missing` and `duplicate` are the words for what may be wrong with it."""
    name = declaration.block.labels[0]
    existing = known.get(name)
    if is_override and existing is None:
        summary, what, base = missing
        _complain(
            module,
            summary,
            f'There is no {what} named "{name}". An override file can only override {base} in a primary '
            "configuration file.",
            declaration.definition,
        )
    elif is_override and existing is not None:
        existing.override(declaration)
    elif existing is not None:
        summary, what, done, rule = duplicate
        _complain(
            module,
            summary,
            f'{what} named "{name}" was already {done} at {existing.declared_at}. {rule}',
            declaration.definition,
        )
    else:
        known[name] = declaration


def _enter_resource(module: Module, declaration: Declaration, is_override: bool) -> None:
    block = declaration.block
    key = (MODES[block.type], block.labels[0], block.labels[1])
    kind = "resource" if block.type == "resource" else f"{block.type} resource"
    existing = module.resources.get(key)
    if is_override and existing is None:
        _complain(
            module,
            f"Missing {kind} to override",
            f'There is no {key[1]} {kind} named "{key[2]}". An override file can only override a {block.type} block '
            "defined in a primary configuration file.",
            declaration.definition,
        )
    elif is_override and existing is not None:
        existing.override(declaration)
    elif existing is not None:
        _complain(
            module,
            f'Duplicate {block.type} "{key[1]}" configuration',
            f'A {key[1]} {kind} named "{key[2]}" was already declared at {existing.declared_at}. Resource '
            "names must be unique per type in each module.",
            declaration.definition,
        )
    else:
        module.resources[key] = declaration


def provider_alias(declaration: Declaration) -> str:
    """The alias of a provider block, "" for the default one. It must be plain text."""
    alias = declaration.argument("alias")
    if alias is not None and isinstance(alias.attribute.expression, String):
        return alias.attribute.expression.value
    return ""


def _enter_provider(module: Module, declaration: Declaration, is_override: bool) -> None:
    name, alias = declaration.block.labels[0], provider_alias(declaration)
    key = f"{name}.{alias}" if alias else name
    existing = module.providers.get(key)
    if is_override and existing is not None:
        existing.override(declaration)
    elif is_override and alias:
        _complain(
            module,
            "Missing base provider configuration for override",
            f'There is no {name} provider configuration with the alias "{alias}". An override file can only override '
            "an aliased provider configuration that was already defined in a primary configuration file.",
            declaration.definition,
        )
    elif existing is not None:
        detail = (
            f'A provider configuration for "{name}" with alias "{alias}" was already given at '
            f"{existing.declared_at}. Each configuration for the same provider must have a distinct alias."
            if alias
            else f'A default (non-aliased) provider configuration for "{name}" was already given at '
            f'{existing.declared_at}. If multiple configurations are required, set the "alias" argument for '
            "alternative configurations."
        )
        _complain(module, "Duplicate provider configuration", detail, declaration.definition)
    else:
        module.providers[key] = declaration


def _enter_check(module: Module, declaration: Declaration, is_override: bool) -> None:
    name = declaration.block.labels[0]
    if is_override:
        _complain(
            module,
            "Can't override check blocks",
            "Override files cannot override check blocks.",
            declaration.definition,
        )
        return
    for data in declaration.content.blocks_of("data"):
        if len(data.block.labels) == len(LABELS["data"]):
            _enter_resource(module, data, is_override=False)
    existing = module.checks.get(name)
    if existing is not None:
        _complain(
            module,
            f'Duplicate check "{name}" configuration',
            f'A check block named "{name}" was already declared at {existing.declared_at}. Check blocks must '
            "be unique within each module.",
            declaration.definition,
        )
        return
    module.checks[name] = declaration


def _enter_settings(module: Module, declaration: Declaration, is_override: bool) -> None:
    module.settings.append(declaration)
    if is_override:
        module.overriding_settings.append(declaration)


def _enter_removed(module: Module, declaration: Declaration, is_override: bool) -> None:
    """Terraform passes over `removed` blocks in override files without a word."""
    if not is_override:
        module.removed.append(declaration)


def _entrance_to(name: str, noun: str) -> Callable[[Module, Declaration, bool], None]:
    """How blocks without labels are entered that may not stand in override files."""

    def enter(module: Module, declaration: Declaration, is_override: bool) -> None:
        if is_override:
            _complain(
                module,
                f"Cannot override '{declaration.block.type}' blocks",
                f"{noun} can appear only in normal files, not in override files.",
                declaration.definition,
            )
            return
        getattr(module, name).append(declaration)

    return enter


def _complain(module: Module, summary: str, detail: str, span: Span) -> None:
    module.diagnostics.append(Diagnostic(summary, detail, span, Stage.DECLARE))


_ENTRANCES: Final[dict[str, Callable[[Module, Declaration, bool], None]]] = {
    "locals": _enter_locals,
    "variable": _enter_variable,
    "output": _enter_output,
    "module": _enter_call,
    "resource": _enter_resource,
    "data": _enter_resource,
    "ephemeral": _enter_resource,
    "provider": _enter_provider,
    "check": _enter_check,
    "terraform": _enter_settings,
    "moved": _entrance_to("moved", "Records of moved objects"),
    "removed": _enter_removed,
    "import": _entrance_to("imports", "Import blocks"),
}
