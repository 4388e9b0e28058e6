"""Whether a bundle is what was built: each byte, and what its parts say of each other."""

import hashlib
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

from release import manifest as manifests
from release.described import stages_in
from release.files import files_under
from release.functions import processor_of
from release.manifest import ASSEMBLY, AT_ONCE, Manifest, read_manifest
from stack.settings import Refusal

SBOM = "sbom.cdx.json"
# What runs our binary; a custom resource of a few lines of JavaScript stands in its template.
OURS = "provided.al2023"
IN_ONE_STEP = "CodeDeployDefault.LambdaAllAtOnce"


def verify(folder: Path) -> Manifest:
    """Refuses with everything that is wrong."""
    manifest = read_manifest(folder)
    wrong = [*_files(folder, manifest), *_plain(folder)]
    # What was altered may say anything of itself.
    if not wrong:
        wrong = [*_functions(folder, manifest), *_assemblies(folder, manifest), *_sbom(folder, manifest)]
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


def _assemblies(folder: Path, manifest: Manifest) -> Iterator[str]:
    """That each way to deploy it deploys the same, and that no other is there."""
    found = [name for name in (ASSEMBLY, AT_ONCE) if (folder / name).is_dir()]
    if found != manifest.assemblies:
        yield f"it describes its stacks in {', '.join(found)}, the manifest says {', '.join(manifest.assemblies)}"
        return
    for name in found:
        yield from _templates(folder, manifest, name)
        yield from _uploads(folder, manifest, name)
        stages = stages_in(folder / name)
        if stages != set(manifest.stages):
            described = ", ".join(sorted(stages)) or "no stage"
            yield f"{name} describes {described}, the manifest says {', '.join(manifest.stages)}"


def _templates(folder: Path, manifest: Manifest, assembly: str) -> Iterator[str]:
    """That what CloudFormation is told to run is this zip, and that what takes over at once does so."""
    asset = Path(manifest.functions).name.removeprefix("asset.")
    architecture = manifest.processor.replace("x86-64", "x86_64")
    described = 0
    for path in files_under(folder / assembly):
        if not path.name.endswith(".template.json"):
            continue
        for name, resource in json.loads((folder / assembly / path).read_text()).get("Resources", {}).items():
            properties, place = resource.get("Properties", {}), f"{assembly}, {path.name}: {name}"
            how = properties.get("DeploymentConfigName")
            is_group = resource.get("Type") == "AWS::CodeDeploy::DeploymentGroup"
            if assembly == AT_ONCE and is_group and how != IN_ONE_STEP:
                yield f"{place} takes over by {how}, not by {IN_ONE_STEP}"
            if resource.get("Type") != "AWS::Lambda::Function" or properties.get("Runtime") != OURS:
                continue
            described += 1
            if properties["Code"].get("S3Key") != asset:
                yield f"{place} runs {properties['Code'].get('S3Key')}, not {asset}"
            if properties.get("Architectures") != [architecture]:
                yield f"{place} runs on {properties.get('Architectures')}, not {architecture}"
    if described == 0:
        yield f"the templates of {assembly} describe no function"


def _uploads(folder: Path, manifest: Manifest, assembly: str) -> Iterator[str]:
    """That what is uploaded under the zip's name is the zip, of which there is one."""
    asset = Path(manifest.functions).name.removeprefix("asset.").removesuffix(".zip")
    for path in (folder / assembly / path for path in files_under(folder / assembly)):
        if path.name.endswith(".assets.json"):
            upload = json.loads(path.read_text()).get("files", {}).get(asset)
            source = (path.parent / upload["source"]["path"]).resolve() if upload else None
            if source and source != (folder / manifest.functions).resolve():
                yield f"{assembly}, {path.name} uploads {upload['source']['path']} as the functions"


def _sbom(folder: Path, manifest: Manifest) -> Iterator[str]:
    """That the list is of this binary."""
    listed = json.loads((folder / SBOM).read_text())
    hashes = listed.get("metadata", {}).get("component", {}).get("hashes", [])
    if {"alg": "SHA-256", "content": manifest.bootstrap_sha256} not in hashes:
        yield f"{SBOM} is of another binary"
    if not listed.get("components"):
        yield f"{SBOM} lists nothing"
