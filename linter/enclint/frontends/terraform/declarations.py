"""The blocks of a module as its files declare them, with what override files change in them.

Nothing is evaluated here, and what a block holds is sorted only when somebody asks for it.
"""

from __future__ import annotations

from enclint.frontends.terraform.diagnostics import range_text
from enclint.frontends.terraform.syntax import Attribute, Block
from enclint.lean_typing import TYPE_CHECKING, NamedTuple
from enclint.source import Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enclint.frontends.terraform.syntax import Item
    from enclint.source import Source


class Argument(NamedTuple):
    """`name = expression`, and the file that it stands in."""

    attribute: Attribute
    source: Source

    @property
    def span(self) -> Span:
        """The place of the expression."""
        expression = self.attribute.expression
        return Span(self.source, expression.start, expression.end)

    @property
    def whole_span(self) -> Span:
        """The place of name and expression."""
        return Span(self.source, self.attribute.start, self.attribute.end)

    @property
    def name_span(self) -> Span:
        """The place of the name."""
        start = self.attribute.start
        return Span(self.source, start, start + len(self.attribute.name))


class Content:
    """The arguments of a block by name, and its nested blocks in the order of the text.

    `base` is what it was before an override file changed it.
    """

    __slots__ = ("arguments", "base", "blocks")

    def __init__(self, arguments: dict[str, Argument], blocks: list[Declaration], base: Content | None = None) -> None:
        self.arguments = arguments
        self.blocks = blocks
        self.base = base

    def is_overriding(self, name: str) -> bool:
        """Whether only an override file sets an argument."""
        return self.base is not None and (name not in self.base.arguments or self.base.is_overriding(name))

    @property
    def overriding_blocks(self) -> list[Declaration]:
        """The nested blocks that come from override files."""
        if self.base is None:
            return []
        before = [each for each in self.base.blocks if each not in self.base.overriding_blocks]
        return [each for each in self.blocks if each not in before]

    def blocks_of(self, type: str) -> list[Declaration]:
        """The nested blocks of one type."""
        return [each for each in self.blocks if each.block.type == type]

    def first_block(self, type: str) -> Declaration | None:
        """The first nested block of a type, if there is one."""
        return next((each for each in self.blocks if each.block.type == type), None)


class Declaration:
    """A block, the file that it stands in, and the blocks of override files that change it, in their order."""

    __slots__ = ("_content", "block", "overrides", "source")

    def __init__(self, block: Block, source: Source, content: Content | None = None) -> None:
        self.block = block
        self.source = source
        self.overrides: list[Declaration] = []
        self._content = content

    def __repr__(self) -> str:
        return f"Declaration({self.block.type} {' '.join(self.block.labels)})"

    @property
    def header(self) -> Span:
        """The place of the block's type and labels."""
        return Span(self.source, self.block.start, self.block.header_end)

    @property
    def definition(self) -> Span:
        """What Terraform points at for the block: the header; in JSON syntax the brace or bracket that opens it."""
        opening = self.block.opening
        return self.header if opening is None else Span(self.source, opening, opening + 1)

    @property
    def gap(self) -> Span:
        """Where Terraform misses an argument: the header; in JSON syntax the brace that closes the block."""
        end = self.block.end
        return self.header if self.block.opening is None else Span(self.source, end - 1, end)

    @property
    def declared_at(self) -> str:
        """The place of the definition as Terraform writes it into sentences."""
        return range_text(self.definition)

    @property
    def body(self) -> Span:
        """The place of the whole block."""
        return Span(self.source, self.block.start, self.block.end)

    @property
    def content(self) -> Content:
        """What stands in the block, override files merged in."""
        content = self._content
        if content is None:
            content = content_of(self.block.items, self.source)
            for escaped in content.blocks_of("_"):
                content = Content(
                    {**escaped.content.arguments, **content.arguments}, content.blocks + escaped.content.blocks
                )
            if self.block.type == "resource" and self.source.path.endswith(".json"):
                from enclint.frontends.terraform.provider_bodies import body_of, with_blocks

                content = with_blocks(content, body_of(self.block.labels[0]))
            for override in self.overrides:
                content = merged(content, override.content)
            self._content = content
        return content

    def argument(self, name: str) -> Argument | None:
        """An argument by its name; None where the block does not set it."""
        return self.content.arguments.get(name)

    def override(self, other: Declaration) -> None:
        """Let another block change this one."""
        self.overrides.append(other)
        self._content = None


def content_of(items: Sequence[Item], source: Source) -> Content:
    """The items of a body, sorted."""
    arguments: dict[str, Argument] = {}
    blocks: list[Declaration] = []
    for item in items:
        if item.__class__ is Attribute:
            arguments.setdefault(item.name, Argument(item, source))
        else:
            blocks.append(Declaration(item, source))  # type: ignore[arg-type]
    return Content(arguments, blocks)


def merged(base: Content, override: Content) -> Content:
    """What an override leaves of a body: arguments go one by one, nested blocks all of a type at once.

    A dynamic block counts as one of the type that it makes. `lifecycle` is merged argument by argument, too.
    Source: https://developer.hashicorp.com/terraform/language/files/override#merging-behavior
    """
    changed = override.first_block("lifecycle")
    kept = base.first_block("lifecycle")
    if changed is not None and kept is not None:
        lifecycle = Declaration(kept.block, kept.source)
        lifecycle.overrides = [*kept.overrides, changed]
        override = Content(override.arguments, [lifecycle if each is changed else each for each in override.blocks])
    replaced = {_made_type(each.block) for each in override.blocks}
    blocks = [each for each in base.blocks if _made_type(each.block) not in replaced]
    return Content({**base.arguments, **override.arguments}, blocks + override.blocks, base)


def _made_type(block: Block) -> str:
    if block.type == "dynamic" and block.labels:
        return block.labels[0]
    return block.type


class Local(NamedTuple):
    """One entry of a `locals` block."""

    name: str
    argument: Argument
