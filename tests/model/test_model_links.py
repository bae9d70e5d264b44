"""Who refers to whom: by reference, by name, through instances, under conditions, and what cannot be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from building import AWS, either, model, ref, resource, text, unknown, vocabulary
from enclint.model.index import Model
from enclint.model.kinds import ByDefault
from enclint.model.resource import Provider, ProviderResource
from enclint.model.scenario import Scenario, Undecided
from enclint.model.value import Absent, Known, Unknown, Value

if TYPE_CHECKING:
    from enclint.model.resources import Resource

KINDS = vocabulary("""
bucket:
  title: bucket
  identified_by: [name, url]
  properties:
    name: {type: string}
    url: {type: string}
    algorithm:
      type: string
      when_absent: [{same_as: configuration.algorithm}, {value: AES256, source: 'https://docs.aws.amazon.com/'}]
    configuration: {type: reference, to: configuration, by: bucket}
    settings: {type: reference, to: settings, link: provider}
    rules: {type: references, to: rule, link: contained}
  terraform:
    aws_bucket: {name: bucket, algorithm: sse}
configuration:
  title: configuration
  properties:
    bucket: {type: reference, to: bucket}
    algorithm: {type: string}
  terraform:
    aws_configuration: {bucket: bucket, algorithm: algorithm}
settings:
  title: settings
  properties: {active: {type: boolean}}
  terraform:
    aws_settings: {active: active}
rule:
  title: rule
  properties:
    name: {type: string}
    bucket: {type: reference, to: bucket, link: owner}
  terraform:
    aws_bucket: {each: 'rule[*]', label: name, name: name}
function:
  title: function
  properties:
    script: {type: text}
    buckets: {type: references, to: bucket, mentioned_in: script}
    trusted: {type: references, to: bucket}
  terraform:
    aws_function: {script: script, trusted: trusted}
key:
  title: key
  properties: {}
  terraform:
    aws_key: {}
    aws_alias: {stands_for: target}
    data.aws_key: {}
user:
  title: user of a key
  properties: {key: {type: reference, to: key}}
  terraform:
    aws_user: {key: key}
