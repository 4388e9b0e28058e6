"""The bundle: all that a release deploys, in one folder and one file, without the source."""

import hashlib
import json
import os
import shutil
import subprocess
import zipfile
from dataclasses import dataclass
from pathlib import Path

from release import manifest as manifests
from release.changelog import notes, read_changelog, section_of
from release.files import pack, sha256_of, zip_of_functions
from release.functions import build_functions, processor_of, this_machines
from release.manifest import ASSEMBLY, AT_ONCE, FORMAT, Manifest, write_manifest
from release.readiness import objections
from release.sbom import write_sbom
from release.source import Source, git, read_source
from release.verify import SBOM, verify
from release.version import version_of
from stack.environments import for_installing
from stack.install import INFRA
from stack.progress import step
from stack.settings import CHECKOUT, STAGE, Refusal, Settings

NAME = "calendar-invite-server"
NOTES = "NOTES.md"
HOW = "README.md"


@dataclass(frozen=True)
class Wanted:
    """`cloud_url` names the local cloud the bundle is for; AWS where it is empty. `functions` are built where unset."""

    out: Path
    cloud_url: str = ""
    functions: Path | None = None
    changed_tree: bool = False


@dataclass(frozen=True)
class Bundle:
    folder: Path
    archive: Path
    sha256: str
    manifest: Manifest
    # Of GitHub, by stage: what deploys it there.
    environments: dict[str, list[str]]


def make_bundle(settings: Settings, wanted: Wanted) -> Bundle:
    source = read_source()
    if source.changed and not wanted.changed_tree:
        raise Refusal(
            "The tree differs from its commit, and a bundle is of a commit: commit or stash your changes. "
            "(--changed builds it all the same and marks it; it is never to be released.)"
        )
    version = version_for(source)
    processor = this_machines() if wanted.cloud_url else "arm64"
    environments = {STAGE: []} if wanted.cloud_url else environments_on_aws(settings)
    stages = list(environments)
    folder = wanted.out / f"{NAME}-{version}-{'local' if wanted.cloud_url else 'aws'}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)

    zipped = functions_for(settings, wanted, processor)
    describe(settings, folder / ASSEMBLY, zipped, stages, cloud_url=wanted.cloud_url)
    assemblies = [ASSEMBLY]
    if not wanted.cloud_url:
        # The local cloud has no CodeDeploy, whose way of taking over is all the difference.
        assemblies.append(AT_ONCE)
        describe(settings, folder / AT_ONCE, zipped, stages, release="at-once")
        share_assets(folder / AT_ONCE, folder / ASSEMBLY)
    assets = [path for path in (folder / ASSEMBLY).rglob("asset.*.zip") if sha256_of(path) == sha256_of(zipped)]
    if len(assets) != 1:
        raise Refusal(f"The stacks hold {len(assets)} copies of the functions where one is expected")
    with zipfile.ZipFile(zipped) as archive:
        bootstrap_sha256 = hashlib.sha256(archive.read("bootstrap")).hexdigest()
    write_sbom(settings, source, processor, bootstrap_sha256, folder / SBOM)
    (folder / NOTES).write_text(notes_for(version, source))
    (folder / HOW).write_text(how_to_deploy(version, stages, cdk_version(), wanted.cloud_url))
    shutil.copyfile(CHECKOUT / "LICENSE", folder / "LICENSE")
    manifest = Manifest(
        format=FORMAT,
        version=version,
        commit=source.commit,
        committed_at=source.committed_at,
        clean=not source.changed,
        processor=processor,
        stages=stages,
        cdk=cdk_version(),
        cloud_url=wanted.cloud_url,
        functions=assets[0].relative_to(folder).as_posix(),
        bootstrap_sha256=bootstrap_sha256,
        files=manifests.digests(folder),
        assemblies=assemblies,
    )
    write_manifest(folder, manifest)
    verify(folder)
    archive_path = wanted.out / f"{folder.name}.tar.gz"
    with step(f"pack {archive_path.name}"):
        pack(folder, archive_path, modified_at_secs=source.committed_at_secs)
    digest = sha256_of(archive_path)
    # As `sha256sum --check` reads it.
    (wanted.out / f"{archive_path.name}.sha256").write_text(f"{digest}  {archive_path.name}\n")
    return Bundle(folder, archive_path, digest, manifest, environments)


def version_for(source: Source) -> str:
    """The tag's; between tags the one that was last, with the commit."""
    version = version_of(CHECKOUT)
    if f"v{version}" not in source.tags:
        return f"{version}+{source.commit[:12]}"
    against = [] if source.changed else objections(CHECKOUT, version, tag_may_exist=True)
    if against:
        raise Refusal("\n".join(f"{objection.why}. {objection.remedy}." for objection in against))
    return version


def functions_for(settings: Settings, wanted: Wanted, processor: str) -> Path:
    """As a zip of our own making, whatever was handed in: the same binary is the same zip."""
    given = wanted.functions or build_functions(settings, processor)
    target = settings.state / "release" / "functions.zip"
    if given.suffix == ".zip":
        with zipfile.ZipFile(given) as archive:
            program = archive.read("bootstrap")
    else:
        binary = given / "bootstrap" if given.is_dir() else given
        program = binary.read_bytes()
    if processor_of(program) != processor:
        raise Refusal(f"{given} is not for {processor}, but for {processor_of(program) or 'no known processor'}")
    unpacked = target.with_name("bootstrap")
    unpacked.parent.mkdir(parents=True, exist_ok=True)
    unpacked.write_bytes(program)
    zip_of_functions(unpacked, target)
    return target


