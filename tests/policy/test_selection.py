"""Which policies are on: by profile, by what is required somewhere, by name, by framework."""

from __future__ import annotations

from functools import cache

import pytest

from enclint.catalog import judging
from enclint.config import Config, ConfigError
from enclint.policy import bundled
from enclint.policy.bundled import Catalog
from enclint.policy.form import Policy
from enclint.policy.selection import matches, selected, unmatched, wanted_types
from enclint.policy.settings import Rule, Settings


@cache
def catalog() -> Catalog:
    return bundled.load()


def on(settings: Settings) -> dict[str, bool]:
    """The ids of the policies that are on, and whether everywhere."""
    return {policy.id: everywhere for policy, everywhere in selected(catalog(), settings)}


def policy(name: str) -> Policy:
    found = catalog().get(name)
    assert found is not None
    return found


def test_the_baseline_is_on_everywhere_and_asks_for_no_keys() -> None:
    baseline = on(Settings(rules=()))
    assert baseline["ebs-volume-unencrypted"] is True
    assert "ebs-volume-cmk" not in baseline
    assert "s3-sse-kms" not in baseline
    assert all(policy(id).profile == "baseline" for id in baseline)


def test_the_strict_profile_adds_to_the_baseline_and_takes_nothing_away() -> None:
    baseline, strict = on(Settings(rules=())), on(Settings("strict", rules=()))
    assert set(baseline) < set(strict)
    assert strict["s3-cmk"] is strict["s3-sse-kms"] is True
    assert "kms-custom-key-store" not in strict


def test_sensitive_data_turns_s3_sse_kms_on_where_it_is_required_in_the_baseline() -> None:
    assert on(Settings())["s3-sse-kms"] is False
    assert "s3-cmk" not in on(Settings())


def test_a_requirement_of_the_configuration_turns_its_policies_on_where_it_holds() -> None:
    required = on(Settings(rules=(Rule(("custom_key_store", "customer_key"), {"paths": ["prod/*"]}),)))
    assert required["kms-custom-key-store"] is False
    assert required["s3-cmk"] is False
    assert required["ebs-volume-unencrypted"] is True


def test_what_is_selected_by_name_is_on_everywhere_whatever_the_profile() -> None:
    assert on(Settings(select=("s3-cmk", "kms-custom-key-store"))) == {"kms-custom-key-store": True, "s3-cmk": True}


def test_globs_select_and_ignore() -> None:
    chosen = on(Settings(select=("ebs-*", "s3-cmk"), ignore=("*-cmk",)))
    assert "ebs-volume-unencrypted" in chosen
    assert all(id.startswith("ebs-") and not id.endswith("-cmk") for id in chosen)


def test_an_alias_means_the_policy_that_it_once_was() -> None:
    assert on(Settings(select=("alb-http-no-redirect",))) == {"alb-listener-http": True}
    assert "alb-listener-http" not in on(Settings(ignore=("alb-http-no-redirect",)))


def test_a_framework_selects_the_policies_that_name_its_controls() -> None:
    chosen = on(Settings(select=("compliance:pci-dss-4",)))
    assert "s3-sse-kms" in chosen
    assert set(chosen) == {each.id for each in catalog().policies if "pci-dss-4" in each.compliance}


def test_one_control_of_a_framework_selects_the_policies_that_name_it() -> None:
    chosen = on(Settings(select=("compliance:aws-fsbp:ELB.18",)))
    assert "alb-listener-http" in chosen
    assert all("ELB.18" in policy(id).compliance["aws-fsbp"] for id in chosen)


@pytest.mark.parametrize("pattern", ["alb-listener-https", "compliance:pci-dss-3", "compliance:aws-fsbp:ELB.1000"])
def test_what_means_no_policy_is_told(pattern: str) -> None:
    assert unmatched(catalog(), [pattern, "alb-*", "compliance:aws-fsbp"]) == [pattern]
    with pytest.raises(ConfigError, match="there is no such policy"):
        judging(Config(select=(pattern,)), catalog())


def test_a_run_that_is_left_without_policies_is_no_success() -> None:
    with pytest.raises(ConfigError, match="no policy is left"):
        judging(Config(select=("s3-cmk",), ignore=("s3-*",)), catalog())


def test_ids_are_matched_whole() -> None:
    assert not matches(policy("s3-cmk"), "s3")
    assert not matches(policy("s3-cmk"), "S3-CMK")


def test_the_types_that_are_wanted_are_those_of_the_kind_and_of_all_that_it_leads_to() -> None:
    types = wanted_types(catalog(), Settings(select=("s3-cmk",)))
    assert {"aws_s3_bucket", "aws_s3_bucket_server_side_encryption_configuration", "aws_kms_alias"} <= types
    assert {"AWS::S3::Bucket", "AWS::KMS::Key"} <= types
    assert "aws_lb_listener" not in types