""")


def bucket(name: str = "aws_bucket.b", **arguments: Any) -> ProviderResource:
    return resource(name, arguments)


def configuration(
    link: Any, name: str = "aws_configuration.c", exists: Any = True, by: str = "kms"
) -> ProviderResource:
    return resource(name, {"bucket": link, "algorithm": by}, exists=exists)


def algorithm(project: Model, key: str = "aws_bucket.b", scenario: Scenario | None = None) -> Value:
    found = project.entity("bucket", key)
    assert found is not None
    return found.read("algorithm", scenario or Scenario())


def told(found: Value) -> Any:
    assert isinstance(found, Known), found
    return found.data


@pytest.mark.parametrize(
    "link",
    [
        ref("aws_bucket.b", "id"),
        ref("aws_bucket.b", "bucket"),
        "example",
        "arn:aws:s3:::example",
        "https://s3.example.com/111122223333/example",
        text("arn:aws:s3:::", ref("aws_bucket.b", "id")),
    ],
)
def test_a_companion_configures_the_resource_that_it_refers_to(link: Any) -> None:
    project = model(KINDS, bucket(bucket="example"), bucket("aws_bucket.other", bucket="other"), configuration(link))
    assert told(algorithm(project)) == "kms"
    assert told(algorithm(project, "aws_bucket.other")) == "AES256"


@pytest.mark.parametrize("link", ["another", ref("aws_bucket.other", "id"), ref("data.aws_bucket.x", "id"), Absent()])
def test_a_companion_of_something_else_changes_nothing(link: Any) -> None:
    assert told(algorithm(model(KINDS, bucket(bucket="example"), configuration(link)))) == "AES256"


def test_nobody_wrote_a_default_and_it_knows_its_source() -> None:
    found = algorithm(model(KINDS, bucket()))
    assert isinstance(found, ByDefault)
    assert found.source == "https://docs.aws.amazon.com/"


def test_what_is_written_comes_before_the_companion() -> None:
    project = model(KINDS, bucket(sse="inline"), configuration(ref("aws_bucket.b")))
    assert told(algorithm(project)) == "inline"


def test_names_that_are_made_of_the_same_unknowns_are_the_same() -> None:
    name = text(unknown("prefix"), "-logs")
    other = text(unknown("suffix"), "-logs")
    project = model(KINDS, bucket(bucket=name), bucket("aws_bucket.other", bucket=other), configuration(name))
    assert told(algorithm(project)) == "kms"


def test_an_unknown_link_leaves_the_property_unknown_unless_the_name_rules_it_out() -> None:
    project = model(KINDS, bucket(bucket="example"), configuration(unknown("name")))
    found = algorithm(project)
    assert isinstance(found, Unknown)
    assert found.reason == "variable `name` has no default"
    project = model(KINDS, bucket(bucket="example"), configuration(text("logs-", unknown("name"))))
    assert told(algorithm(project)) == "AES256"


@pytest.mark.parametrize("ends", [":logs", ":aws_bucket/logs", "/logs"])
def test_an_address_that_ends_in_another_name_is_not_of_this_resource(ends: str) -> None:
    link = text("arn:", unknown("partition"), ends)
    assert told(algorithm(model(KINDS, bucket(bucket="example"), configuration(link)))) == "AES256"
    assert told(algorithm(model(KINDS, bucket(), configuration(link)))) == "AES256"
    assert isinstance(algorithm(model(KINDS, bucket(bucket="logs"), configuration(link))), Unknown)
    assert isinstance(algorithm(model(KINDS, bucket(bucket=unknown("name")), configuration(link))), Unknown)


def test_an_address_of_which_only_data_sources_are_not_known_may_name_a_resource() -> None:
    link = text("https://queue.", ref("data.aws_region.r", "name"), "/example")
    assert isinstance(algorithm(model(KINDS, bucket(bucket="example"), configuration(link))), Unknown)
    assert told(algorithm(model(KINDS, bucket(bucket="other"), configuration(link)))) == "AES256"


def test_an_address_may_end_in_a_name_that_is_known_in_part() -> None:
    link = text("arn:aws:s3:::", unknown("name"), "-logs")
    assert isinstance(algorithm(model(KINDS, bucket(bucket="app-logs"), configuration(link))), Unknown)
    assert told(algorithm(model(KINDS, bucket(bucket="app-data"), configuration(link)))) == "AES256"


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        (text(unknown("app"), "-data"), "AES256"),
        (text(unknown("app"), "-logs-data"), "AES256"),
        (text(unknown("app"), "-more-logs"), "AES256"),
        (text(unknown("other"), "-data"), "AES256"),
        ("some-data", "AES256"),
        (text("arn:aws:s3:::", unknown("app"), "-data"), "AES256"),
        (text(unknown("app"), "-logs"), "kms"),
        (text("arn:aws:s3:::", unknown("app"), "-logs"), None),
        (text(unknown("other"), "-logs"), None),
        (text(unknown("app"), "-", unknown("other")), None),
        ("some-logs", None),
    ],
)
def test_names_of_unknown_pieces_are_told_apart_by_the_known_ones(link: Any, expected: str | None) -> None:
    project = model(KINDS, bucket(bucket=text(unknown("app"), "-logs")), configuration(link))
    found = algorithm(project)
    assert isinstance(found, Unknown) if expected is None else told(found) == expected


def test_a_name_that_is_not_known_may_be_the_one_that_a_companion_names_unless_another_has_it() -> None:
    project = model(KINDS, bucket(bucket=unknown("name")), configuration("logs"))
    assert isinstance(algorithm(project), Unknown)
    named = bucket("aws_bucket.other", bucket="logs")
    project = model(KINDS, bucket(bucket=unknown("name")), named, configuration("logs"))
    assert told(algorithm(project)) == "AES256"
    project = model(KINDS, bucket(bucket=unknown("name")), configuration(text(unknown("x"), "-a")))
    assert isinstance(algorithm(project), Unknown)
    named = bucket("aws_bucket.other", bucket=text(unknown("x"), "-a"))
    project = model(KINDS, bucket(bucket=unknown("name")), named, configuration(text(unknown("x"), "-a")))
    assert told(algorithm(project)) == "AES256"


def test_of_many_names_that_may_be_meant_none_is_looked_at_in_vain() -> None:
    strangers = [configuration(f"stranger-{n}", f"aws_configuration.c{n}") for n in range(100)]
    project = model(KINDS, bucket(bucket=text(unknown("x"), "-a")), *strangers)
    found = algorithm(project)
    assert isinstance(found, Unknown)
    assert found.reason == "it may be meant by one of many names that nothing else in the code has"
    buckets = [bucket(f"aws_bucket.b{n}", bucket=f"stranger-{n}") for n in range(100)]
    project = model(KINDS, bucket(bucket=text(unknown("x"), "-a")), *buckets, *strangers)
    assert told(algorithm(project)) == "AES256"


def test_a_certain_companion_outweighs_one_that_may_be_another_resources() -> None:
    project = model(
        KINDS,
        bucket(bucket="example"),
        configuration(unknown("name"), "aws_configuration.loose"),
        configuration(ref("aws_bucket.b")),
    )
    assert told(algorithm(project)) == "kms"


def test_instances_are_linked_key_by_key() -> None:
    project = model(
        KINDS,
        bucket('aws_bucket.b["one"]'),
        bucket('aws_bucket.b["two"]'),
        configuration(ref('aws_bucket.b["one"]'), 'aws_configuration.c["one"]'),
    )
    assert told(algorithm(project, 'aws_bucket.b["one"]')) == "kms"
    assert told(algorithm(project, 'aws_bucket.b["two"]')) == "AES256"


def test_an_instance_that_is_not_decided_may_be_any() -> None:
    some = configuration(ref("aws_bucket.b", "id", any_instance=True))
    assert isinstance(
        algorithm(model(KINDS, bucket("aws_bucket.b[0]"), bucket("aws_bucket.b[1]"), some), "aws_bucket.b[1]"), Unknown
    )
    assert told(algorithm(model(KINDS, bucket("aws_bucket.b[0]"), some), "aws_bucket.b[0]")) == "kms"


def test_companions_under_complementary_conditions_are_exactly_one() -> None:
    project = model(
        KINDS,
        bucket(),
        configuration(ref("aws_bucket.b"), "aws_configuration.one", either("cdn", False, True), "kms"),
        configuration(ref("aws_bucket.b"), "aws_configuration.two", either("cdn", True, False), "dsse"),
    )
    with pytest.raises(Undecided) as question:
        algorithm(project)
    answers = {d.case: told(algorithm(project, scenario=Scenario((d,)))) for d in question.value.decisions}
    assert answers == {True: "dsse", False: "kms"}


def test_a_link_under_a_condition_configures_one_or_the_other() -> None:
    link = either("first", ref("aws_bucket.a"), ref("aws_bucket.b"))
    project = model(KINDS, bucket("aws_bucket.a"), bucket("aws_bucket.b"), configuration(link))
    with pytest.raises(Undecided) as question:
        algorithm(project)
    answers = {d.case: told(algorithm(project, scenario=Scenario((d,)))) for d in question.value.decisions}
    assert answers == {True: "AES256", False: "kms"}


def test_two_companions_that_disagree_leave_it_unknown() -> None:
    both = [configuration(ref("aws_bucket.b"), f"aws_configuration.{by}", by=by) for by in ("kms", "dsse")]
    assert isinstance(algorithm(model(KINDS, bucket(), *both)), Unknown)


def test_a_value_that_came_from_a_companion_says_so() -> None:
    found = algorithm(model(KINDS, bucket(), configuration(ref("aws_bucket.b"))))
    assert found.trace is not None
    assert found.trace.label.startswith("aws_configuration.c")


def entity(project: Model, kind: str, key: str) -> Resource:
    found = project.entity(kind, key)
    assert found is not None
    return found


def test_settings_are_those_of_the_same_provider() -> None:
    eu = Provider("aws.eu", AWS.region, AWS.default_tags)
    project = model(KINDS, bucket(), resource("aws_settings.s", {"active": True}, provider=eu))
    assert entity(project, "bucket", "aws_bucket.b").targets("settings", Scenario()).resources == ()
    project = model(KINDS, bucket(), resource("aws_settings.s", {"active": True}))
    assert len(entity(project, "bucket", "aws_bucket.b").targets("settings", Scenario()).resources) == 1


def test_blocks_and_their_owner_find_each_other() -> None:
    project = model(
        KINDS, bucket(rule=[{"name": "a"}, {"name": "b"}]), bucket("aws_bucket.other", rule=[{"name": "c"}])
    )
    owner = entity(project, "bucket", "aws_bucket.b")
    rules = owner.targets("rules", Scenario()).resources
    assert [rule.label for rule in rules] == ["a", "b"]
    assert rules[0].targets("bucket", Scenario()).resources == (owner,)
    assert rules[0].name == "aws_bucket.b (a)"


def test_a_text_mentions_what_is_pieced_into_it() -> None:
    script = text("echo ", ref("aws_bucket.b", "arn"), " ", unknown("more"))
    project = model(KINDS, bucket(), resource("aws_function.f", {"script": script}))
    targets = entity(project, "function", "aws_function.f").targets("buckets", Scenario())
    assert [each.source.key for each in targets.resources] == ["aws_bucket.b"]
    assert targets.unknown == "variable `more` has no default"


def test_a_list_of_references_leads_to_each() -> None:
    trusted = [ref("aws_bucket.b"), ref("data.aws_bucket.x"), unknown("bucket")]
    project = model(KINDS, bucket(), resource("aws_function.f", {"trusted": trusted}))
    targets = entity(project, "function", "aws_function.f").targets("trusted", Scenario())
    assert [each.source.key for each in targets.resources] == ["aws_bucket.b"]
    assert targets.is_outside
    assert targets.unknown is not None


def test_who_refers_to_a_stand_in_refers_to_what_it_stands_for() -> None:
    alias = resource("aws_alias.a", {"target": ref("aws_key.k", "id")})
    project = model(KINDS, resource("aws_key.k"), alias, resource("aws_user.u", {"key": ref("aws_alias.a")}))
    targets = entity(project, "user", "aws_user.u").targets("key", Scenario())
    assert [each.source.key for each in targets.resources] == ["aws_key.k"]


def test_stand_ins_in_a_circle_end() -> None:
    one = resource("aws_alias.a", {"target": ref("aws_alias.b", "id")})
    two = resource("aws_alias.b", {"target": ref("aws_alias.a", "id")})
    project = model(KINDS, one, two, resource("aws_user.u", {"key": ref("aws_alias.a")}))
    assert entity(project, "user", "aws_user.u").targets("key", Scenario()).resources == ()


def test_many_companions_are_found_without_looking_at_each() -> None:
    number = 2_000
    buckets = [bucket(f"aws_bucket.b[{n}]") for n in range(number)]
    companions = [configuration(ref(f"aws_bucket.b[{n}]"), f"aws_configuration.c[{n}]") for n in range(number)]
    project = model(KINDS, *buckets, *companions)
    reads = 0
    original = Model.refers

    def counted(self: Model, *arguments: Any, **more: Any) -> bool | str:
        nonlocal reads
        reads += 1
        return original(self, *arguments, **more)

    Model.refers = counted  # type: ignore[method-assign]
    try:
        assert all(told(each.read("algorithm", Scenario())) == "kms" for each in project.of_kind("bucket"))
    finally:
        Model.refers = original  # type: ignore[method-assign]
    assert reads == number
