"""What we read: the JSON of `cis inspect`, in the engines' shape."""

import datetime as dt
import json
import subprocess
from pathlib import Path
from typing import Any

from readers.ask import MOST


def moment(time: dict[str, Any] | None) -> dict[str, Any] | None:
    if time is None:
        return None
    if time["kind"] == "all-day":
        return {"kind": "day", "at": time["local"], "offset": None}
    if time["kind"] == "floating":
        return {"kind": "floating", "at": time["local"], "offset": None}
    instant = dt.datetime.fromisoformat(time["instant"])
    local = dt.datetime.fromisoformat(time["local"]).replace(tzinfo=dt.UTC)
    return {"kind": "instant", "at": time["instant"], "offset": int((local - instant).total_seconds())}


def inspect(cis: Path, file: Path) -> dict[str, Any]:
    """Exit code 2 is `unreadable`, which is an answer, too."""
    done = subprocess.run(
        [str(cis), "inspect", "--json", "--instances", str(MOST), str(file)],
        capture_output=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    return json.loads(done.stdout)


def events(shown: dict[str, Any]) -> list[dict[str, Any]]:
    found = []
    for calendar in shown["calendars"]:
        for event in calendar["events"]:
            if event["start"] is None:
                continue
            found.append(
                {
                    "uid": event["uid"],
                    "instance": moment(event["recurrence_id"]),
                    "start": moment(event["start"]),
                    "end": moment(event["end"]),
                    "occurrences": _occurrences(event),
                    "tzid": event["start"]["tzid"],
                    "recurrence": event["recurrence"],
                    "status": event["status"],
                }
            )
    return found


def _occurrences(event: dict[str, Any]) -> list[dict[str, Any]] | None:
    """Cancelled ones, too: the others give them out, and leave it to their callers to look at STATUS."""
    recurs = event["recurrence_id"] is None and bool(event["recurrence"])
    return [moment(one["start"]) for one in event["instances"]] if recurs else None
