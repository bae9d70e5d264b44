"""IAM policy documents: their statements, and the questions that policies ask of them.

A document may be JSON text (whole, or with unknown pieces), `jsonencode(…)`, a CloudFormation object, or a data source
that builds one from blocks. Every answer is True, False, a statement that makes it so, or why it is not known.
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

from enclint.lean_typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias
from enclint.model.json_text import parsed
from enclint.model.value import Absent, Encoded, Known, Partial, Reference, Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from enclint.model.index import Model
    from enclint.model.scenario import Scenario

DOCUMENT_KIND: Final = "iam_policy_document"
"""The kind of what builds a document from blocks: properties `statements`, `sources`, `overrides`."""
_MAX_NESTING: Final = 8
_HIDDEN: Final = "\0"
"""Stands for an unknown piece of a text."""

Fact: TypeAlias = bool | str
"""True, False, or why it is not known."""


class Document(NamedTuple):
    """Statements in their order. `unknown`: why there may be others, or none at all, that cannot be seen."""

    statements: tuple[Statement, ...]
    unknown: str | None = None


class Test(NamedTuple):
    """One condition of a statement: an operator, the key that it looks at in lower case, and the values allowed."""

    operator: str
    key: str
    values: tuple[Value, ...]


class Statement:
    """One statement, written as JSON (`Effect`, `Principal`) or as a block (`effect`, `principals`)."""

    __slots__ = ("_scenario", "value")

    def __init__(self, value: Known, scenario: Scenario) -> None:
        self.value = value
        self._scenario = scenario

    def field(self, *names: str) -> Value:
        """The first of some members that is there."""
        for name in names:
            found = self.value.data.get(name)
            if found is not None:
                found = self._scenario.resolve(found)
                if found.__class__ is not Absent:
                    return found
        return Absent(self.value.span)

    def items(self, *names: str) -> tuple[Value, ...]:
        """A member that is one value or a list of them, as a list."""
        return tuple(_items(self.field(*names), self._scenario))

    @property
    def sid(self) -> str | None:
        """The statement's name, if it has one."""
        sid = self.field("Sid", "sid")
        return str(sid.data) if isinstance(sid, Known) else None

    def has_effect(self, wanted: str) -> Fact:
        """Whether it allows or denies; a block without `effect` allows."""
        effect = self.field("Effect", "effect")
        if isinstance(effect, Absent):
            return wanted == "Allow"
        return str(effect.data) == wanted if isinstance(effect, Known) else _reason(effect)

    def speaks_of_everybody(self) -> Fact:
        """Whether its principal is anybody at all (`*`). Without one it speaks of nobody."""
        if not isinstance(self.field("NotPrincipal", "not_principals"), Absent):
            return self.has_effect("Allow")
        unknown: str | None = None
        for kind, principal in self._principals():
            if isinstance(principal, Known):
                if principal.data == "*" and kind in ("*", "AWS"):
                    return True
            elif not isinstance(principal, (Reference, Partial)):
                unknown = _reason(principal)
        return unknown or False

    def _principals(self) -> Iterator[tuple[str, Value]]:
        principal = self.field("Principal", "principals")
        if isinstance(principal, Known) and principal.data.__class__ is dict and "identifiers" not in principal.data:
            for kind, members in principal.data.items():
                for member in _items(self._scenario.resolve(members), self._scenario):
                    yield kind, member
            return
        for item in _items(principal, self._scenario):
            if isinstance(item, Known) and item.data.__class__ is dict:
                kind = self._scenario.resolve(item.data.get("type", Absent()))
                name = str(kind.data) if isinstance(kind, Known) else "AWS"
                for member in _items(self._scenario.resolve(item.data.get("identifiers", Absent())), self._scenario):
                    yield name, member
            else:
                yield "*", item

    def conditions(self) -> list[Test] | str:
        """All its conditions; why they are not known, where they are not."""
        condition = self.field("Condition", "condition")
        if isinstance(condition, Absent):
            return []
        if not isinstance(condition, Known):
            return _reason(condition)
        if condition.data.__class__ is dict and "test" not in condition.data:
            return self._conditions_of_json(condition)
        return self._conditions_of_blocks(condition)

    def _conditions_of_json(self, condition: Known) -> list[Test] | str:
        tests: list[Test] = []
        for operator, block in condition.data.items():
            members = self._scenario.resolve(block)
            if isinstance(members, Unknown):
                return _reason(members)
            if not isinstance(members, Known) or members.data.__class__ is not dict:
                continue
            for key, values in members.data.items():
                items = tuple(_items(self._scenario.resolve(values), self._scenario))
                tests.append(Test(operator, key.lower(), items))
        return tests

    def _conditions_of_blocks(self, condition: Known) -> list[Test] | str:
        tests: list[Test] = []
        for block in _items(condition, self._scenario):
            if not isinstance(block, Known) or block.data.__class__ is not dict:
                return _reason(block)
            operator, key = (self._scenario.resolve(block.data.get(name, Absent())) for name in ("test", "variable"))
            if not isinstance(operator, Known) or not isinstance(key, Known):
                return _reason(operator if not isinstance(operator, Known) else key)
            values = self._scenario.resolve(block.data.get("values", Absent()))
            tests.append(Test(str(operator.data), str(key.data).lower(), tuple(_items(values, self._scenario))))
        return tests


