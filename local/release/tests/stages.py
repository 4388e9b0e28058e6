"""Bundles and clouds of a test's own making."""

import hashlib
import io
import json
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from release import manifest as manifests
from release.files import pack, zip_of_functions
from release.manifest import ASSEMBLY, AT_ONCE, FORMAT, Manifest, write_manifest
from release.place import Place
from release.verify import IN_ONE_STEP, SBOM
from stack.settings import Refusal

ACCOUNT, REGION = "111111111111", "us-east-1"
HERE = f"aws://{ACCOUNT}/{REGION}"
ELSEWHERE = "aws://999999999999/eu-central-1"
ARM64 = b"\x7fELF".ljust(18, b"\0") + b"\xb7\0" + b"the functions"


def stack(name: str, where: str) -> dict:
    return {"type": "aws:cloudformation:stack", "environment": where, "displayName": name}


def describe(assembly: Path, tenants: dict[str, tuple[str, bool]], stage: str = "dev") -> None:
    """Tenants with where they are and whether they take mail, as CDK writes them."""
    assembly.mkdir(parents=True, exist_ok=True)
    accounts = {where: stack(f"account-{where.removeprefix('aws://')}", where) for where, _ in tenants.values()}
    (assembly / "manifest.json").write_text(json.dumps({"artifacts": accounts}))
    for tenant, (where, enabled) in tenants.items():
        folder = assembly / f"assembly-{stage}-{tenant}"
        folder.mkdir()
        artifacts = {part: stack(f"{stage}-{tenant}/{part}", where) for part in ("mail", "pipeline")}
        (folder / "manifest.json").write_text(json.dumps({"artifacts": {**artifacts, "tree": {"type": "cdk:tree"}}}))
        resources = {
            "Identity": {
                "Type": "AWS::SES::EmailIdentity",
                "Properties": {"EmailIdentity": f"{tenant}.invites.example"},
            },
            "Rule": {"Type": "AWS::SES::ReceiptRule", "Properties": {"Rule": {"Enabled": enabled}}},
            "Function": {
                "Type": "AWS::Lambda::Function",
                "Properties": {
                    "Runtime": "provided.al2023",
                    "Architectures": ["arm64"],
                    "Code": {"S3Key": "abc.zip"},
                },
            },
            "Group": {
                "Type": "AWS::CodeDeploy::DeploymentGroup",
                "Properties": {"DeploymentConfigName": IN_ONE_STEP if assembly.name == AT_ONCE else "gradual"},
            },
        }
        (folder / "mail.template.json").write_text(json.dumps({"Resources": resources}))


def bundle(
    tmp_path: Path,
    version: str,
    tenants: dict[str, tuple[str, bool]],
    *,
    assemblies: tuple[str, ...] = (ASSEMBLY, AT_ONCE),
) -> Path:
    """Packed, as it is deployed."""
    folder = tmp_path / f"bundle-{version}"
    (tmp_path / "binary").write_bytes(ARM64)
    for name in assemblies:
        describe(folder / name, tenants)
    zip_of_functions(tmp_path / "binary", folder / ASSEMBLY / "asset.abc.zip")
    digest = hashlib.sha256(ARM64).hexdigest()
    listed = {"metadata": {"component": {"hashes": [{"alg": "SHA-256", "content": digest}]}}, "components": [{}]}
    (folder / SBOM).write_text(json.dumps(listed))
    manifest = Manifest(
        format=FORMAT,
        version=version,
        commit="c" * 40,
        committed_at="2026-11-21T00:00:00Z",
        clean=True,
        processor="arm64",
        stages=["dev"],
        cdk="2.1148.1",
        cloud_url="",
        functions=f"{ASSEMBLY}/asset.abc.zip",
        bootstrap_sha256=digest,
        files=manifests.digests(folder),
        assemblies=list(assemblies),
    )
    write_manifest(folder, manifest)
    archive = tmp_path / f"{version}.tar.gz"
    pack(folder, archive, modified_at_secs=0)
    return archive


class Cloud:
    """An account that answers for whom it is told to, and remembers what CDK was asked."""

    def __init__(self, answers: set[str], *, rings: bool = False) -> None:
        self.answers, self.rings = answers, rings
        self.kept: dict[str, Any] | None = None
        self.puts_that_fail = 0
        self.asked: list[str] = []
        self.calls: list[tuple[str, ...]] = []
        self.environments: list[dict[str, str]] = []

    # As S3, DynamoDB and STS.
    def get_object(self, **_: str) -> dict[str, Any]:
        if self.kept is None:
            raise ClientError({"Error": {"Code": "NoSuchKey"}}, "GetObject")
        return {"Body": io.BytesIO(self.kept["content"]), "Metadata": self.kept["Metadata"]}

    def put_object(self, **request: Any) -> None:
        if self.puts_that_fail:
            self.puts_that_fail -= 1
            raise ClientError({"Error": {"Code": "SlowDown"}}, "PutObject")
        self.kept = {"content": request["Body"].read(), "Metadata": request["Metadata"]}

    def get_item(self, **request: Any) -> dict[str, Any]:
        tenant = request["TableName"].removeprefix("cis-dev-")
        return {"Item": {"is_sent": {"BOOL": True}}} if tenant in self.answers else {}

    def assume_role(self, **request: str) -> dict[str, Any]:
        return {"Credentials": {"AccessKeyId": request["RoleArn"], "SecretAccessKey": "s", "SessionToken": "t"}}

    def post(self, _sender: str, to: str, _raw: bytes) -> None:
        self.asked.append(to.rpartition("@")[2].partition(".")[0])

    @property
    def deployed(self) -> list[str]:
        """From which assembly, and which tenants' stacks."""
        return [
            f"{Path(call[call.index('--app') + 1]).name}: {' '.join(one for one in call[1 : call.index('--app')])}"
            for call in self.calls
            if not call[1].startswith("account-")
        ]

    def place(self, tmp_path: Path) -> Place:
        cloud = self

        class Recorded(Place):
            def cdk(self, *arguments: str) -> None:
                cloud.calls.append(arguments)
                cloud.environments.append(self.environment)
                # As CodeDeploy, which shifts nothing bit by bit while an alarm rings.
                if cloud.rings and not arguments[arguments.index("--app") + 1].endswith(AT_ONCE):
                    raise Refusal("an alarm rings")

        return Recorded(
            account=ACCOUNT,
            region=REGION,
            environment={"AWS_PROFILE": "stage", "PATH": "/bin"},
            logs=tmp_path / "logs",
            asks_from="conversation@checks.example",
            client=lambda _service: self,
            post=self.post,
        )
