"""Predicates on TLS policies and policy documents: what a policy may ask about encryption in transit and access."""

from __future__ import annotations

from enclint.lean_typing import TYPE_CHECKING, Any, Final
from enclint.model import documents, tls
from enclint.model.kinds import FormError
from enclint.model.kleene import Evidence, Outcome
from enclint.model.predicates import unknown_because
from enclint.model.value import Absent, Known, Value, shown

if TYPE_CHECKING:
    from enclint.model.kinds import Kind, Property
    from enclint.model.predicates import Answer, ValueTest
    from enclint.model.resources import Resource
    from enclint.model.scenario import Scenario


def _tls_at_least(limit: Any, property: Property | None, _kind: Kind | None) -> ValueTest:
    wanted = tls.parse_version(str(limit))
    family = property.family if property is not None else None
    if wanted is None:
        raise FormError(f'"{limit}" is no version of TLS')
    if family not in tls.FAMILIES:
        raise FormError("tls_at_least needs a property of the type tls_policy, with a family")

    def test(value: Value, _resource: Resource, _scenario: Scenario) -> Answer:
        if isinstance(value, Absent):
            return False
        if not isinstance(value, Known):
            return unknown_because(value)
        least = tls.least_version(str(value.data), family)
        return bool(least >= wanted) if least is not None else f"{shown(value)} is no TLS policy that is known here"

    return test


def _denies_insecure_transport(scope: Any, _property: Property | None, _kind: Kind | None) -> ValueTest:
    if scope not in documents.SCOPES:
        raise FormError(f'"{scope}" is none of {", ".join(documents.SCOPES)}')

    def test(value: Value, resource: Resource, scenario: Scenario) -> Answer:
        return documents.denies_insecure_transport(documents.read(value, resource.model, scenario), scope)

    return test


def _allows_any_principal(wanted: Any, _property: Property | None, _kind: Kind | None) -> ValueTest:
    def test(value: Value, resource: Resource, scenario: Scenario) -> Answer:
        answer = documents.allows_any_principal(documents.read(value, resource.model, scenario))
        return _statement_outcome(answer, bool(wanted), resource)

    return test


def _statement_outcome(answer: bool | str | documents.Statement, wanted: bool, resource: Resource) -> Answer:
    """The outcome of a question that a statement answers with yes: where it should not, the statement is shown."""
    if isinstance(answer, documents.Statement):
        return True if wanted else Outcome(False, (Evidence(resource, "statement", answer.value),))
    if isinstance(answer, str):
        return answer
    return answer is wanted


COMPILERS: Final = {
    "tls_at_least": _tls_at_least,
    "denies_insecure_transport": _denies_insecure_transport,
    "allows_any_principal": _allows_any_principal,
}
"""The words, each with what makes a test of its argument."""
