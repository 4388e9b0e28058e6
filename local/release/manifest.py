"""What a bundle says of itself, and whether it is so."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from release.files import files_under, sha256_of
from stack.settings import Refusal

NAME = "manifest.json"
# 1 knows one assembly, and is read for whoever goes back to it.
FORMAT = 2
ONE_ASSEMBLY = 1

ASSEMBLY = "assembly"
# The same stacks, but new code takes over in one step, whatever rings: to go back, and for a release that mends.
AT_ONCE = "assembly-at-once"


@dataclass(frozen=True)
class Manifest:
    """`cloud_url` is empty for AWS: only the local cloud has an address of its own in its templates.

    `stages` are those that are described, `assemblies` the folders they are described in.
    """

    format: int
    version: str
    commit: str
    committed_at: str
    clean: bool
    processor: str
    stages: list[str]
    cdk: str
    cloud_url: str
    functions: str
    bootstrap_sha256: str
    files: dict[str, str]
    assemblies: list[str] = field(default_factory=lambda: [ASSEMBLY])

    @property
    def identity(self) -> str:
        return f"{self.version} ({self.commit[:12]}{'' if self.clean else ', changed'})"


def digests(folder: Path) -> dict[str, str]:
    """Of every file but the manifest, which cannot hold its own."""
    return {path.as_posix(): sha256_of(folder / path) for path in files_under(folder) if path.as_posix() != NAME}


def write_manifest(folder: Path, manifest: Manifest) -> None:
    (folder / NAME).write_text(json.dumps(asdict(manifest), indent=2) + "\n")


def read_manifest(folder: Path) -> Manifest:
    path = folder / NAME
    try:
        stated = json.loads(path.read_text())
    except OSError as error:
        raise Refusal(f"{folder} is no bundle: it has no {NAME}") from error
    except ValueError as error:
        raise Refusal(f"{path} is not JSON: {error}") from error
    if not isinstance(stated, dict) or stated.get("format") not in (ONE_ASSEMBLY, FORMAT):
        raise Refusal(f"{path} is of another format than {FORMAT}: take the scripts/release of its own version")
    if stated["format"] == FORMAT and "assemblies" not in stated:
        raise Refusal(f"{path} is not complete: it does not say which assemblies there are")
    try:
        return Manifest(**stated)
    except TypeError as error:
        raise Refusal(f"{path} is not complete: {error}") from error
