"""What a front end hands over: provider resources whose arguments are resolved when somebody asks.

A `ProviderResource` is one instance of one resource of a project (`aws_ebs_volume.data[0]`, the logical id `Data`).
The vocabulary (`enclint.model.vocabulary`) turns provider resources into resources of the common model.
"""

from __future__ import annotations

from enclint.lean_typing import TYPE_CHECKING, Any, NamedTuple
from enclint.model.value import Absent, Known, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from enclint.finding import Finding
    from enclint.source import Source, Span

TRUE = Known(True)


class Provider(NamedTuple):
    """The provider configuration (account and Region) that a resource belongs to.

    `key` is equal for two resources exactly where the same configuration serves both (`aws`, `aws.us`, with module
    paths resolved to the root's configuration); CloudFormation has one for each stack. `region` and `default_tags`
    are values of the common lattice.
    """

    key: str
    region: Value
    default_tags: Value
    settings: dict[str, Value] | None = None


class ProviderResource:
    """One instance of a resource (or data source) as its front end resolved it.

    `key` is unique in the project and what `Reference.target` names. `address` is what people call it:
    `module.db.aws_db_instance.this[0]`, or the logical id. `type` is the provider's type; data sources have
    `mode` "data" (else "managed"). `header` spans the block's header (`resource "aws_s3_bucket" "b"`, the logical
    id's key), `body` the whole block. `exists` is Known(True), or a Choice or Unknown of booleans where
    a condition decides whether there is such an instance. `calls` are the module calls or nested stacks that lead to
    it, outermost first. `created` is True where a plan says that it is created now, None where nobody says. `lookup`
    gives a top-level argument by name: its Value, a Known list of Known dicts for nested blocks, or Absent.
    """

    __slots__ = (
        "_lookup",
        "_values",
        "address",
        "body",
        "calls",
        "construct_path",
        "created",
        "dialect",
        "exists",
        "header",
        "key",
        "metadata",
        "mode",
        "name",
        "names",
        "provider",
        "type",
    )

    def __init__(
        self,
        *,
        key: str,
        address: str,
        type: str,
        name: str,
        dialect: str,
        header: Span | None,
        body: Span | None,
        provider: Provider,
        lookup: Callable[[str], Value],
        names: Callable[[], Sequence[str]],
        mode: str = "managed",
        exists: Value = TRUE,
        calls: tuple[tuple[str, Span | None], ...] = (),
        created: bool | None = None,
        construct_path: str = "",
        metadata: Any = None,
    ) -> None:
        self.key = key
        self.address = address
        self.type = type
        self.name = name
        self.dialect = dialect
        self.header = header
        self.body = body
        self.provider = provider
        self._lookup = lookup
        self.names = names
        """All names of arguments and nested blocks that the code sets."""
        self.mode = mode
        self.exists = exists
        self.calls = calls
        self.created = created
        self.construct_path = construct_path
        self.metadata = metadata
        """CloudFormation's `Metadata` section of the resource as plain data, else None."""
        self._values: dict[str, Value] = {}

    def __repr__(self) -> str:
        return f"ProviderResource({self.address!r})"

    def argument(self, name: str) -> Value:
        """A top-level argument or nested block by the provider's name; evaluated once."""
        value = self._values.get(name)
        if value is None:
            value = self._lookup(name)
            if isinstance(value, Known) and value.data is None:
                value = Absent(value.span or self.header, value.trace)
            self._values[name] = value
        return value


class Project(NamedTuple):
    """Everything that one root (a Terraform root module, a plan, a template with its nested stacks) describes.

    `errors` are the input errors met while reading it, `sources` every text that was read (for suppressions and
    reports), `notes` what the front end wants said without failing. `constraints` are boolean values that are true in
    every deployment: what would make one of them false cannot be deployed. `unseen`: why there may be resources of the
    project that are not among these, "" where there are none. `inputs`: the variables or parameters to which values
    can be given.
    """

    name: str
    dialect: str
    resources: Sequence[ProviderResource]
    sources: Sequence[Source]
    errors: Sequence[Finding] = ()
    notes: Sequence[str] = ()
    environment: str = ""
    constraints: Sequence[Value] = ()
    unseen: str = ""
    inputs: frozenset[str] = frozenset()
