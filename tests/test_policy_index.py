"""What the shipped policies are read from: YAML, the wheel's index, and what is kept from run to run."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING
from zlib import crc32

import pytest

from enclint.cache import user_folder
from enclint.policy import bundled, index
from enclint.policy.yaml_folder import read_folder

if TYPE_CHECKING:
    from pathlib import Path

LONG_AGO = 1_600_000_000


@pytest.fixture
def policies(tmp_path: Path) -> Path:
    """A folder of one kind and one policy that nobody has touched for long."""
    folder = tmp_path / "policies"
    for name, text in {
        "vocabulary/ebs.yaml": "ebs_volume: {title: EBS volume, properties: {}}",
        "ebs/ebs-volume-unencrypted.yaml": "{id: ebs-volume-unencrypted, since: 2023-01-05}",
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True)
        path.write_text(text)
        os.utime(path, (LONG_AGO, LONG_AGO))
    return folder


def kept_file(cache: Path) -> Path:
    [path] = cache.iterdir()
    return path


def test_the_index_of_a_wheel_holds_what_the_yaml_files_hold(tmp_path: Path) -> None:
    index.write_index(str(tmp_path / "index"), bundled.folder())
    assert index.read_index(str(tmp_path / "index")) == read_folder(bundled.folder())


def test_days_are_texts_so_that_both_forms_hold_the_same(policies: Path) -> None:
    assert read_folder(str(policies))[1] == [{"id": "ebs-volume-unencrypted", "since": "2023-01-05"}]


def test_what_is_kept_is_the_same_and_private(policies: Path, tmp_path: Path) -> None:
    cache = tmp_path / "home" / "enclint"
    first = index.read_through_cache(str(policies), str(cache))
    kept = kept_file(cache)
    assert index.read_through_cache(str(policies), str(cache)) == first == read_folder(str(policies))
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(cache.stat().st_mode) == 0o700


def test_what_is_kept_is_used(policies: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = str(tmp_path / "cache")
    first = index.read_through_cache(str(policies), cache)
    monkeypatch.setattr(index, "read_folder", lambda root: pytest.fail(f"{root} was read again"))
    assert index.read_through_cache(str(policies), cache) == first


@pytest.mark.parametrize("change", ["content", "new file", "removed file", "other name"])
def test_a_change_of_the_yaml_files_is_seen(policies: Path, tmp_path: Path, change: str) -> None:
    cache = str(tmp_path / "cache")
    index.read_through_cache(str(policies), cache)
    policy = policies / "ebs" / "ebs-volume-unencrypted.yaml"
    if change == "content":
        policy.write_text("{id: ebs-volume-unencrypted, since: 2024-01-05}")
    elif change == "new file":
        (policies / "ebs" / "other.yaml").write_text("{id: other}")
    elif change == "removed file":
        policy.unlink()
    else:
        policy.rename(policy.with_name("other.yaml")).write_text("{id: other}")
    assert index.read_through_cache(str(policies), cache) == read_folder(str(policies))


def test_files_that_changed_a_moment_ago_are_not_kept_since_they_may_change_again_unseen(
    policies: Path, tmp_path: Path
) -> None:
    (policies / "ebs" / "new.yaml").write_text("{id: new}")
    index.read_through_cache(str(policies), str(tmp_path / "cache"))
    assert not (tmp_path / "cache").exists()


@pytest.mark.parametrize("damage", ["truncated", "changed", "empty", "no text", "other lines"])
def test_a_kept_index_that_is_not_whole_is_ignored(policies: Path, tmp_path: Path, damage: str) -> None:
    cache = tmp_path / "cache"
    first = index.read_through_cache(str(policies), str(cache))
    kept = kept_file(cache)
    data = kept.read_bytes()
    kept.write_bytes(
        {
            "truncated": data[:-20],
            "changed": data.replace(b"EBS volume", b"EBS_volume"),
            "empty": b"",
            "no text": b"\xff\x00" * 100,
            "other lines": data + b"\n[]",
        }[damage]
    )
    assert index.read_through_cache(str(policies), str(cache)) == first
    assert kept.read_bytes() == data


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="permissions are POSIX")
@pytest.mark.parametrize("whose", ["file", "folder", "link"])
def test_a_kept_index_that_others_could_write_is_ignored(policies: Path, tmp_path: Path, whose: str) -> None:
    cache = tmp_path / "cache"
    index.read_through_cache(str(policies), str(cache))
    kept = kept_file(cache)
    poisoned = kept.read_bytes().replace(b"EBS volume", b"poison!!!!")
    checksum = f"{crc32(b''.join(poisoned.split(bytes([10]))[1:])):08x}".encode()
    kept.write_bytes(checksum + poisoned[8:])
    assert "poison" in str(index.read_through_cache(str(policies), str(cache))), "the vector itself must work"
    if whose == "file":
        kept.chmod(0o666)
    elif whose == "folder":
        cache.chmod(0o777)
    else:
        kept.rename(tmp_path / "elsewhere")
        kept.symlink_to(tmp_path / "elsewhere")
    assert index.read_through_cache(str(policies), str(cache)) == read_folder(str(policies))


def test_a_cache_that_cannot_be_written_stops_nothing(policies: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert index.read_through_cache(str(policies), str(tmp_path / "file" / "cache")) == read_folder(str(policies))


@pytest.mark.skipif(os.name != "posix", reason="the convention of POSIX systems")
def test_the_cache_is_in_the_users_own_folder() -> None:
    assert user_folder({"XDG_CACHE_HOME": "/caches", "HOME": "/home/me"}) == "/caches/enclint"
    assert str(user_folder({"XDG_CACHE_HOME": "relative", "HOME": "/home/me"})).startswith("/home/me/")
    assert user_folder({"HOME": "relative"}) is None
    assert user_folder({}) is None