def _items(value: Value, scenario: Scenario) -> Iterator[Value]:
    if isinstance(value, Known) and value.data.__class__ is list:
        for item in value.data:
            element = scenario.resolve(item)
            if element.__class__ is not Absent:
                yield element
    elif value.__class__ is not Absent:
        yield value


def _reason(value: Value) -> str:
    return value.reason if isinstance(value, Unknown) else "a part of the policy document is not understood"


# Reading


def read(value: Value, model: Model, scenario: Scenario, nesting: int = 0) -> Document:
    """The document that a value holds; one without statements where there is none."""
    value = scenario.resolve(value)
    if isinstance(value, Absent) or (isinstance(value, Known) and value.data == ""):
        return Document(())
    if nesting > _MAX_NESTING:
        return Document((), "the policy document is made of too many others")
    if isinstance(value, Reference):
        return _built(value, model, scenario, nesting)
    if isinstance(value, (Encoded, Partial)) or (isinstance(value, Known) and value.data.__class__ is str):
        value = scenario.resolve(parsed(value))
    if isinstance(value, Known) and value.data.__class__ is list and len(value.data) == 1:
        value = scenario.resolve(value.data[0])
    if not isinstance(value, Known) or value.data.__class__ is not dict:
        return Document((), _reason(value))
    return _statements(value.data.get("Statement", Absent()), scenario)


def _statements(value: Value, scenario: Scenario) -> Document:
    found: list[Statement] = []
    unknown: str | None = None
    for item in _items(scenario.resolve(value), scenario):
        if isinstance(item, Known) and item.data.__class__ is dict:
            found.append(Statement(item, scenario))
        else:
            unknown = _reason(item)
    return Document(tuple(found), unknown)


def _built(value: Reference, model: Model, scenario: Scenario, nesting: int) -> Document:
    """A document that is built from blocks and from other documents, where statements of one name replace earlier."""
    builders = model.find(DOCUMENT_KIND, value, scenario).resources
    if len(builders) != 1:
        return Document((), value.reason)
    builder = builders[0]
    documents = [
        *(read(each, model, scenario, nesting + 1) for each in _items(builder.read("sources", scenario), scenario)),
        _statements(builder.read("statements", scenario), scenario),
        *(read(each, model, scenario, nesting + 1) for each in _items(builder.read("overrides", scenario), scenario)),
    ]
    statements: dict[str | int, Statement] = {}
    for document in documents:
        for statement in document.statements:
            statements[statement.sid or len(statements)] = statement
    unknown = next((document.unknown for document in documents if document.unknown), None)
    return Document(tuple(statements.values()), unknown)


# Does it deny every request without TLS?

SCOPES: Final = ("resource", "bucket", "bucket_itself", "objects", "topic", "file_system")
"""What must be denied: all actions on the one `resource`; on a `bucket` and its objects, or one half of that; for a
`topic` publishing to it, since its policies take no wildcard over all actions; for a `file_system` mounting it."""
_SUFFICIENT: Final = {"topic": "sns:publish", "file_system": "elasticfilesystem:clientmount"}
"""The action without which there is nothing to protect, where that is one."""


