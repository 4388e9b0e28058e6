"""Deploys a bundle to a stage, converses with it, and goes back to the bundle before if it does not answer."""

import json
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from release.converse import Tenant, converse
from release.files import sha256_of, unpack
from release.place import Place
from release.verify import ASSEMBLY, verify
from stack.progress import say, step, warn
from stack.settings import STAGE, Refusal

ANSWERS_WITHIN_SECS = 180.0
CURRENT = "bundle.tar.gz"


@dataclass(frozen=True)
class Outcome:
    """`rolled_back_to` is empty where nothing was rolled back."""

    ok: bool
    version: str
    why: str = ""
    rolled_back_to: str = ""


def deploy(place: Place, archive: Path, stage: str, *, within_secs: float = ANSWERS_WITHIN_SECS) -> Outcome:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        before = _fetch_current(place, stage, folder / "before")
        new = unpack(archive, _made(folder / "new"))
        manifest = verify(new)
        if stage not in manifest.stages:
            raise Refusal(f"{archive.name} describes {', '.join(manifest.stages)}, not {stage}")
        if not manifest.clean and stage != STAGE:
            raise Refusal(f"{archive.name} was built from a changed tree: nobody could say what it is")
        say(f"  {manifest.identity} to {stage}, over {verify(before).identity if before else 'nothing'}")
        why = _put(place, new, stage, within_secs)
        if not why:
            _keep(place, archive, stage)
            return Outcome(True, manifest.version)
        warn(f"  {why}")
        if before is None:
            return Outcome(False, manifest.version, f"{why}; there is no version before to go back to")
        back = _put(place, before, stage, within_secs)
        if back:
            return Outcome(False, manifest.version, f"{why}; and the version before does not stand again: {back}")
        return Outcome(False, manifest.version, why, verify(before).version)


def current(place: Place, stage: str, into: Path) -> Path:
    """What is deployed there, unpacked and verified."""
    found = _fetch_current(place, stage, into)
    if found is None:
        raise Refusal(f"{place.releases} knows of nothing deployed to {stage}")
    verify(found)
    return found


def tenants(folder: Path, stage: str) -> list[Tenant]:
    """As the stage's own templates have them."""
    found = []
    for assembly in sorted((folder / ASSEMBLY).glob(f"assembly-{stage}-*")):
        name = assembly.name.removeprefix(f"assembly-{stage}-")
        domains = {
            resource["Properties"]["EmailIdentity"]
            for template in assembly.glob("*.template.json")
            for resource in json.loads(template.read_text()).get("Resources", {}).values()
            if resource["Type"] == "AWS::SES::EmailIdentity"
        }
        if len(domains) != 1:
            raise Refusal(f"{assembly.name} has {len(domains)} mail domains where one is expected")
        found.append(Tenant(name, f"cis-{stage}-{name}", domains.pop()))
    return found


def accounts(folder: Path, stage: str) -> list[str]:
    """The ids of the account stacks the stage's tenants live in."""
    environments = set()
    for assembly in (folder / ASSEMBLY).glob(f"assembly-{stage}-*"):
        for artifact in json.loads((assembly / "manifest.json").read_text())["artifacts"].values():
            if "environment" in artifact:
                environments.add(artifact["environment"].removeprefix("aws://").replace("/", "-"))
    return sorted(f"account-{environment}" for environment in environments)


def _put(place: Place, folder: Path, stage: str, within_secs: float) -> str:
    """What went wrong, or nothing."""
    app = ["--app", str(folder / ASSEMBLY), "--require-approval", "never", "--progress", "events"]
    try:
        with step(f"deploy the stacks of {stage} (cdk deploy)"):
            # First, for tenants put their rules into its rule set; CDK keeps no order between a stack and a stage.
            place.cdk("deploy", *accounts(folder, stage), *app)
            place.cdk("deploy", f"{stage}-*/**", "--concurrency", "5", *app)
    except Refusal as refusal:
        return str(refusal)
    silent = [tenant.name for tenant in tenants(folder, stage) if not converse(place, tenant, within_secs)]
    return f"{', '.join(silent)} did not answer within {within_secs:.0f} s" if silent else ""


def _fetch_current(place: Place, stage: str, into: Path) -> Path | None:
    from botocore.exceptions import ClientError

    archive = _made(into) / CURRENT
    try:
        found = place.client("s3").get_object(Bucket=place.releases, Key=f"{stage}/{CURRENT}")
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchKey":
            return None
        raise Refusal(f"What is deployed to {stage} cannot be read from {place.releases}: {error}") from error
    with archive.open("wb") as target:
        shutil.copyfileobj(found["Body"], target)
    if sha256_of(archive) != found["Metadata"].get("sha256"):
        raise Refusal(f"What {place.releases} holds for {stage} is not what was deployed")
    return unpack(archive, _made(into / "unpacked"))


def _keep(place: Place, archive: Path, stage: str) -> None:
    with archive.open("rb") as content:
        place.client("s3").put_object(
            Bucket=place.releases, Key=f"{stage}/{CURRENT}", Body=content, Metadata={"sha256": sha256_of(archive)}
        )


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder
