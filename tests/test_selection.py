"""Words choose policies, and a word that means none is an error, not an empty run."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest

from enclint.config import ConfigError
from enclint.selection import select

if TYPE_CHECKING:
    from collections.abc import Mapping


class Policy(NamedTuple):
    id: str
    aliases: tuple[str, ...] = ()
    profile: str = "baseline"
    required_by: str | None = None
    compliance: Mapping[str, tuple[str, ...]] = {}


POLICIES = [
    Policy(
        "ebs-volume-unencrypted", ("ebs-plain",), compliance={"aws-fsbp": ("EC2.3", "EC2.7"), "pci-dss-4": ("3.5.1",)}
    ),
    Policy("s3-sse-kms", profile="strict", required_by="sse_kms", compliance={"pci-dss-4": ("3.5.1",)}),
    Policy("s3-cmk", profile="strict"),
    Policy("s3-bucket-key-off", profile="strict"),
    Policy("kms-custom-key-store", profile="required", required_by="custom_key_store"),
]


def ids(profile: str = "baseline", selected: tuple[str, ...] = (), ignored: tuple[str, ...] = ()) -> list[str]:
    return [policy.id for policy in select(POLICIES, profile, selected, ignored)]


def test_the_baseline_is_what_is_always_on_and_what_may_be_required() -> None:
    assert ids() == ["ebs-volume-unencrypted", "s3-sse-kms", "kms-custom-key-store"]
    assert len(ids("strict")) == 5


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("s3-cmk", ["s3-cmk"]),
        ("ebs-plain", ["ebs-volume-unencrypted"]),
        ("s3-*", ["s3-sse-kms", "s3-cmk", "s3-bucket-key-off"]),
        ("compliance:pci-dss-4", ["ebs-volume-unencrypted", "s3-sse-kms"]),
        ("compliance:aws-fsbp/EC2.7", ["ebs-volume-unencrypted"]),
    ],
)
def test_selected_words_mean_policies_whatever_their_profile(word: str, expected: list[str]) -> None:
    assert ids(selected=(word,)) == expected
    assert not set(ids("strict", ignored=(word,))) & set(expected)


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("s3-smk", 'did you mean "s3-cmk"?'),
        ("rds-*", "there is no such policy"),
        ("compliance:pci-dss", 'did you mean "pci-dss-4"?'),
        ("compliance:hipaa", "known frameworks: aws-fsbp, pci-dss-4"),
    ],
)
def test_a_word_that_means_nothing_is_an_error(word: str, hint: str) -> None:
    for words in ({"selected": (word,)}, {"ignored": (word,)}):
        with pytest.raises(ConfigError) as told:
            ids(**words)
        assert hint in str(told.value)