def denies_insecure_transport(document: Document, scope: str) -> Fact:
    """Whether statements deny everybody everything within the scope that is asked for without TLS.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html
    """
    if scope == "file_system":
        return _any((_allows_only_with_tls(document), _denies_parts(document, (scope,))))
    return _denies_parts(document, ("bucket_itself", "objects") if scope == "bucket" else (scope,))


def _denies_parts(document: Document, parts: tuple[str, ...]) -> Fact:
    unknown: str | None = None
    for part in parts:
        fact = _any(_denies_without_tls(statement, part) for statement in document.statements)
        if fact is False:
            if document.unknown is None:
                return False
            fact = document.unknown
        if isinstance(fact, str):
            unknown = fact
    return unknown or True


def _denies_without_tls(statement: Statement, part: str) -> Fact:
    def facts() -> Iterator[Fact]:
        yield statement.has_effect("Deny")
        yield _is_about_missing_tls(statement, part)
        yield statement.speaks_of_everybody()
        yield _covers_actions(statement, part)
        yield _covers_part(statement, part)

    return _all(facts())


def _is_about_missing_tls(statement: Statement, part: str) -> Fact:
    """Whether the absence of TLS is the one condition: any other would narrow what is denied."""
    tests = statement.conditions()
    if isinstance(tests, str):
        return tests
    others = [test for test in tests if test.key != "aws:securetransport"]
    if len(tests) != len(others) + 1 or (others and part != "file_system"):
        return False
    about_tls = (_is(test, False, ("Bool", "BoolIfExists")) for test in tests if test not in others)
    return _all((*about_tls, *(_is_of_every_client(test) for test in others)))


def _is_of_every_client(test: Test) -> Fact:
    """Whether a condition holds of all who mount a file system: they do so through its mount targets."""
    return test.key == "elasticfilesystem:accessedviamounttarget" and _is(test, True)


def _allows_only_with_tls(document: Document) -> Fact:
    """Whether a file system lets in only who uses TLS: with a policy of its own, only who is allowed gets in.

    Source: https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html
    """

    def facts() -> Iterator[Fact]:
        yield _any(statement.has_effect("Allow") for statement in document.statements)
        for statement in document.statements:
            yield _any((statement.has_effect("Deny"), _asks_for_tls(statement)))
        yield document.unknown or True

    return _all(facts())


def _asks_for_tls(statement: Statement) -> Fact:
    tests = statement.conditions()
    return (
        tests
        if isinstance(tests, str)
        else _any(test.key == "aws:securetransport" and _is(test, True) for test in tests)
    )


def _is(test: Test, wanted: bool, operators: tuple[str, ...] = ("Bool",)) -> Fact:
    """Whether a condition says that its key is true, or false."""
    if test.operator not in operators:
        return False
    text = "true" if wanted else "false"
    return _all(
        str(value.data).lower() == text if isinstance(value, Known) else _reason(value) for value in test.values
    )


def _covers_actions(statement: Statement, part: str) -> Fact:
    if not isinstance(statement.field("NotAction", "not_actions"), Absent):
        return False
    facts: list[Fact] = []
    for action in statement.items("Action", "actions"):
        if isinstance(action, Known):
            text = str(action.data).lower()
            is_all = re.fullmatch(r"\*+|[a-z0-9-]+:\*+", text) is not None
            facts.append(is_all or (part in _SUFFICIENT and fnmatchcase(_SUFFICIENT[part], text)))
        else:
            facts.append(_reason(action))
    return _any(facts)


def _covers_part(statement: Statement, part: str) -> Fact:
    if not isinstance(statement.field("NotResource", "not_resources"), Absent):
        return False
    if part in ("resource", *_SUFFICIENT):
        return True  # a policy of a resource can only speak of that resource
    items = statement.items("Resource", "resources")
    return _any(_names_part(item, part) for item in items) if items else True


def _names_part(item: Value, part: str) -> Fact:
    """Whether an ARN, as far as it is known, names the bucket itself, or all its objects."""
    if isinstance(item, Known):
        text = str(item.data)
    elif isinstance(item, Partial):
        text = _as_text(item)
    elif isinstance(item, Reference):
        text = _HIDDEN
    else:
        return _reason(item)
    if part == "objects":
        return re.fullmatch(r"[^/]*(?:/\*+|\*)", text) is not None
    return "/" not in text


