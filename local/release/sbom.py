"""What the functions' binary is made of, as CycloneDX: every crate, its version, licence and origin."""

import json
import tarfile
import tempfile
from pathlib import Path

from release import tools
from release.functions import TARGETS
from release.source import Source
from stack.environments import for_installing
from stack.progress import step
from stack.settings import CHECKOUT, Settings

SPECIFICATION = "1.5"
NAME = "sbom"


def write_sbom(settings: Settings, source: Source, processor: str, bootstrap_sha256: str, target: Path) -> None:
    """Of the commit's own files, unpacked elsewhere: the tool writes beside each package."""
    cyclonedx = tools.install_by_cargo(settings, tools.CYCLONEDX)
    environment = tools.with_path(
        {**for_installing(settings), "SOURCE_DATE_EPOCH": str(source.committed_at_secs)}, cyclonedx
    )
    with step("list what it is made of (SBOM)"), tempfile.TemporaryDirectory(dir=settings.state) as place:
        folder = Path(place).resolve()
        packed = folder / "source.tar"
        tools.run(["git", "archive", "--format=tar", f"--output={packed}", source.commit], settings, folder=CHECKOUT)
        with tarfile.open(packed) as tar:
            tar.extractall(folder / "source", filter="data")
        command = ["cargo", "cyclonedx", "--format", "json", "--spec-version", SPECIFICATION, "--no-build-deps"]
        tools.run(
            [*command, "--target", TARGETS[processor], "--override-filename", NAME],
            settings,
            folder=folder / "source" / "lambdas",
            environment=environment,
        )
        written = (folder / "source" / "lambdas" / f"{NAME}.json").read_text()
        listed = json.loads(without_place(written, folder / "source"))
    component = listed["metadata"]["component"]
    component["hashes"] = [{"alg": "SHA-256", "content": bootstrap_sha256}]
    target.write_text(json.dumps(listed, indent=2, sort_keys=True) + "\n")


def without_place(text: str, folder: Path) -> str:
    """Our own packages are named by where they lie; that is no business of the list's readers."""
    return text.replace(f"file://{folder}", "file:///source").replace(str(folder), "/source")
