"""A bundle that was altered, or whose parts do not fit together, is not deployed."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from release import manifest as manifests
from release.files import zip_of_functions
from release.manifest import ASSEMBLY, AT_ONCE, FORMAT, ONE_ASSEMBLY, Manifest, read_manifest, write_manifest
from release.verify import IN_ONE_STEP, SBOM, verify
from stack.settings import Refusal

ARM64 = b"\x7fELF".ljust(18, b"\0") + b"\xb7\0" + b"the functions"
TEMPLATE = "assembly/assembly-dev-acme/pipeline.template.json"


def template(asset: str, architecture: str = "arm64") -> dict:
    function = {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Runtime": "provided.al2023",
            "Architectures": [architecture],
            "Code": {"S3Bucket": "assets", "S3Key": asset},
        },
    }
    return {"Resources": {"ReceiveMail": function}}


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    (tmp_path / "binary").write_bytes(ARM64)
    folder = tmp_path / "bundle"
    zip_of_functions(tmp_path / "binary", folder / "assembly" / "asset.abc.zip")
    (folder / TEMPLATE).parent.mkdir()
    (folder / TEMPLATE).write_text(json.dumps(template("abc.zip")))
    digest = hashlib.sha256(ARM64).hexdigest()
    listed = {"metadata": {"component": {"hashes": [{"alg": "SHA-256", "content": digest}]}}, "components": [{}]}
    (folder / SBOM).write_text(json.dumps(listed))
    manifest = Manifest(
        format=FORMAT,
        version="0.2.0",
        commit="c" * 40,
        committed_at="2026-11-21T00:00:00Z",
        clean=True,
        processor="arm64",
        stages=["dev"],
        cdk="2.1148.1",
        cloud_url="",
        functions="assembly/asset.abc.zip",
        bootstrap_sha256=digest,
        files=manifests.digests(folder),
    )
    write_manifest(folder, manifest)
    return folder


def signed_again(bundle: Path, **changes: object) -> None:
    """Whoever alters a bundle can also alter its manifest: the parts must still fit together."""
    write_manifest(bundle, replace(read_manifest(bundle), files=manifests.digests(bundle), **changes))


def test_what_was_built_is_what_is_there(bundle: Path) -> None:
    assert verify(bundle).version == "0.2.0"


@pytest.mark.parametrize(
    ("alter", "said"),
    [
        (lambda bundle: (bundle / TEMPLATE).write_text("{}"), f"{TEMPLATE} has sha256"),
        (lambda bundle: (bundle / SBOM).unlink(), f"{SBOM} is missing"),
        (
            lambda bundle: (bundle / "assembly" / "more.json").write_text("{}"),
            "assembly/more.json is not in the manifest",
        ),
        (lambda bundle: (bundle / "link").symlink_to("/etc/passwd"), "link is a link"),
    ],
)
def test_any_change_is_told(bundle: Path, alter: Callable[[Path], object], said: str) -> None:
    alter(bundle)
    with pytest.raises(Refusal, match=said):
        verify(bundle)


def test_templates_that_run_something_else_are_refused(bundle: Path) -> None:
    (bundle / TEMPLATE).write_text(json.dumps(template("other.zip")))
    signed_again(bundle)
    with pytest.raises(Refusal, match=r"ReceiveMail runs other\.zip, not abc\.zip"):
        verify(bundle)


def test_templates_for_another_processor_are_refused(bundle: Path) -> None:
    (bundle / TEMPLATE).write_text(json.dumps(template("abc.zip", "x86_64")))
    signed_again(bundle)
    with pytest.raises(Refusal, match=r"ReceiveMail runs on \['x86_64'\], not arm64"):
        verify(bundle)


def test_a_binary_for_another_processor_is_refused(bundle: Path) -> None:
    signed_again(bundle, processor="x86-64")
    with pytest.raises(Refusal, match="was built for arm64, not x86-64"):
        verify(bundle)


def test_a_stage_that_is_not_described_is_missed(bundle: Path) -> None:
    signed_again(bundle, stages=["dev", "prod"])
    with pytest.raises(Refusal, match="assembly describes dev, the manifest says dev, prod"):
        verify(bundle)


def test_a_list_of_another_binary_is_refused(bundle: Path) -> None:
    (bundle / SBOM).write_text(json.dumps({"components": [{}]}))
    signed_again(bundle)
    with pytest.raises(Refusal, match="is of another binary"):
        verify(bundle)


def add_at_once(bundle: Path, how: str, source: str) -> None:
    """The second assembly, whose functions are the first's."""
    folder = bundle / AT_ONCE / "assembly-dev-acme"
    folder.mkdir(parents=True)
    described = template("abc.zip")
    described["Resources"]["Group"] = {
        "Type": "AWS::CodeDeploy::DeploymentGroup",
        "Properties": {"DeploymentConfigName": how},
    }
    (folder / "pipeline.template.json").write_text(json.dumps(described))
    uploads = {"files": {"abc": {"source": {"path": source}}}}
    (folder / "pipeline.assets.json").write_text(json.dumps(uploads))


def test_both_ways_to_deploy_share_the_functions(bundle: Path) -> None:
    add_at_once(bundle, IN_ONE_STEP, "../../assembly/asset.abc.zip")
    signed_again(bundle, assemblies=[ASSEMBLY, AT_ONCE])
    assert verify(bundle).assemblies == [ASSEMBLY, AT_ONCE]


@pytest.mark.parametrize(
    ("how", "source", "said"),
    [
        ("CodeDeployDefault.LambdaLinear10PercentEvery1Minute", "../../assembly/asset.abc.zip", "Group takes over by"),
        (IN_ONE_STEP, "asset.abc.zip", "uploads asset.abc.zip as the functions"),
    ],
)
def test_a_second_way_that_deploys_something_else_is_refused(bundle: Path, how: str, source: str, said: str) -> None:
    add_at_once(bundle, how, source)
    signed_again(bundle, assemblies=[ASSEMBLY, AT_ONCE])
    with pytest.raises(Refusal, match=said):
        verify(bundle)


def test_a_second_way_that_nobody_speaks_of_is_refused(bundle: Path) -> None:
    add_at_once(bundle, IN_ONE_STEP, "../../assembly/asset.abc.zip")
    signed_again(bundle)
    with pytest.raises(Refusal, match="in assembly, assembly-at-once, the manifest says assembly"):
        verify(bundle)


def test_bundles_from_before_there_were_two_ways_are_read(bundle: Path) -> None:
    stated = json.loads((bundle / manifests.NAME).read_text())
    del stated["assemblies"]
    (bundle / manifests.NAME).write_text(json.dumps({**stated, "format": ONE_ASSEMBLY}))
    assert verify(bundle).assemblies == [ASSEMBLY]


@pytest.mark.parametrize("said", ["no JSON", "[]", '{"format": 3}', '{"format": 2}', '{"format": 1}'])
def test_a_manifest_that_cannot_be_read_is_refused(bundle: Path, said: str) -> None:
    (bundle / manifests.NAME).write_text(said)
    with pytest.raises(Refusal):
        verify(bundle)
