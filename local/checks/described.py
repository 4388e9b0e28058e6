"""The deployed API is sent what its own description allows and what it does not: Schemathesis, with all its checks."""

import argparse
import json
import os
import re
import ssl
import subprocess
import sys
import time
import urllib.request
from dataclasses import replace
from pathlib import Path

from stack.environment_file import read_environment
from stack.settings import CHECKOUT, read_settings

CONFIGURATION = CHECKOUT / "local" / "checks" / "described.toml"
EVENT = {"organizer": "alice@described.test", "summary": "Described", "start": "2031-03-03"}
# A run differs from another of the same code by what the API has become meanwhile, not by what it is sent.
SEED = "1"
TRIED = re.compile(r"^\s*(?P<tried>\d+) generated", re.MULTILINE)


def main() -> int:
    parser = argparse.ArgumentParser(prog="checks.described", description=__doc__)
    parser.add_argument(
        "--examples", type=int, required=True, help="of each operation, beside those that cover its parts"
    )
    arguments = parser.parse_args()
    stack = Path(os.environ["CIS_ENVIRONMENT"]).parent
    known = read_environment(replace(read_settings(), state=stack))
    api, token = known["CIS_API_URL"], known["CIS_API_TOKEN"]
    command = [
        str(Path(sys.executable).with_name("schemathesis")),
        "--no-color",
        "--config-file",
        str(CONFIGURATION),
        "run",
        f"{api}/openapi.json",
        "--url",
        api,
        "--header",
        f"Authorization: Bearer {token}",
        "--tls-verify",
        known["SSL_CERT_FILE"],
        "--checks",
        "all",
        "--seed",
        SEED,
        "--max-examples",
        str(arguments.examples),
        "--continue-on-failure",
        "--suppress-health-check",
        "all",
        # Two cores are little for all that runs beside.
        "--request-timeout",
        "60",
        "--request-retries",
        "2",
        "--generation-database",
        "none",
    ]
    began = time.monotonic()
    event = {"DESCRIBED_EVENT": new_event(api, token, known["SSL_CERT_FILE"])}
    done = subprocess.run(command, cwd=stack, env={**os.environ, **event}, capture_output=True, text=True, check=False)
    sys.stdout.write(done.stdout + done.stderr)
    tried = TRIED.search(done.stdout)
    if done.returncode == 0 and tried:
        print(f"{tried['tried']} passed in {time.monotonic() - began:.1f}s")
    return done.returncode


def new_event(api: str, token: str, certificate: str) -> str:
    """The uid of an event of everything's own, by the API."""
    request = urllib.request.Request(
        f"{api}/event",
        data=json.dumps(EVENT).encode(),
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, context=ssl.create_default_context(cafile=certificate)) as answer:
        return str(json.load(answer)["uid"])


if __name__ == "__main__":
    sys.exit(main())