def _as_text(value: Partial) -> str:
    """A text that is put together, with a sign for each piece that is not known."""
    return "".join(str(each.data) if isinstance(each, Known) else _HIDDEN for each in value.parts)


# Does it allow something to everybody?

_BINDING_KEYS: Final = frozenset(
    {
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceip",
        "aws:sourceorgid",
        "aws:sourceorgpaths",
        "aws:sourceowner",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:userid",
        "elasticfilesystem:accessedviamounttarget",
        "elasticfilesystem:accesspointarn",
        "kms:calleraccount",
        "s3:dataaccesspointaccount",
        "s3:dataaccesspointarn",
    }
)
"""Keys whose value ties a request to an identity or a network. Source:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html"""
_BINDING_OPERATORS: Final = re.compile(
    r"(?:ForAnyValue:)?(?:StringEquals|StringEqualsIgnoreCase|StringLike|ArnEquals|ArnLike|IpAddress|Bool)\Z",
    re.IGNORECASE,
)
"""Negated ones bind nobody, and with `IfExists` or `ForAllValues` a request without the key is let in."""
_ANYTHING: Final = frozenset({"*", "0.0.0.0/0", "::/0"})
_BOUND_WITH_WILDCARD: Final = re.compile(
    r"arn:[^:*?]*:[^:]*:[^:]*:[^:*?]+:.+"  # the account is fixed
    r"|arn:[^:*?]*:[^:]*:[^:]*::[^*?]+.*"  # no account, but the beginning of a name that is unique without one
    r"|(?!arn:)[^:/*?]+[:/].*",  # the role of a user id, the organisation of a path
    re.DOTALL,
)
"""Patterns that keep to one account, name or organisation; any other wildcard (`o-*`, `arn:aws:iam::*:role/*`) lets
strangers in."""


def allows_any_principal(document: Document) -> Statement | Fact:
    """The first statement that allows something to everybody without a condition that binds it, if there is one."""
    unknown = document.unknown
    for statement in document.statements:
        fact = _allows_anybody(statement)
        if fact is True:
            return statement
        if isinstance(fact, str):
            unknown = fact
    return unknown or False


def _allows_anybody(statement: Statement) -> Fact:
    def facts() -> Iterator[Fact]:
        yield statement.has_effect("Allow")
        yield statement.speaks_of_everybody()
        yield _is_unbound(statement)

    return _all(facts())


def _is_unbound(statement: Statement) -> Fact:
    tests = statement.conditions()
    if isinstance(tests, str):
        return tests
    bound = _any(_binds(test) for test in tests)
    return bound if isinstance(bound, str) else not bound


def _binds(test: Test) -> Fact:
    if test.key not in _BINDING_KEYS or _BINDING_OPERATORS.match(test.operator) is None or not test.values:
        return False
    is_literal = test.operator.lower().endswith(("equals", "equalsignorecase")) and "arn" not in test.operator.lower()
    return _all(_is_narrow(value, is_literal=is_literal) for value in test.values)


def _is_narrow(value: Value, *, is_literal: bool) -> Fact:
    """Whether a value leaves few to whom the statement applies; compared literally, any one value does."""
    if isinstance(value, Known):
        text = str(value.data)
        return text not in _ANYTHING and (is_literal or _keeps_to_one(text))
    if is_literal or isinstance(value, Reference):
        return True
    return _keeps_to_one(_as_text(value)) if isinstance(value, Partial) else _reason(value)


def _keeps_to_one(text: str) -> bool:
    """Whether a text has no wildcard where it would stand for the accounts of others."""
    return not re.search(r"[*?]", text) or _BOUND_WITH_WILDCARD.fullmatch(text) is not None


def _all(facts: Iterable[Fact]) -> Fact:
    """Three-valued and: False as soon as one is."""
    unknown: str | None = None
    for fact in facts:
        if fact is False:
            return False
        if isinstance(fact, str):
            unknown = fact
    return unknown or True


def _any(facts: Iterable[Fact]) -> Fact:
    """Three-valued or: True as soon as one is."""
    unknown: str | None = None
    for fact in facts:
        if fact is True:
            return True
        if isinstance(fact, str):
            unknown = fact
    return unknown or False
