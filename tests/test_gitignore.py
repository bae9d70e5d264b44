"""What git ignores is left alone, and only that: our patterns agree with git's own answers."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from enclint.gitignore import IgnoreFile, is_ignored
from enclint.repository import Repository, tracked_files
from enclint.walk import Walk

if TYPE_CHECKING:
    from pathlib import Path

PATTERNS = r"""
# a comment
\#literal.tf
*.log.json
/top.tf
build/
docs/*.yaml
a/**/deep.tf
**/anywhere/x.tf
inside/**
keep*.tf
!keep_this.tf
[Mm]ain[0-9].tf
[!a]notes.tf
sp\ ace.tf
@@
question?.tf
*.y?ml
[[:digit:]]x.tf
""".replace("@@", "trailing.tf   ")

PATHS = """
top.tf below/top.tf #literal.tf x.log.json below/x.log.json build/main.tf below/build/main.tf docs/x.yaml
docs/below/x.json a/deep.tf a/b/deep.tf a/b/c/deep.tf anywhere/x.tf b/anywhere/x.tf inside/one.tf inside/b/two.tf
keep_that.tf keep_this.tf Main1.tf main2.tf main.tf anotes.tf bnotes.tf trailing.tf question1.tf question.tf one.yaml
below/two.yml 1x.tf ax.tf buildx/main.tf build.tf
"""


def git(folder: Path, *words: str) -> str:
    command = ["git", "-c", "user.name=a", "-c", "user.email=a@b.example", "-c", "core.excludesFile=", *words]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout


def write(folder: Path, paths: list[str]) -> None:
    for path in paths:
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("")


def test_the_walk_finds_exactly_what_git_does_not_ignore(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    write(tmp_path, [*PATHS.split(), "sp ace.tf"])
    (tmp_path / ".gitignore").write_text(PATTERNS)
    (tmp_path / "below" / ".gitignore").write_text("!top.tf\n/two.yml\n")
    (tmp_path / ".git" / "info" / "exclude").write_text("ax.tf\n")
    listed = git(tmp_path, "ls-files", "-z", "--others", "--cached", "--exclude-standard").split("\0")
    expected = {path for path in listed if path and not path.endswith(".gitignore")}
    assert len(expected) > 5
    assert found(tmp_path) == expected


def found(folder: Path) -> set[str]:
    walk = Walk(str(folder), str(folder))
    return {f"{path}/{name}".removeprefix(f"{folder}/") for path, names in walk.folders() for name in names}


@pytest.mark.parametrize("version", ["2", "4"])
def test_what_git_tracks_is_read_although_a_pattern_speaks_of_it(tmp_path: Path, version: str) -> None:
    git(tmp_path, "init", "-q")
    write(tmp_path, ["secret/forced.tf", "secret/other.tf", "secret/b/deep.tf", "secret/c/deep.tf", "z.tf"])
    git(tmp_path, "add", "secret/forced.tf", "secret/b/deep.tf", "z.tf")
    git(tmp_path, "update-index", "--index-version", version)
    (tmp_path / ".gitignore").write_text("secret/\n")
    assert found(tmp_path) == {"secret/forced.tf", "secret/b/deep.tf", "z.tf"}
    assert sorted(tracked_files(str(tmp_path / ".git" / "index"))) == ["secret/b/deep.tf", "secret/forced.tf", "z.tf"]


def test_a_broken_index_is_no_reason_to_stop(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    write(tmp_path, ["a.tf"])
    git(tmp_path, "add", "a.tf")
    index = tmp_path / ".git" / "index"
    whole = index.read_bytes()
    for length in range(0, len(whole), 7):
        index.write_bytes(whole[:length])
        assert tracked_files(str(index)) in ([], ["a.tf"])
        assert Repository(str(tmp_path)).tracks("other.tf") is False


def test_a_folder_that_was_named_is_walked_although_it_is_ignored(tmp_path: Path) -> None:
    write(tmp_path, [".git/HEAD", "out/a.tf", "out/b/c.tf"])
    (tmp_path / ".gitignore").write_text("out\n")
    assert found(tmp_path / "out") == {"a.tf", "b/c.tf"}
    assert found(tmp_path) == set()


def test_a_repository_within_the_repository_goes_by_its_own_rules(tmp_path: Path) -> None:
    write(tmp_path, [".git/HEAD", "inner/.git/HEAD", "inner/a.tf", "b.tf"])
    (tmp_path / ".gitignore").write_text("*.tf\n")
    assert found(tmp_path) == {"inner/a.tf"}


def test_hidden_folders_and_packages_are_left_alone_and_links_lead_nowhere_else(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    write(tree, [".terraform/modules/m/a.tf", "node_modules/p/a.tf", "b/c.tf", ".hidden/d.json"])
    write(tmp_path, ["outside/e.tf"])
    (tree / "loop").symlink_to(tree)
    (tree / "away").symlink_to(tmp_path / "outside")
    (tree / "away.tf").symlink_to(tmp_path / "outside" / "e.tf")
    (tree / "within.tf").symlink_to(tree / "b" / "c.tf")
    assert found(tree) == {"b/c.tf", "within.tf"}


def test_a_pattern_that_is_no_glob_matches_nothing() -> None:
    file = IgnoreFile("", "[z-a].tf\n[\n")
    assert not is_ignored("z.tf", False, (file,))
