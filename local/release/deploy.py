"""Deploys a bundle to a stage, converses with it, and goes back to the bundle before if it does not answer."""

import tempfile
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from pathlib import Path

from release.converse import check_that_one_can_ask, converse
from release.described import Described, described
from release.files import unpack
from release.kept import NotKept, Standing, fetch, keep
from release.manifest import ASSEMBLY, AT_ONCE, Manifest
from release.place import Place
from release.verify import verify
from stack.progress import say, step, warn
from stack.settings import STAGE, Refusal

ANSWERS_WITHIN_SECS = 180.0


@dataclass(frozen=True)
class Outcome:
    """`rolled_back_to` is empty where nothing was rolled back. `warnings` are what somebody has to look after."""

    ok: bool
    version: str
    why: str = ""
    rolled_back_to: str = ""
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Put:
    """`why` says what went wrong, if anything. `silent` are tenants whose silence says nothing of this version."""

    why: str = ""
    silent: dict[str, str] = field(default_factory=dict)


def deploy(
    place: Place, archive: Path, stage: str, *, at_once: bool = False, within_secs: float = ANSWERS_WITHIN_SECS
) -> Outcome:
    check_that_one_can_ask(place)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        before = fetch(place, stage, folder / "before")
        new = unpack(archive, _made(folder / "new"))
        manifest = verify(new)
        if stage not in manifest.stages:
            raise Refusal(f"{archive.name} describes {', '.join(manifest.stages)}, not {stage}")
        if not manifest.clean and stage != STAGE:
            raise Refusal(f"{archive.name} was built from a changed tree: nobody could say what it is")
        if at_once and AT_ONCE not in manifest.assemblies:
            raise Refusal(f"{archive.name} describes no stacks whose code takes over at once: leave --at-once out")
        say(f"  {manifest.identity} to {stage}, over {verify(before.folder).identity if before else 'nothing'}")
        heard = answered(place, before, stage) if before else set()
        put = _put(place, new / (AT_ONCE if at_once else ASSEMBLY), stage, heard, within_secs)
        warnings = [_advice(stage, tenant, silence) for tenant, silence in put.silent.items()]
        for warning in warnings:
            warn(f"  {warning}")
        if not put.why:
            try:
                keep(place, archive, stage, put.silent)
            except NotKept as error:
                return Outcome(False, manifest.version, str(error), warnings=warnings)
            return Outcome(True, manifest.version, warnings=warnings)
        warn(f"  {put.why}")
        if before is None:
            why = f"{put.why}; there is no version before to go back to"
            return Outcome(False, manifest.version, why, warnings=warnings)
        return _go_back(place, before, stage, Outcome(False, manifest.version, put.why, warnings=warnings), within_secs)


def _go_back(place: Place, before: Standing, stage: str, failed: Outcome, within_secs: float) -> Outcome:
    """At once if it can be: what rings because of the version that failed would stop a gradual way back."""
    manifest = verify(before.folder)
    back = _put(place, before.folder / quickest(manifest), stage, answered(place, before, stage), within_secs)
    if back.why:
        why = f"{failed.why}; and the version before does not stand again: {back.why}"
        return Outcome(False, failed.version, why, warnings=failed.warnings)
    return Outcome(False, failed.version, failed.why, manifest.version, failed.warnings)


def quickest(manifest: Manifest) -> str:
    """The assembly by which one goes back. The local cloud, and bundles from before, have but one."""
    return AT_ONCE if AT_ONCE in manifest.assemblies else ASSEMBLY


def answered(place: Place, standing: Standing, stage: str) -> set[str]:
    """Who has answered the version that stands: his silence is the next version's fault."""
    known = described(standing.folder / ASSEMBLY, stage, place.where).tenants
    return {tenant.name for tenant in known if not tenant.suspended} - standing.silent


def current(place: Place, stage: str, into: Path) -> Path:
    """What is deployed there, unpacked and verified."""
    found = fetch(place, stage, into)
    if found is None:
        raise Refusal(f"{place.releases} knows of nothing deployed to {stage}")
    verify(found.folder)
    return found.folder


def converse_with_all(place: Place, there: Described, within_secs: float) -> dict[str, str]:
    """Who is silent, and why; but nobody expects an answer of a suspended tenant."""
    for tenant in there.tenants:
        if tenant.suspended:
            say(f"  {tenant.name} is suspended and takes no mail: he is not asked")
    return converse(place, [tenant for tenant in there.tenants if not tenant.suspended], within_secs)


def _put(place: Place, assembly: Path, stage: str, heard: AbstractSet[str], within_secs: float) -> _Put:
    there = described(assembly, stage, place.where)
    app = ["--app", str(assembly), "--require-approval", "never", "--progress", "events", *place.deploys_with]
    try:
        with step(f"deploy the stacks of {stage} in {place.where} (cdk deploy)"):
            # First, for tenants put their rules into its rule set; CDK keeps no order between a stack and a stage.
            place.cdk("deploy", *there.account_stacks, *app)
            place.cdk("deploy", *there.tenant_stacks, *app)
    except Refusal as refusal:
        return _Put(str(refusal))
    silent = converse_with_all(place, there, within_secs)
    broken = {tenant: why for tenant, why in silent.items() if tenant in heard}
    return _Put(
        "; ".join(f"{tenant} {why}" for tenant, why in broken.items()),
        {tenant: why for tenant, why in silent.items() if tenant not in heard},
    )


def _advice(stage: str, tenant: str, silence: str) -> str:
    return (
        f"{tenant} {silence}, and has not answered before, so nothing is rolled back for him: set his DNS records "
        f"(`scripts/tenant dns {tenant} --stage {stage}`), see what `scripts/doctor` says, then "
        f"`scripts/release converse {stage}`"
    )


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder
