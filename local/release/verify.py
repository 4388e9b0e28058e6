"""Whether a bundle is what was built: each byte, and what its parts say of each other."""

import hashlib
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

from release import manifest as manifests
from release.files import files_under
from release.functions import processor_of
from release.manifest import Manifest, read_manifest
from stack.settings import Refusal

ASSEMBLY = "assembly"
SBOM = "sbom.cdx.json"
# What runs our binary; a custom resource of a few lines of JavaScript stands in its template.
OURS = "provided.al2023"


def verify(folder: Path) -> Manifest:
    """Refuses with everything that is wrong."""
    manifest = read_manifest(folder)
    wrong = [*_files(folder, manifest), *_plain(folder)]
    # What was altered may say anything of itself.
    if not wrong:
        wrong = [*_functions(folder, manifest), *_templates(folder, manifest), *_sbom(folder, manifest)]
    if wrong:
        raise Refusal(f"{folder.name} is not what was built:\n" + "\n".join(f"  - {line}" for line in wrong))
    return manifest


def _files(folder: Path, manifest: Manifest) -> Iterator[str]:
    found = manifests.digests(folder)
    for path in sorted(manifest.files.keys() | found.keys()):
        if path not in found:
            yield f"{path} is missing"
        elif path not in manifest.files:
            yield f"{path} is not in the manifest"
        elif found[path] != manifest.files[path]:
            yield f"{path} has sha256 {found[path]}, not {manifest.files[path]}"


def _plain(folder: Path) -> Iterator[str]:
    for path in sorted(folder.rglob("*")):
        if path.is_symlink():
            yield f"{path.relative_to(folder)} is a link"


def _functions(folder: Path, manifest: Manifest) -> Iterator[str]:
    try:
        with zipfile.ZipFile(folder / manifest.functions) as archive:
            names, program = archive.namelist(), archive.read("bootstrap")
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        yield f"{manifest.functions} is no zip of functions: {error}"
        return
    if names != ["bootstrap"]:
        yield f"{manifest.functions} holds {', '.join(names)}; only bootstrap belongs there"
    if hashlib.sha256(program).hexdigest() != manifest.bootstrap_sha256:
        yield "the functions' binary is another than the manifest names"
    if (runs_on := processor_of(program)) != manifest.processor:
        yield f"the functions' binary was built for {runs_on or 'no known processor'}, not {manifest.processor}"


def _templates(folder: Path, manifest: Manifest) -> Iterator[str]:
    """That what CloudFormation is told to run is this zip, and that each stage is there."""
    asset = Path(manifest.functions).name.removeprefix("asset.")
    architecture = manifest.processor.replace("x86-64", "x86_64")
    described = 0
    for path in files_under(folder / ASSEMBLY):
        if not path.name.endswith(".template.json"):
            continue
        for name, resource in json.loads((folder / ASSEMBLY / path).read_text()).get("Resources", {}).items():
            properties = resource.get("Properties", {})
            if resource.get("Type") != "AWS::Lambda::Function" or properties.get("Runtime") != OURS:
                continue
            described += 1
            if properties["Code"].get("S3Key") != asset:
                yield f"{path.name}: {name} runs {properties['Code'].get('S3Key')}, not {asset}"
            if properties.get("Architectures") != [architecture]:
                yield f"{path.name}: {name} runs on {properties.get('Architectures')}, not {architecture}"
    if described == 0:
        yield "its templates describe no function"
    stages = {path.name.split("-")[1] for path in (folder / ASSEMBLY).glob("assembly-*-*")}
    if stages != set(manifest.stages):
        yield f"it describes {', '.join(sorted(stages)) or 'no stage'}, the manifest says {', '.join(manifest.stages)}"


def _sbom(folder: Path, manifest: Manifest) -> Iterator[str]:
    """That the list is of this binary."""
    listed = json.loads((folder / SBOM).read_text())
    hashes = listed.get("metadata", {}).get("component", {}).get("hashes", [])
    if {"alg": "SHA-256", "content": manifest.bootstrap_sha256} not in hashes:
        yield f"{SBOM} is of another binary"
    if not listed.get("components"):
        yield f"{SBOM} lists nothing"
