"""Deploys the stage's stacks by `cdk deploy`, the very templates AWS gets; and only what changed since the last."""

import hashlib
import io
import json
import shutil
import subprocess
import time
import zipfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from stack.build import Built
from stack.clients import client
from stack.environments import for_the_stack
from stack.install import INFRA
from stack.progress import step
from stack.settings import ACCOUNT, CHECKOUT, REGION, STACKS, STAGE, Refusal, Settings

FUNCTIONS = CHECKOUT / "lambdas" / "functions.json"
NOT_SOURCES = {"node_modules", "cdk.out", "test"}
OURS = {"cis-account", *(f"{STACKS}-{part}" for part in ("data", "mail", "pipeline", "api", "watch"))}
RULE_SET = "cis"
NOTE = f"/cis/{STAGE}/deployed"


def deploy(settings: Settings, built: Built) -> bool:
    """A change of the templates goes through CDK. A change of the functions' code alone goes straight to the functions:
    describing all stacks again would take longer than everything else."""
    templates = f"{settings.described_by} {_digest_of_templates()}"
    code = _digest([built.bundle / "bootstrap"])
    before, standing = _read_note(settings), _stacks(settings)
    if before.get("templates") != templates or not standing >= OURS:
        _bootstrap(settings, standing)
        with step("describe the stacks (cdk synth)"):
            # CDK adds to what is there: a copy of the functions' code for each edit.
            shutil.rmtree(_described(settings), ignore_errors=True)
            app = ["--app", f"node --import tsx {settings.described_by}"] if settings.described_by else []
            _cdk(settings, ["synth", "**", "--quiet", "-c", f"stage={STAGE}", *app], INFRA, built)
        _deploy_stacks(settings, _described(settings), standing)
    elif before.get("code") != code:
        with step("deploy the functions' new code"):
            _update_code(settings, built)
    else:
        return False
    # Kept in the cloud itself: should that lose its state, the note is lost with what it speaks of.
    note = json.dumps({"templates": templates, "code": code})
    client(settings, "ssm").put_parameter(Name=NOTE, Value=note, Type="String", Overwrite=True)
    return True


def deploy_described(settings: Settings, assembly: Path) -> None:
    """Deploys stacks as somebody has described them before, code and all."""
    standing = _stacks(settings)
    _bootstrap(settings, standing)
    _deploy_stacks(settings, assembly, standing)


def prepare_change_sets(settings: Settings, assembly: Path, name: str) -> None:
    """Has CloudFormation say what it would do, and do nothing."""
    described = ["--app", str(assembly), "--require-approval", "never"]
    change_sets = ["--method", "prepare-change-set", "--change-set-name", name]
    _cdk(settings, ["deploy", "**", *change_sets, "--concurrency", "5", *described], settings.state)


def outputs(settings: Settings, stacks: str = STACKS) -> dict[str, str]:
    """What the API's stack says of itself: ApiUrl, UserPoolId, UserPoolClientId."""
    described = client(settings, "cloudformation").describe_stacks(StackName=f"{stacks}-api")
    return {output["OutputKey"]: output["OutputValue"] for output in described["Stacks"][0]["Outputs"]}


def activate_receipt_rules(settings: Settings) -> None:
    """The local stage deploys no custom resource for it: MiniStack has no AWS SDK for Node functions."""
    client(settings, "ses").set_active_receipt_rule_set(RuleSetName=RULE_SET)


def _stacks(settings: Settings) -> set[str]:
    """The names of the stacks that stand."""
    listed = client(settings, "cloudformation").list_stacks(StackStatusFilter=["CREATE_COMPLETE", "UPDATE_COMPLETE"])
    return {stack["StackName"] for stack in listed["StackSummaries"]}


def _deploy_stacks(settings: Settings, assembly: Path, standing: set[str]) -> None:
    with step("deploy the stacks (cdk deploy)"):
        described = ["--app", str(assembly), "--require-approval", "never"]
        # Not in infra/: what is described needs nothing of what it was described from.
        if "cis-account" not in standing:
            # First, for tenants put their rules into its rule set; CDK keeps no order between a stack and a stage.
            _cdk(settings, ["deploy", "account-*", *described], settings.state)
        _cdk(settings, ["deploy", "**", "--concurrency", "5", *described], settings.state)


