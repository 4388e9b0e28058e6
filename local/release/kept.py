"""What stands on a stage, kept beside it in S3 for whoever has to go back to it."""

import shutil
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from release.files import sha256_of, unpack
from release.place import Place
from stack.settings import Refusal

CURRENT = "bundle.tar.gz"
TRIES_AGAIN_AFTER_SECS = (2.0, 10.0, 30.0)
# S3 takes 2 kB of metadata. Whoever is left out is one whose silence rolls back.
SILENT_CHARS = 1500


class NotKept(Exception):
    """The version is deployed, and nothing says so; the text has what to do."""


@dataclass(frozen=True)
class Standing:
    """`silent` are the tenants who had not answered when it was deployed."""

    folder: Path
    silent: frozenset[str]


def fetch(place: Place, stage: str, into: Path) -> Standing | None:
    from botocore.exceptions import ClientError

    into.mkdir(parents=True, exist_ok=True)
    archive = into / CURRENT
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
    unpacked = into / "unpacked"
    unpacked.mkdir()
    silent = frozenset(name for name in found["Metadata"].get("silent", "").split(",") if name)
    return Standing(unpack(archive, unpacked), silent)


def keep(place: Place, archive: Path, stage: str, silent: Iterable[str]) -> None:
    from botocore.exceptions import BotoCoreError, ClientError

    digest = sha256_of(archive)
    metadata = {"sha256": digest, "silent": _as_metadata(silent)}
    for pause_secs in (*TRIES_AGAIN_AFTER_SECS, None):
        try:
            with archive.open("rb") as content:
                place.client("s3").put_object(
                    Bucket=place.releases, Key=f"{stage}/{CURRENT}", Body=content, Metadata=metadata
                )
        except (BotoCoreError, ClientError) as error:
            if pause_secs is not None:
                time.sleep(pause_secs)
                continue
            given = ",".join(f"{name}={value}" for name, value in metadata.items() if "," not in value and value)
            raise NotKept(
                f"{archive.name} stands on {stage} and nothing was rolled back, but {place.releases} does not say so: "
                f"{error}. The next roll-back would go back too far. Once the bucket takes it, deploy the same bundle "
                f"again, or: aws s3 cp {archive.name} s3://{place.releases}/{stage}/{CURRENT} --metadata {given}"
            ) from error
        return


def _as_metadata(silent: Iterable[str]) -> str:
    text = ",".join(sorted(silent))
    return text if len(text) <= SILENT_CHARS else text[:SILENT_CHARS].rpartition(",")[0]
