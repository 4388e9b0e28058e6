"""`scripts/release`: reads the command line and runs one command."""

import argparse
import datetime
import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from release import rehearse as rehearsals
from release.bundle import Bundle, Wanted, make_bundle, tag_before
from release.changelog import dated, notes, read_changelog
from release.deploy import ANSWERS_WITHIN_SECS, converse_with_all, current, deploy
from release.described import described
from release.drift import drift
from release.files import sha256_of, unpack
from release.manifest import ASSEMBLY, read_manifest
from release.place import Place, on_aws
from release.readiness import Objection, objections
from release.source import git, read_source
from release.upgrade import upgrade
from release.verify import verify
from release.version import set_version, without_v
from stack import install, progress
from stack.progress import say, warn
from stack.settings import CHECKOUT, Refusal, Settings, read_settings

EPILOG = """\
A release is an annotated tag vX.Y.Z; pushing it is what releases (docs/releases.md). By hand:
  scripts/release prepare 1.2.3     then read the difference, commit and merge it
  scripts/release tag 1.2.3         then git push origin v1.2.3
Exit code 0: done, or nothing stands against it. 1: something does; it says what, and what to do."""


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="scripts/release",
        description="Makes a release: what may be released, what it is made of, and that it deploys.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--json", action="store_true", help="say the result as one JSON document on standard output")
    commands = top.add_subparsers(dest="command", metavar="command", required=True)

    def command(name: str, text: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")

    prepare = command("prepare", "write the version and the changelog's dated section, for a commit")
    prepare.add_argument("version")
    check = command("check", "say what stands against releasing this commit as that version")
    check.add_argument("version")
    check.add_argument("--tagged", action="store_true", help="the tag exists already: what a workflow asks")
    said = command("notes", "print the release notes, made from the changelog")
    said.add_argument("version")
    tag = command("tag", "make the annotated tag, with the notes as its message")
    tag.add_argument("version")
    tag.add_argument("--dry-run", action="store_true", help="check everything, print the notes, make no tag")
    bundle = command("bundle", "build the bundle of this commit: stacks, functions, SBOM, sha256 of everything")
    bundle.add_argument("--out", type=Path, default=CHECKOUT / "target" / "release-bundle", help="default: %(default)s")
    bundle.add_argument("--local", action="store_true", help="for this machine's local stack, to rehearse it")
    bundle.add_argument("--functions", type=Path, help="the functions' binary, or a zip of it; built where left out")
    bundle.add_argument("--changed", action="store_true", help="of a changed tree, and marked so; never to be released")
    verified = command("verify", "say whether a bundle is what was built, byte for byte")
    verified.add_argument("bundle", type=Path, help="folder or .tar.gz")
    verified.add_argument("--sha256", help="what the .tar.gz must have")
    rehearsed = command("rehearse", "deploy a bundle, without the source, to a local stack and play the story")
    rehearsed.add_argument("bundle", type=Path, help="folder or .tar.gz, built with --local")
    rehearsed.add_argument(
        "--roll-back", action="store_true", help="then deploy one that cannot work, and see it rolled back"
    )
    upgraded = command(
        "upgrade", "deploy one bundle, play traffic, deploy the next over it, and show what became of it"
    )
    upgraded.add_argument("before", type=Path)
    upgraded.add_argument("after", type=Path)
    for one in (rehearsed, upgraded):
        one.add_argument("--programs", type=Path, help="where the stack's programs are; built where left out")
    deployed = command("deploy", "deploy a bundle to a stage on AWS, converse with it, go back if it does not answer")
    deployed.add_argument("bundle", type=Path, help=".tar.gz")
    deployed.add_argument("stage")
    deployed.add_argument(
        "--at-once",
        action="store_true",
        help="new code takes over in one step, whatever alarms ring: a release that mends what rings",
    )
    for name, text in (
        ("deployed", "say what is deployed to a stage on AWS"),
        ("drift", "say whether what stands on a stage is what was deployed"),
        ("converse", "mail each tenant of a stage, and say whether he answers"),
    ):
        command(name, text).add_argument("stage")
    return top


def main() -> int:
    arguments = parser().parse_args()
    try:
        if arguments.json:
            progress.to_standard_error()
        return run(arguments, read_settings())
    except Refusal as refusal:
        if arguments.json:
            print(json.dumps({"ok": False, "error": str(refusal)}, indent=2))
        warn(f"\n{refusal}")
        return 1
    except KeyboardInterrupt:
        warn("\nInterrupted.")
        return 130


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    match arguments.command:
        case "prepare":
            version = without_v(arguments.version)
            today = datetime.datetime.now(datetime.UTC).date().isoformat()
            changed = dated(read_changelog(CHECKOUT), version, today)
            set_version(CHECKOUT, version)
            (CHECKOUT / "CHANGELOG.md").write_text(changed)
            tell(
                arguments, {"version": version}, f"Wrote {version} into Cargo.toml, Cargo.lock and CHANGELOG.md. Next:"
            )
            say(f"  read `git diff`, then commit it: git commit --all --message 'Release {version}'")
            return 0
        case "check":
            version = without_v(arguments.version)
            return told(arguments, version, objections(CHECKOUT, version, tag_may_exist=arguments.tagged))
        case "notes":
            print(notes_of(without_v(arguments.version)), end="")
            return 0
        case "tag":
            return tag(arguments, without_v(arguments.version))
        case "bundle":
            with_packages(settings)
            stage = rehearsals.rehearsal(settings)
            wanted = Wanted(
                out=arguments.out.resolve(),
                cloud_url=stage.cloud_url if arguments.local else "",
                functions=arguments.functions.resolve() if arguments.functions else None,
                changed_tree=arguments.changed,
            )
            tell_bundle(arguments, make_bundle(settings, wanted))
            return 0
        case "verify":
            if arguments.sha256 and (found := sha256_of(arguments.bundle)) != arguments.sha256:
                raise Refusal(f"{arguments.bundle} has sha256 {found}, not {arguments.sha256}")
            with unpacked(arguments.bundle, settings) as folder:
                manifest = verify(folder)
            about = {"version": manifest.version, "commit": manifest.commit, "files": len(manifest.files)}
            tell(arguments, about, f"{manifest.identity}: all {len(manifest.files)} files are what was built.")
            return 0
        case "rehearse":
            stage = rehearsals.rehearsal(settings)
            with_packages(stage)
            with unpacked(arguments.bundle, settings) as folder:
                return rehearsals.rehearse(stage, folder, arguments.programs, roll_back=arguments.roll_back)
        case "upgrade":
            stage = rehearsals.rehearsal(settings)
            with_packages(stage)
            with unpacked(arguments.before, settings) as before, unpacked(arguments.after, settings) as after:
                report = upgrade(stage, before, after, arguments.programs)
            tell(arguments, report.as_json(), report.as_text(), ok=report.ok)
            return 0 if report.ok else 1
        case _:
            install.install_to_deploy(settings)
            install.continue_in(settings, "release")
            return on_a_stage(arguments, on_aws(settings))


def on_a_stage(arguments: argparse.Namespace, place: Place) -> int:
    if arguments.command == "deploy":
        outcome = deploy(place, arguments.bundle.resolve(), arguments.stage, at_once=arguments.at_once)
        back = f" Rolled back to {outcome.rolled_back_to}." if outcome.rolled_back_to else ""
        said = f"{outcome.version} stands on {arguments.stage}." if outcome.ok else f"{outcome.why}.{back}"
        tell(arguments, {**vars(outcome), "stage": arguments.stage}, said, ok=outcome.ok)
        return 0 if outcome.ok else 1
    with tempfile.TemporaryDirectory() as scratch:
        folder = current(place, arguments.stage, Path(scratch))
        manifest = read_manifest(folder)
        match arguments.command:
            case "deployed":
                about = {"stage": arguments.stage, "version": manifest.version, "commit": manifest.commit}
                tell(arguments, about, f"{manifest.identity} stands on {arguments.stage}.")
                return 0
            case "drift":
                drift(place, folder / ASSEMBLY, arguments.stage)
                tell(arguments, {"stage": arguments.stage}, f"{arguments.stage} stands as {manifest.identity} has it.")
                return 0
            case _:
                there = described(folder / ASSEMBLY, arguments.stage, place.where)
                silent = converse_with_all(place, there, ANSWERS_WITHIN_SECS)
                lines = [f"{tenant} {why}." for tenant, why in silent.items()]
                said = "\n".join(lines) or "Each tenant has answered who takes mail."
                tell(arguments, {"stage": arguments.stage, "silent": silent}, said, ok=not silent)
                return 1 if silent else 0


def tag(arguments: argparse.Namespace, version: str) -> int:
    against = objections(CHECKOUT, version)
    if against:
        return told(arguments, version, against)
    name, said = f"v{version}", notes_of(version)
    if arguments.dry_run:
        tell(arguments, {"tag": name, "made": False, "notes": said}, f"Would make {name}:\n\n{said}")
        return 0
    # The message is Markdown, whose headings git would take for comments.
    git(CHECKOUT, "tag", "--annotate", name, "--cleanup=verbatim", "--message", said)
    tell(arguments, {"tag": name, "made": True, "notes": said}, f"Made {name}. To release it: git push origin {name}")
    return 0


def notes_of(version: str) -> str:
    return notes(read_changelog(CHECKOUT), version, tag_before(read_source().commit), f"v{version}")


def told(arguments: argparse.Namespace, version: str, against: list[Objection]) -> int:
    if not against:
        tell(arguments, {"version": version, "objections": []}, f"Nothing stands against releasing {version}.")
        return 0
    lines = "\n".join(f"  - {one.why}.\n    {one.remedy}." for one in against)
    found = {"version": version, "objections": [vars(one) for one in against]}
    tell(arguments, found, f"{version} cannot be released:\n{lines}", ok=False)
    return 1


def tell(arguments: argparse.Namespace, as_json: dict, as_text: str, *, ok: bool = True) -> None:
    if arguments.json:
        print(json.dumps({"ok": ok, **as_json}, indent=2))
    else:
        say(as_text)


def tell_bundle(arguments: argparse.Namespace, bundle: Bundle) -> None:
    about = {
        "version": bundle.manifest.version,
        "commit": bundle.manifest.commit,
        "folder": str(bundle.folder),
        "archive": str(bundle.archive),
        "sha256": bundle.sha256,
        "bootstrap_sha256": bundle.manifest.bootstrap_sha256,
        "stages": bundle.manifest.stages,
        "environments": bundle.environments,
    }
    tell(arguments, about, f"{bundle.archive}\n  {bundle.manifest.identity}, sha256 {bundle.sha256}")


@contextmanager
def unpacked(bundle: Path, settings: Settings) -> Iterator[Path]:
    """The bundle's folder, whether it is one or is packed."""
    if bundle.is_dir():
        yield bundle.resolve()
        return
    settings.state.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.state) as place:
        yield unpack(bundle, Path(place))


def with_packages(settings: Settings) -> None:
    """Goes on in the Python that has what the stack needs."""
    install.install(settings, for_deployment=True)
    install.continue_in(settings, "release")


if __name__ == "__main__":
    sys.exit(main())
