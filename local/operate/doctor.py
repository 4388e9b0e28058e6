"""`scripts/doctor`: is a deployed stage well?"""

import argparse
import json
import subprocess
import sys
from typing import Any

from operate.place import Place, add_place, place_of
from stack.progress import say, warn
from stack.settings import CHECKOUT, Refusal

SIGNS = {"well": "✓", "wrong": "✗", "unknown": "?"}
DNS_SECS = 5.0


def main() -> int:
    arguments = _arguments()
    try:
        place = place_of(arguments, "operate.doctor")
        findings = examined(place)
    except Refusal as refusal:
        warn(f"\n{refusal}")
        return 1
    for finding in findings:
        if arguments.json:
            say(json.dumps({"about": finding.about, "state": finding.state, "said": finding.said}))
        else:
            say(f"{SIGNS[finding.state]} {finding.about:14} {finding.said}".rstrip())
    return 0 if all(finding.state == "well" for finding in findings) else 1


def examined(place: Place) -> list[Any]:
    # Only here: main goes on in the Python that has its packages.
    from operate.examination import Examination, utc_now

    return list(Examination(place, _tenants(), _ask_dns, utc_now).findings())


def _tenants() -> list[dict]:
    listed = subprocess.run(
        [str(CHECKOUT / "scripts" / "tenant"), "list", "--json"], capture_output=True, text=True, check=False
    )
    if listed.returncode != 0:
        raise Refusal(listed.stderr.strip())
    return json.loads(listed.stdout)


def _ask_dns(name: str, kind: str) -> list[str]:
    from dns import exception, resolver

    try:
        return [record.to_text() for record in resolver.resolve(name, kind, lifetime=DNS_SECS)]
    except (resolver.NXDOMAIN, resolver.NoAnswer):
        return []
    except exception.DNSException as error:
        raise Refusal(f"DNS does not answer: {error}") from error


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/doctor",
        description="Looks whether a deployed stage is well: configuration, clock, account, stacks, receipt rules, SES "
        "identity, DNS, sandbox, quotas, alarms, dead letters. Changes nothing. 0 only if all is well.",
    )
    add_place(parser)
    parser.add_argument("--json", action="store_true", help="for programs; one object a line")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
