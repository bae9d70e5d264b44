"""A policy, compiled from the plain data of its YAML file when somebody asks for it (see docs/policy-form.md)."""

from __future__ import annotations

from enclint.finding import Severity
from enclint.lean_typing import TYPE_CHECKING, Any, NamedTuple
from enclint.model.conditions import compile_condition

if TYPE_CHECKING:
    from collections.abc import Mapping

    from enclint.model.conditions import Condition
    from enclint.model.kinds import Kind
    from enclint.model.vocabulary import Vocabulary


class Unseen(NamedTuple):
    """Where the code cannot show the answer: the condition, and why."""

    when: Condition
    because: str


class Variant(NamedTuple):
    """What is said otherwise where a condition holds."""

    when: Condition
    severity: Severity | None
    message: str | None
    remedy: str | None


class Policy:
    """One question about one kind. Texts are there at once; conditions are compiled when they are first needed."""

    __slots__ = ("_compiled", "_vocabulary", "aliases", "data", "id")

    def __init__(self, data: Mapping[str, Any], vocabulary: Vocabulary) -> None:
        self.data = data
        self.id: str = data["id"]
        self.aliases: tuple[str, ...] = tuple(data.get("aliases", ()))
        self._vocabulary = vocabulary
        self._compiled: Compiled | None = None

    def __repr__(self) -> str:
        return f"Policy({self.id})"

    def __reduce__(self) -> tuple[Any, ...]:
        return Policy, (self.data, self._vocabulary)  # each process compiles what it needs

    @property
    def title(self) -> str:
        """The fault, in a few words."""
        return str(self.data["title"])

    @property
    def service(self) -> str:
        """The AWS service that it speaks of."""
        return str(self.data["service"])

    @property
    def state(self) -> str:
        """at_rest, in_transit, key_management or certificate."""
        return str(self.data["state"])

    @property
    def severity(self) -> Severity:
        """How much it matters where no variant says otherwise."""
        return Severity(self.data["severity"])

    @property
    def profile(self) -> str:
        """baseline, strict or required."""
        return str(self.data["profile"])

    @property
    def required_by(self) -> str | None:
        """The requirement that makes it apply."""
        return self.data.get("required_by")

    @property
    def kind_name(self) -> str:
        """The kind that it judges."""
        return str(self.data["resource"])

    @property
    def message(self) -> str:
        """What is said of a resource that fails, with placeholders."""
        return str(self.data["message"])

    @property
    def why(self) -> str:
        """Why it matters."""
        return str(self.data["why"]).strip()

    @property
    def remedy(self) -> str:
        """What to do."""
        return str(self.data["remedy"]).strip()

    @property
    def compliance(self) -> dict[str, tuple[str, ...]]:
        """The controls that it serves, by framework."""
        return {name: tuple(map(str, ids)) for name, ids in self.data.get("compliance", {}).items()}

    @property
    def also_known_as(self) -> dict[str, tuple[str, ...]]:
        """The ids of the same question in other tools, by tool."""
        return {name: tuple(map(str, ids)) for name, ids in self.data.get("also_known_as", {}).items()}

    @property
    def references(self) -> tuple[str, ...]:
        """Addresses of the pages that it leans on."""
        return tuple(self.data["references"])

    @property
    def deprecated(self) -> str | None:
        """The id of the policy that took its place; it is judged no more, and its id lives on."""
        return self.data.get("deprecated")

    @property
    def compiled(self) -> Compiled:
        """Its conditions. Raises FormError for what the vocabulary does not know."""
        if self._compiled is None:
            self._compiled = Compiled(self.data, self._vocabulary.kind(self.kind_name))
        return self._compiled


class Compiled:
    """The conditions of a policy."""

    __slots__ = ("require", "unseen", "variants", "when")

    def __init__(self, data: Mapping[str, Any], kind: Kind) -> None:
        self.when = compile_condition(data["when"], kind) if "when" in data else None
        self.require = compile_condition(data["require"], kind)
        self.unseen = tuple(
            Unseen(compile_condition(each["when"], kind), each["because"]) for each in data.get("undecided", ())
        )
        self.variants = tuple(
            Variant(
                compile_condition(each["when"], kind),
                Severity(each["severity"]) if "severity" in each else None,
                each.get("message"),
                each.get("remedy"),
            )
            for each in data.get("variants", ())
        )
