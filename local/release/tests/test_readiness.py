"""A release is refused, with what to do, unless tree, versions, changelog and tag agree."""

import subprocess
from pathlib import Path

import pytest

from release.readiness import objections
from release.version import set_version, version_of, versions_in, without_v
from stack.settings import Refusal

CHANGELOG = "# Changelog\n\n## Unreleased\n\n## 0.2.0 (2026-11-21)\n\n- Dark letters.\n"


def git(folder: Path, *arguments: str) -> None:
    who = ["-c", "user.name=Nobody", "-c", "user.email=nobody@example.org"]
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A small workspace of version 0.2.0, committed, with its section in the changelog."""
    member = tmp_path / "crates" / "one"
    member.mkdir(parents=True)
    (tmp_path / "Cargo.toml").write_text(
        '[workspace]\nmembers = ["crates/one"]\n\n[workspace.package]\nversion = "0.2.0"\n'
    )
    (member / "Cargo.toml").write_text('[package]\nname = "one"\nversion.workspace = true\n')
    (tmp_path / "Cargo.lock").write_text(
        '[[package]]\nname = "one"\nversion = "0.2.0"\n\n'
        '[[package]]\nname = "serde"\nversion = "0.2.0"\nsource = "registry"\n'
    )
    (tmp_path / "CHANGELOG.md").write_text(CHANGELOG)
    git(tmp_path, "init", "--quiet")
    commit(tmp_path)
    return tmp_path


def commit(checkout: Path) -> None:
    git(checkout, "add", "--all")
    git(checkout, "commit", "--quiet", "--allow-empty", "--message", "Change")


def codes(checkout: Path, version: str = "0.2.0", *, tag_may_exist: bool = False) -> list[str]:
    found = objections(checkout, version, tag_may_exist=tag_may_exist)
    assert all(one.why and one.remedy for one in found)
    return [one.code for one in found]


def test_nothing_stands_against_a_clean_tree_whose_version_and_changelog_agree(checkout: Path) -> None:
    assert codes(checkout) == []


def test_a_changed_tree_is_refused_even_by_a_file_git_does_not_know(checkout: Path) -> None:
    (checkout / "new.txt").write_text("new")
    assert codes(checkout) == ["dirty-tree"]


def test_another_version_than_the_sources_is_refused(checkout: Path) -> None:
    assert codes(checkout, "0.3.0") == ["wrong-version", "no-changelog"]


def test_a_lock_file_left_behind_is_refused(checkout: Path) -> None:
    lock = checkout / "Cargo.lock"
    lock.write_text(lock.read_text().replace('name = "one"\nversion = "0.2.0"', 'name = "one"\nversion = "0.1.0"'))
    commit(checkout)
    (objection,) = objections(checkout, "0.2.0")
    assert objection.code == "wrong-version"
    assert "Cargo.lock, one says 0.1.0" in objection.why


def test_a_section_without_a_date_or_without_words_is_refused(checkout: Path) -> None:
    for heading, code in (("## 0.2.0\n\n- Dark letters.\n", "no-date"), ("## 0.2.0 (2026-11-21)\n", "no-changes")):
        (checkout / "CHANGELOG.md").write_text(f"# Changelog\n\n{heading}")
        commit(checkout)
        assert codes(checkout) == [code]


def test_a_tag_is_made_once_and_never_moved(checkout: Path) -> None:
    git(checkout, "tag", "--annotate", "v0.2.0", "--message", "0.2.0")
    assert codes(checkout) == ["tag-exists"]
    assert codes(checkout, tag_may_exist=True) == []
    commit(checkout)
    assert codes(checkout) == ["tag-elsewhere"]
    assert codes(checkout, tag_may_exist=True) == ["tag-elsewhere"]


def test_a_tag_that_nobody_signed_with_his_name_is_refused(checkout: Path) -> None:
    git(checkout, "tag", "v0.2.0")
    assert codes(checkout, tag_may_exist=True) == ["tag-not-annotated"]


def test_a_version_is_set_everywhere_it_stands_and_nowhere_else(checkout: Path) -> None:
    set_version(checkout, "0.3.0")
    assert version_of(checkout) == "0.3.0"
    assert set(versions_in(checkout).values()) == {"0.3.0"}
    assert 'name = "serde"\nversion = "0.2.0"' in (checkout / "Cargo.lock").read_text()


@pytest.mark.parametrize("text", ["1.2", "one", "v1.2.3.4", "1.02.3", ""])
def test_what_is_no_version_is_refused(text: str) -> None:
    with pytest.raises(Refusal, match="is no version"):
        without_v(text)


def test_a_version_may_be_said_as_its_tag() -> None:
    assert without_v("v1.2.3") == without_v("1.2.3") == "1.2.3"
