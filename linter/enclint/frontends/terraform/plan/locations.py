"""Places in the `.tf` source beside a plan, so that findings point at the code that people edit."""

from __future__ import annotations

from enclint.frontends.terraform.plan.references import member, text_of
from enclint.frontends.terraform.reader import SyntaxFault, parse
from enclint.frontends.terraform.syntax import Attribute, Block, Item
from enclint.lean_typing import TYPE_CHECKING, Final
from enclint.source import Source, Span

if TYPE_CHECKING:
    from pathlib import Path

    from enclint.frontends.terraform.plan.addresses import ModulePath
    from enclint.json_positions import JsonNode

MAX_FILE_SIZE: Final = 10_000_000
"""Bytes; a larger `.tf` file beside a plan is left alone."""


class Location:
    """A block, the blocks of one type in a block, or an argument, in a source."""

    __slots__ = ("_blocks", "_source", "span")

    def __init__(self, source: Source, blocks: list[Block], span: Span | None) -> None:
        self._source = source
        self._blocks = blocks
        self.span = span

    @classmethod
    def of_block(cls, source: Source, block: Block) -> Location:
        """The location of a block: its header."""
        return cls(source, [block], Span(source, block.start, block.header_end))

    def named(self, name: str) -> Location:
        """An argument or the nested blocks of that name; where there are none, the block itself (what lacks it)."""
        if not self._blocks:
            return self
        items = self._blocks[0].items
        for item in items:
            if isinstance(item, Attribute) and item.name == name:
                expression = item.expression
                return Location(self._source, [], Span(self._source, expression.start, expression.end))
        blocks = [item for item in items if isinstance(item, Block) and item.type == name]
        if not blocks:
            return Location(self._source, [], self.span)
        return Location(self._source, blocks, Span(self._source, blocks[0].start, blocks[0].header_end))

    def numbered(self, index: int) -> Location:
        """One of several nested blocks."""
        if index < len(self._blocks):
            return Location.of_block(self._source, self._blocks[index])
        return Location(self._source, [], self.span)


class SourceTree:
    """The modules below the folder that holds a plan's `.tf` source; files are read when a module is asked for."""

    def __init__(self, root: Path, configuration: JsonNode | None) -> None:
        self._root = root.resolve()
        self._configuration = member(configuration, "root_module")
        self._modules: dict[tuple[str, ...], dict[tuple[str, ...], Location]] = {}
        self.sources: list[Source] = []

    def resource(self, path: ModulePath, mode: str, type: str, name: str) -> Location | None:
        """The block of a resource; None where the source is not there."""
        names = tuple(step.name for step in path)
        blocks = self._modules.get(names)
        if blocks is None:
            folder = self._folder(names)
            blocks = self._modules[names] = self._read(folder) if folder is not None else {}
        return blocks.get(("data" if mode == "data" else "resource", type, name))

    def _folder(self, names: tuple[str, ...]) -> Path | None:
        """The folder of a module that is called by local path; None for one from elsewhere or outside the tree."""
        folder = self._root
        node = self._configuration
        for name in names:
            call = member(node, "module_calls", name)
            source = text_of(member(call, "source"))
            if not source.startswith(("./", "../")):
                return None
            folder = (folder / source).resolve()
            node = member(call, "module")
        return folder if folder.is_relative_to(self._root) else None

    def _read(self, folder: Path) -> dict[tuple[str, ...], Location]:
        """All resource and data blocks of a folder; what does not parse is passed over: the plan is what is judged."""
        found: dict[tuple[str, ...], Location] = {}
        for path in sorted(folder.glob("*.tf")):
            try:
                if path.stat().st_size > MAX_FILE_SIZE:
                    continue
                source = Source(str(path), path.read_text(encoding="utf-8"))
                items: list[Item] = parse(source).items
            except (OSError, UnicodeDecodeError, SyntaxFault):
                continue
            self.sources.append(source)
            for item in items:
                if isinstance(item, Block) and item.type in ("resource", "data") and len(item.labels) == 2:
                    found[item.type, *item.labels] = Location.of_block(source, item)
        return found