def _bootstrap(settings: Settings, stacks: set[str]) -> None:
    if "CDKToolkit" not in stacks:
        with step("bootstrap CDK"):
            # Not in infra/, where CDK would first describe all stacks, though this needs none of them.
            _cdk(settings, ["bootstrap", f"aws://{ACCOUNT}/{REGION}"], settings.state)


def _described(settings: Settings) -> Path:
    return settings.state / "cdk.out"


def _cdk(settings: Settings, arguments: list[str], folder: Path, built: Built | None = None) -> None:
    log = settings.logs / "cdk.log"
    command = [
        str(INFRA / "node_modules" / ".bin" / "cdk"),
        *arguments,
        "--progress",
        "events",
        "--no-color",
        "--no-notices",
    ]
    environment = {
        **for_the_stack(settings),
        # Its caches would go to the home folder.
        "CDK_HOME": str(settings.tools / "cache" / "cdk"),
        "CDK_DISABLE_CLI_TELEMETRY": "true",
        "CI": "true",
    }
    if built is not None:
        environment["CIS_LAMBDA_ASSET"] = str(built.bundle)
        command += ["--output", str(_described(settings))]
    with log.open("ab") as output:
        output.write(f"\n$ cdk {' '.join(arguments)}\n".encode())
        output.flush()
        done = subprocess.run(command, cwd=folder, env=environment, stdout=output, stderr=output, check=False)
    if done.returncode != 0:
        raise Refusal(f"`cdk {arguments[0]}` failed; its log {log} ends:\n{_tail(log)}")


def _update_code(settings: Settings, built: Built) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        entry = zipfile.ZipInfo("bootstrap", date_time=(1980, 1, 1, 0, 0, 0))
        entry.external_attr = 0o755 << 16
        archive.writestr(entry, (built.bundle / "bootstrap").read_bytes(), zipfile.ZIP_DEFLATED)
    functions = client(settings, "lambda")
    bucket = f"cdk-hnb659fds-assets-{ACCOUNT}-{REGION}"
    key, objects = "code/latest.zip", client(settings, "s3")
    put = objects.put_object(Bucket=bucket, Key=key, Body=packed.getvalue())
    with ThreadPoolExecutor(4) as pool:
        names = _function_names(settings)
        list(
            pool.map(lambda name: functions.update_function_code(FunctionName=name, S3Bucket=bucket, S3Key=key), names)
        )
        deadline = time.monotonic() + 20
        for name in names:
            while functions.get_function_configuration(FunctionName=name).get("LastUpdateStatus") == "InProgress":
                if time.monotonic() > deadline:
                    raise Refusal(f"{name} did not take its new code within 20 s")
                time.sleep(0.05)
    # The functions keep what they took.
    version = {"VersionId": put["VersionId"]} if put.get("VersionId") else {}
    objects.delete_object(Bucket=bucket, Key=key, **version)


def _function_names(settings: Settings) -> list[str]:
    pages = client(settings, "lambda").get_paginator("list_functions").paginate()
    found = [function for page in pages for function in page["Functions"]]
    return [
        function["FunctionName"]
        for function in found
        if function["FunctionName"].startswith(f"{STACKS}-") and function.get("Runtime", "").startswith("provided")
    ]


def _digest_of_templates() -> str:
    sources = [path for path in sorted(INFRA.rglob("*")) if path.is_file() and not NOT_SOURCES & set(path.parts)]
    return _digest([*sources, FUNCTIONS])


def _digest(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(str(path.name).encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _read_note(settings: Settings) -> dict[str, str]:
    parameters = client(settings, "ssm")
    try:
        return json.loads(parameters.get_parameter(Name=NOTE)["Parameter"]["Value"])
    except parameters.exceptions.ParameterNotFound:
        return {}


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-30:])
