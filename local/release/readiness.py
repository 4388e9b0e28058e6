"""Whether a version may be released, and what stands against it."""

from dataclasses import dataclass
from pathlib import Path

from release.changelog import read_changelog, section_of
from release.source import Source, git, read_source
from release.version import versions_in

CHANGES_SHOWN = 5


@dataclass(frozen=True)
class Objection:
    """`code` is for programs; `why` and `remedy` are for the person who has to do something."""

    code: str
    why: str
    remedy: str


def objections(checkout: Path, version: str, *, tag_may_exist: bool = False) -> list[Objection]:
    """All of them at once. `tag_may_exist`: the release of an existing tag is built, not made."""
    source = read_source(checkout)
    return [
        *_of_the_tree(source),
        *_of_the_versions(checkout, version),
        *_of_the_changelog(checkout, version),
        *_of_the_tag(checkout, source, f"v{version}", may_exist=tag_may_exist),
    ]


def _of_the_tree(source: Source) -> list[Objection]:
    if not source.changed:
        return []
    shown = ", ".join(line[3:] for line in source.changed[:CHANGES_SHOWN])
    more = f" and {len(source.changed) - CHANGES_SHOWN} more" if len(source.changed) > CHANGES_SHOWN else ""
    return [
        Objection(
            "dirty-tree",
            f"The tree differs from its commit: {shown}{more}",
            "Commit it, or put it away with `git stash --include-untracked`",
        )
    ]


def _of_the_versions(checkout: Path, version: str) -> list[Objection]:
    others = {place: found for place, found in versions_in(checkout).items() if found != version}
    if not others:
        return []
    stated = ", ".join(f"{place} says {found}" for place, found in others.items())
    return [Objection("wrong-version", f"{version} is to be released, but {stated}", _prepare(version))]


def _of_the_changelog(checkout: Path, version: str) -> list[Objection]:
    section = section_of(read_changelog(checkout), version)
    if section is None:
        return [Objection("no-changelog", f"CHANGELOG.md has no section for {version}", _prepare(version))]
    if not section.date:
        return [
            Objection(
                "no-date",
                f"CHANGELOG.md does not say when {version} is released",
                f"Write its heading as “## {version} (YYYY-MM-DD)”",
            )
        ]
    if not section.text:
        return [
            Objection(
                "no-changes", f"CHANGELOG.md says nothing of {version}", "Write what changes for whom, and commit it"
            )
        ]
    return []


def _of_the_tag(checkout: Path, source: Source, tag: str, *, may_exist: bool) -> list[Objection]:
    if tag in source.tags:
        if not may_exist:
            return [Objection("tag-exists", f"This commit is {tag} already", f"Push it: `git push origin {tag}`")]
        if git(checkout, "cat-file", "-t", tag).strip() != "tag":
            return [
                Objection(
                    "tag-not-annotated",
                    f"{tag} is not annotated: nobody says who made it, when and why",
                    f"Delete it (`git tag -d {tag}`) and make it by `scripts/release tag`",
                )
            ]
        return []
    if git(checkout, "tag", "--list", tag).strip():
        return [
            Objection(
                "tag-elsewhere",
                f"{tag} is another commit: {git(checkout, 'rev-list', '-1', tag).strip()[:12]}",
                f"Check it out (`git checkout {tag}`), or release a higher version; a tag is never moved",
            )
        ]
    return []


def _prepare(version: str) -> str:
    return f"`scripts/release prepare {version}` writes version and section; read them and commit them"
