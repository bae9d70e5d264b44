"""A user's policies: the same form as ours, and every mistake told with its place and the nearest right word."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from enclint.checked_yaml import InvalidYamlError
from enclint.policy import bundled
from enclint.policy.bundled import Catalog
from enclint.policy.load import load_folders, load_sources
from enclint.source import Source

KIND = """\
volume:
  title: volume
  properties:
    encrypted: {type: boolean, when_absent: {value: false, source: 'https://docs.aws.amazon.com/'}}
    engine: {type: string, one_of: [aurora, mysql]}
    protocols: {type: list}
    parameters: {type: map}
    tls: {type: tls_policy, family: elbv2}
    source: {type: reference, to: volume}
    parts: {type: references, to: volume, link: contained}
  terraform:
    aws_volume: {encrypted: encrypted, engine: engine, source: source_id}
    other_volume: {like: aws_volume}
"""
POLICY = """\
id: volume-unencrypted
title: Volume is not encrypted
service: EBS
state: at_rest
severity: high
profile: baseline
resource: volume
require: {encrypted: true}
message: "{resource} is not encrypted: {engine}"
why: It is readable.
remedy: Set it.
references: [https://docs.aws.amazon.com/]
"""


def load(policy: str = POLICY, kind: str = KIND, *more: str) -> Catalog:
    sources = [Source("mine/vocabulary/volume.yaml", kind), Source("mine/volume.yaml", policy)]
    sources += [Source(f"mine/more{number}.yaml", text) for number, text in enumerate(more)]
    return load_sources(sources, Catalog({}, ()))


def mistakes(policy: str = POLICY, kind: str = KIND, *more: str) -> list[str]:
    with pytest.raises(InvalidYamlError) as error:
        load(policy, kind, *more)
    return [f"{each.span.line}: {each.message}" for each in error.value.mistakes]


def test_a_policy_and_its_kind_are_loaded() -> None:
    catalog = load()
    assert [policy.id for policy in catalog.policies] == ["volume-unencrypted"]
    assert catalog.get("volume-unencrypted") is not None
    assert "volume" in catalog.vocabulary


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (("encrypted: true}", "encrypt: true}"), '8: kind volume has no property "encrypt"; did you mean "encrypted"?'),
        (("{encrypted: true}", "{source.encrpted: true}"), 'has no property "encrpted"; did you mean "encrypted"?'),
        (("resource: volume", "resource: volumes"), '7: there is no kind "volumes"; did you mean "volume"?'),
        (("require:", "requires:"), 'did you mean "require"?'),
        (("severity: high", "severity: hihg"), '5: `hihg` is not possible here; did you mean "high"?'),
        (("encrypted: true}", "encrypted: {nott: true}}"), '8: there is no predicate "nott"; did you mean "not"?'),
        (("encrypted: true}", "encrypted: maybe}"), '"encrypted" is a boolean, and `maybe` is none'),
        (("encrypted: true}", "engine: auroa}"), '"engine" is never `auroa`; did you mean "aurora"?'),
        (("encrypted: true}", "engine: {in: [mysql, mysq]}}"), '"engine" is never `mysq`; did you mean "mysql"?'),
        (("encrypted: true}", "protocols: TLS}"), "ask with every, some or none"),
        (("encrypted: true}", "parts.encrypted: true}"), "ask with every, some or none"),
        (("encrypted: true}", "parts: {every: {encrypt: true}}}"), 'has no property "encrypt"'),
        (("encrypted: true}", "engine: {customer_key: true}}"), 'customer_key cannot be asked of "engine"'),
        (("encrypted: true}", "tls: {tls_at_least: best}}"), '"best" is no version of TLS'),
        (("encrypted: true}", 'engine: {matches: "("}}'), "missing )"),
        (("encrypted: true}", "'engine[x]': a}"), '"engine" is no map'),
        (("encrypted: true}", "any: [{encrypt: true}]}"), 'has no property "encrypt"'),
        (("{engine}", "{engin}"), '9: kind volume has no property "engin"; did you mean "engine"?'),
        (("id: volume-unencrypted", "id: Volume"), "1: an id is kebab-case"),
        (("profile: baseline", "profile: required"), "needs to say what it is `required_by`"),
        (("references: [https:", "references: [page:"), "a reference is the address of a page"),
    ],
)
def test_a_mistake_in_a_policy_is_told_with_its_line(wrong: tuple[str, str], told: str) -> None:
    found = mistakes(POLICY.replace(*wrong))
    assert any(told in each for each in found), found


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (("type: boolean", "type: bool"), '4: `bool` is not possible here; did you mean "boolean"?'),
        ((", source: 'https://docs.aws.amazon.com/'", ""), "4: a default of AWS needs a source"),
        (("{value: false,", "{value: false, same_as: engine,"), "one of same_as, value, owner and unknown"),
        (("to: volume}\n    parts", "to: volum}\n    parts"), '9: there is no kind "volum"; did you mean "volume"?'),
        (("link: contained", "by: sorce"), '10: kind volume has no property "sorce"; did you mean "source"?'),
        (("{encrypted: encrypted, e", "{encypted: encrypted, e"), '12: kind volume has no property "encypted"'),
        (("encrypted: encrypted, e", 'encrypted: "[*]", e'), "12: `[*]` is no path"),
        (("like: aws_volume", "like: aws_volum"), 'no carrier "aws_volum" to be like; did you mean "aws_volume"?'),
        (("family: elbv2", "family: elb"), "`elb` is not possible here"),
        (("type: tls_policy, family: elbv2", "type: tls_policy"), "8: a TLS policy needs a family"),
        (("{type: map}", "{type: key}"), '7: a property of the type key needs the kind "kms_key"'),
        (("  terraform:", "  teraform:"), 'did you mean "terraform"?'),
        (("    parts:", "    parts: {type: list}\n    parts:"), "stands here for the second time"),
    ],
)
def test_a_mistake_in_a_vocabulary_is_told_with_its_line(wrong: tuple[str, str], told: str) -> None:
    found = mistakes(POLICY, KIND.replace(*wrong))
    assert any(told in each for each in found), found


def test_every_mistake_is_told_at_once() -> None:
    found = mistakes(POLICY.replace("severity: high", "severity: hihg").replace("state: at_rest", "state: resting"))
    assert len(found) == 2


def test_an_id_used_twice_is_a_mistake() -> None:
    second = POLICY.replace("title", "aliases: [another-one]\ntitle")
    [mistake] = mistakes(POLICY, KIND, second)
    assert mistake == '1: "volume-unencrypted" is the id of the policy in mine/volume.yaml already'


def test_an_id_of_ours_is_taken() -> None:
    ours = bundled.load()
    text = POLICY.replace("volume-unencrypted", ours.policies[0].id)
    with pytest.raises(InvalidYamlError, match="a policy that ships with enclint"):
        load_sources([Source("vocabulary/v.yaml", KIND), Source("p.yaml", text)], ours)


def test_a_users_policy_may_speak_of_our_kinds_and_add_carriers() -> None:
    ours = bundled.load()
    carrier = "s3_bucket:\n  terraform:\n    acme_bucket: {name: label}\n"
    text = POLICY.replace("resource: volume", "resource: s3_bucket").replace(": {engine}", "")
    text = text.replace("{encrypted: true}", "{name: {matches: ^acme-}}")
    both = load_sources([Source("vocabulary/more.yaml", carrier), Source("p.yaml", text)], ours)
    assert len(both.policies) == len(ours.policies) + 1
    assert {"acme_bucket", "aws_s3_bucket"} <= both.vocabulary.provider_types(["s3_bucket"])


def test_folders_are_read_with_all_that_is_below(tmp_path: Path) -> None:
    for name, text in (
        ("vocabulary/v.yaml", KIND),
        ("ebs/deep/p.yml", POLICY),
        (".git/x.yaml", "x"),
        ("readme.md", ""),
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert [policy.id for policy in load_folders([str(tmp_path)], Catalog({}, ())).policies] == ["volume-unencrypted"]


def test_a_folder_without_policies_is_a_mistake(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "none"):
        with pytest.raises(InvalidYamlError):
            load_folders([str(folder)], Catalog({}, ()))


def test_text_that_is_no_yaml_is_told_with_its_place() -> None:
    assert mistakes(dedent("id: [\n"))[0].startswith("2: ")