def describe(
    settings: Settings,
    assembly: Path,
    functions: Path,
    stages: list[str],
    *,
    cloud_url: str = "",
    release: str = "gradual",
) -> None:
    """The stacks as CloudFormation takes them, and how new code takes over from the old."""
    environment = {
        **for_installing(settings),
        "CIS_LAMBDA_ASSET": str(functions),
        "CDK_DISABLE_CLI_TELEMETRY": "true",
        "CI": "true",
    }
    environment.pop("AWS_ENDPOINT_URL", None)
    if cloud_url:
        environment["AWS_ENDPOINT_URL"] = cloud_url
    command = [str(INFRA / "node_modules" / ".bin" / "cdk"), "synth", "**", "--quiet", "--no-color"]
    with step(f"describe the stacks of {', '.join(stages)}, {release} (cdk synth)"):
        done = subprocess.run(
            [*command, "-c", f"stage={','.join(stages)}", "-c", f"release={release}", "--output", str(assembly)],
            cwd=INFRA,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode != 0:
        raise Refusal(f"`cdk synth` failed:\n{(done.stdout + done.stderr).strip()}")
    # How long describing took is no part of a release.
    (assembly / "performance-counters.json").unlink(missing_ok=True)
    # Where each construct was made is told for people who look for it, in which checkout is no part of a release.
    for told in assembly.rglob("*.metadata.json"):
        told.write_text(told.read_text().replace(str(CHECKOUT), "/source"))


def share_assets(assembly: Path, with_assembly: Path) -> None:
    """What both assemblies would upload is in the bundle once: the functions are most of it."""
    for asset in [path for path in assembly.glob("asset.*.zip") if path.is_file()]:
        shared = with_assembly / asset.name
        if not shared.is_file() or sha256_of(shared) != sha256_of(asset):
            raise Refusal(f"{asset.name} of {assembly.name} is not that of {with_assembly.name}: run it again")
        for told in assembly.rglob("*.assets.json"):
            said = json.loads(told.read_text())
            for upload in said.get("files", {}).values():
                if (told.parent / upload["source"]["path"]).resolve() == asset.resolve():
                    upload["source"]["path"] = os.path.relpath(shared, told.parent)
            told.write_text(json.dumps(said, indent=2))
        asset.unlink()


def environments_on_aws(settings: Settings) -> dict[str, list[str]]:
    """Stages with tenants, in the order they are released, and GitHub's environment for each account and region."""
    done = subprocess.run(
        ["node", "--import", "tsx", "bin/environments.ts"],
        cwd=INFRA,
        env=for_installing(settings),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise Refusal(f"The stages cannot be read from infra/config:\n{done.stderr.strip()}")
    environments: dict[str, list[str]] = {}
    for one in json.loads(done.stdout):
        environments.setdefault(one["stage"], []).append(one["environment"])
    if not environments:
        raise Refusal("No tenant in infra/config/tenants has a stage on AWS: there is nothing to release")
    return environments


def notes_for(version: str, source: Source) -> str:
    changelog = read_changelog(CHECKOUT)
    if section_of(changelog, version) is not None:
        return notes(changelog, version, tag_before(source.commit), f"v{version}")
    return f"# Calendar Invite Server {version}\n\nNot a release: commit {source.commit}.\n"


def tag_before(commit: str) -> str:
    """The nearest release this one comes after; empty for the first."""
    tags = git(CHECKOUT, "tag", "--list", "v*", "--merged", f"{commit}~1", "--sort=-version:refname").split()
    return tags[0] if tags else ""


def cdk_version() -> str:
    return json.loads((INFRA / "package.json").read_text())["devDependencies"]["aws-cdk"]


def how_to_deploy(version: str, stages: list[str], cdk: str, cloud_url: str) -> str:
    where = f"the local cloud at {cloud_url}" if cloud_url else "AWS"
    listed = "\n".join(
        f"    npx aws-cdk@{cdk} deploy --app {ASSEMBLY} '{stage}-*/**' --concurrency 20" for stage in stages
    )
    at_once = (
        ""
        if cloud_url
        else f"By `--app {AT_ONCE}` new code takes over in one step, whatever alarms ring: to go back, or to mend.\n"
    )
    return f"""# Calendar Invite Server {version}

All that it takes to deploy this version to {where}, without its source: the stacks as
CloudFormation takes them, and the functions' binary. `{SBOM}` lists what the binary is made of,
`{manifests.NAME}` the sha256 of every file, `{NOTES}` what changed.

It needs Node 20 or newer, credentials of the account, and an account prepared by
`npx aws-cdk@{cdk} bootstrap aws://<account>/<region>`. The account's own stack goes first, then a stage:

    npx aws-cdk@{cdk} deploy --app {ASSEMBLY} 'account-*'
{listed}

These take all tenants of a stage; where they are in several accounts, name each account's: '<stage>-<tenant>/**'.
{at_once}
`npx aws-cdk@{cdk} diff --app {ASSEMBLY} '<stage>-*/**'` shows beforehand what would change.
To roll back, deploy the bundle of the version before in the same way.
"""
