"""The changelog: what a release's notes are made from."""

import re
from dataclasses import dataclass
from pathlib import Path

from stack.settings import Refusal

UNRELEASED = "## Unreleased"
HEADING = re.compile(r"^## (?P<title>.+)$", re.MULTILINE)
RELEASED = re.compile(r"(?P<version>\d+\.\d+\.\d+\S*) \((?P<date>\d{4}-\d{2}-\d{2})\)")


@dataclass(frozen=True)
class Section:
    """`date` is empty where the heading is not of the form `## 1.2.3 (2026-11-21)`."""

    title: str
    version: str
    date: str
    text: str


def sections(changelog: str) -> list[Section]:
    headings = list(HEADING.finditer(changelog))
    ends = [*(heading.start() for heading in headings[1:]), len(changelog)]
    found = []
    for heading, end in zip(headings, ends, strict=True):
        title = heading["title"].strip()
        released = RELEASED.fullmatch(title)
        found.append(
            Section(
                title=title,
                version=released["version"] if released else title.split()[0],
                date=released["date"] if released else "",
                text=changelog[heading.end() : end].strip(),
            )
        )
    return found


def section_of(changelog: str, version: str) -> Section | None:
    return next((section for section in sections(changelog) if section.version == version), None)


def notes(changelog: str, version: str, tag_before: str, tag: str) -> str:
    """What a release says of itself; `tag_before` is empty for the first."""
    section = section_of(changelog, version)
    if section is None or not section.text:
        raise Refusal(f"CHANGELOG.md says nothing of {version}: `scripts/release prepare {version}`")
    since = f"All changes: `git log {tag_before}..{tag}`." if tag_before else "The first release."
    return f"# Calendar Invite Server {version} ({section.date})\n\n{section.text}\n\n{since}\n"


def dated(changelog: str, version: str, date: str) -> str:
    """What was unreleased becomes the version's section; a new, empty section for what comes next stands above it."""
    if section_of(changelog, version) is not None:
        raise Refusal(f"CHANGELOG.md has a section for {version} already")
    unreleased = section_of(changelog, "Unreleased")
    if unreleased is None or not unreleased.text:
        raise Refusal(f"CHANGELOG.md says nothing under “{UNRELEASED}”: there is nothing to release")
    return changelog.replace(UNRELEASED, f"{UNRELEASED}\n\n## {version} ({date})", 1)


def read_changelog(checkout: Path) -> str:
    return (checkout / "CHANGELOG.md").read_text()
