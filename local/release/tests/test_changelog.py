"""What a release says of itself comes from the changelog."""

import pytest

from release.changelog import dated, notes, section_of, sections
from stack.settings import Refusal

CHANGELOG = """# Changelog

What changes for whom.

## Unreleased

### Added
- Dark letters.

## 0.2.0 (2026-11-21)

### Changed
- Nobody is told twice.

## 0.1.0 (2026-03-01)

First.
"""


def test_a_changelog_is_its_sections() -> None:
    assert [(section.version, section.date) for section in sections(CHANGELOG)] == [
        ("Unreleased", ""),
        ("0.2.0", "2026-11-21"),
        ("0.1.0", "2026-03-01"),
    ]


def test_notes_are_the_versions_own_section_and_no_more() -> None:
    assert notes(CHANGELOG, "0.2.0", "v0.1.0", "v0.2.0") == (
        "# Calendar Invite Server 0.2.0 (2026-11-21)\n\n### Changed\n- Nobody is told twice.\n\n"
        "All changes: `git log v0.1.0..v0.2.0`.\n"
    )


def test_the_first_release_compares_with_nothing() -> None:
    assert notes(CHANGELOG, "0.1.0", "", "v0.1.0").endswith("First.\n\nThe first release.\n")


def test_there_are_no_notes_of_a_version_nobody_wrote_about() -> None:
    with pytest.raises(Refusal, match=r"CHANGELOG\.md says nothing of 0\.3\.0"):
        notes(CHANGELOG, "0.3.0", "", "v0.3.0")


def test_what_was_unreleased_becomes_the_versions_section() -> None:
    changed = dated(CHANGELOG, "0.3.0", "2026-12-24")
    section = section_of(changed, "0.3.0")
    assert section is not None
    assert (section.date, section.text) == ("2026-12-24", "### Added\n- Dark letters.")
    unreleased = section_of(changed, "Unreleased")
    assert unreleased is not None
    assert unreleased.text == ""
    assert changed.index("## Unreleased") < changed.index("## 0.3.0 (2026-12-24)") < changed.index("## 0.2.0")


def test_nothing_unreleased_is_nothing_to_release() -> None:
    with pytest.raises(Refusal, match="nothing to release"):
        dated(dated(CHANGELOG, "0.3.0", "2026-12-24"), "0.4.0", "2026-12-25")


def test_a_version_is_released_once() -> None:
    with pytest.raises(Refusal, match=r"has a section for 0\.2\.0 already"):
        dated(CHANGELOG, "0.2.0", "2026-12-24")
