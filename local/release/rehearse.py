"""Deploys a bundle, and nothing but the bundle, to a local stack of its own, and plays the story on it."""

import shutil
from dataclasses import replace
from pathlib import Path

from release.deploy import deploy
from release.files import files_under, pack, sha256_of, zip_of_functions
from release.manifest import ASSEMBLY, Manifest, digests, read_manifest, write_manifest
from release.place import on_this_machine
from release.verify import SBOM, verify
from stack import commands
from stack.build import build, take
from stack.progress import say, step
from stack.settings import DEFAULT_PORTS, STAGE, Refusal, Settings
from stack.story import play

# Fixed, for the address of the cloud stands in the templates of the bundle.
PORTS_ABOVE = 30_000
# On this machine what works answers within a second or two.
ANSWERS_WITHIN_SECS = 30.0


def rehearsal(settings: Settings) -> Settings:
    """A stack beside the others, in a folder of its own."""
    ports = {name: settings.ports[name] + PORTS_ABOVE for name in DEFAULT_PORTS}
    return replace(settings, state=settings.state / "rehearsal", ports=ports)


def rehearse(stage: Settings, folder: Path, programs: Path | None, *, roll_back: bool) -> int:
    """0 only if the story was seen, each step of it; and, if asked, what cannot work was rolled back."""
    checked(stage, folder)
    begin(stage, programs)
    try:
        put_up(stage, folder)
        code = play(stage)
        return code if code or not roll_back else _rolled_back(stage, folder)
    finally:
        commands.stop(stage, aloud=False)


def _rolled_back(stage: Settings, folder: Path) -> int:
    """Releases the bundle as on AWS, then one whose functions do nothing; 0 if the first stands again."""
    place = on_this_machine(stage)
    place.client("s3").create_bucket(Bucket=place.releases)
    packed = {}
    for kept in (folder, _broken(stage, folder)):
        packed[kept] = stage.state / f"{kept.name}.tar.gz"
        pack(kept, packed[kept], modified_at_secs=0)
    good, bad = (deploy(place, archive, STAGE, within_secs=ANSWERS_WITHIN_SECS) for archive in packed.values())
    say(f"  {bad.why or 'it answered'}; rolled back to {bad.rolled_back_to or 'nothing'}")
    return 0 if good.ok and not bad.ok and bad.rolled_back_to == good.version else 1


def _broken(stage: Settings, folder: Path) -> Path:
    """The same bundle, but a program that is none of ours stands for the functions'."""
    manifest = read_manifest(folder)
    broken = stage.state / "broken" / f"{folder.name}-broken"
    shutil.copytree(folder, broken)
    old = broken / manifest.functions
    program = stage.state / "programs" / "local-ses"
    made = old.with_name("asset.new.zip")
    zip_of_functions(program, made)
    before, after = old.name.split(".")[1], sha256_of(made)
    old.unlink()
    made.rename(old.with_name(f"asset.{after}.zip"))
    templates = [broken / ASSEMBLY / path for path in files_under(broken / ASSEMBLY) if path.match("*.template.json")]
    names = {sha256_of(template): template for template in templates}
    _replace(broken / ASSEMBLY, {before: after})
    # A template is uploaded under its digest, too: under that of another it would be taken for that.
    _replace(broken / ASSEMBLY, {digest: sha256_of(template) for digest, template in names.items()})
    digest = sha256_of(program)
    listed = (broken / SBOM).read_text().replace(manifest.bootstrap_sha256, digest)
    (broken / SBOM).write_text(listed)
    renamed = replace(
        manifest,
        version=f"{manifest.version}.broken",
        functions=manifest.functions.replace(before, after),
        bootstrap_sha256=digest,
        files=digests(broken),
    )
    write_manifest(broken, renamed)
    return broken


def _replace(assembly: Path, words: dict[str, str]) -> None:
    for path in (assembly / path for path in files_under(assembly) if path.suffix == ".json"):
        text = path.read_text()
        for before, after in words.items():
            text = text.replace(before, after)
        path.write_text(text)


def checked(stage: Settings, folder: Path) -> Manifest:
    with step(f"verify {folder.name}"):
        manifest = verify(folder)
    if manifest.cloud_url != stage.cloud_url:
        built_for = manifest.cloud_url or "AWS"
        raise Refusal(
            f"{folder.name} was built for {built_for}, and this rehearsal is at {stage.cloud_url}: "
            "`scripts/release bundle --local` builds one that can be rehearsed"
        )
    return manifest


def begin(stage: Settings, programs: Path | None) -> None:
    """From nothing, so that nothing left over plays a part."""
    commands.reset(stage, aloud=False)
    commands.prepare(stage, for_deployment=True)
    if programs is None:
        build(stage)
    else:
        take(stage, programs)


def put_up(stage: Settings, folder: Path) -> None:
    """From a copy outside of the checkout's infra/: what the bundle lacks is missed."""
    copy = stage.state / "bundle"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(folder, copy)
    commands.put_up_described(stage, copy / ASSEMBLY)
    say(f"  {folder.name} is deployed")
