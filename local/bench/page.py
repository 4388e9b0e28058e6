"""docs/benchmarks.md and its picture, written from the results that are kept."""

from pathlib import Path
from typing import Any

from bench.plot import against, picture
from bench.result import KEPT, Result, read
from stack.settings import CHECKOUT

PAGE = CHECKOUT / "docs" / "benchmarks.md"
PICTURE = CHECKOUT / "docs" / "pictures" / "benchmarks.svg"
# In the order of the budgets.
ORDER = ("invitation", "calls", "list", "start", "answers", "throttled", "accounted")
TITLES = {
    "invitation": "One invitation",
    "calls": "A list's invitations",
    "list": "A list of a million rows",
    "start": "A function's start",
    "answers": "Answers to one event",
    "throttled": "Throttled and killed",
    "accounted": "A hundred thousand people, accounted for",
}
HEAD = """\
# What invitations cost, measured

`scripts/bench` measures it and writes this page, its picture and [the figures behind them](benchmarks); its parts are
in `scripts/bench --help`. Nothing of it is part of `scripts/test`, which only tests how is counted. Each part is one
run on one machine. Two cores are little for a stack and who measures it: times are those of processes' CPU clocks, and
depend on what runs beside. What reading and rendering cost by themselves is in [performance](performance.md).

![How much of each budget is used](pictures/benchmarks.svg)
"""


def write(kept: Path = KEPT) -> None:
    results = [read(kept / f"{part}.json") for part in ORDER if (kept / f"{part}.json").is_file()]
    PICTURE.write_text(picture(measure for result in results for measure in result.measures))
    PAGE.write_text(page(results))


def page(results: list[Result]) -> str:
    sections = [HEAD, budgets(results), *(section(result) for result in results)]
    if missing := sorted(set(ORDER) - {result.part for result in results}):
        sections.insert(2, f"Not measured yet: {', '.join(missing)}.\n")
    return "\n".join(sections)


def budgets(results: list[Result]) -> str:
    judged = [measure for result in results for measure in result.measures if measure.budget is not None]
    # Those without a number come last.
    judged.sort(key=lambda measure: (measure.number is None, measure.number or 0))
    rows: list[list[Any]] = [["budget", "what", "measured", "allowed", ""]]
    for measure in judged:
        verdict = "met" if measure.is_met else "**missed**"
        number = "" if measure.number is None else measure.number
        rows.append([number, measure.what, measure.said, against(measure), verdict])
    return table(rows, right={2})


def section(result: Result) -> str:
    measured = result.measured
    lines = [
        f"## {TITLES[result.part]}\n",
        f"```sh\nscripts/bench {result.part}\n```\n",
        result.how.rstrip() + "\n",
        table([["", "measured"], *([measure.what, measure.said] for measure in result.measures)], right={1}),
    ]
    for title, rows in result.details.items():
        lines.append(f"<details><summary>{title}</summary>\n\n{table(rows, right=numbers_in(rows))}\n</details>\n")
    if (share := measured.get("share", "100%")) != "100%":
        lines.append(f"**Only {share} of it was run.**\n")
    lines.append(
        f"Commit {measured['commit']}, {measured['at'][:10]}, {measured['processor']}, {measured['memory']},"
        f" {measured['system']}; {result.took_secs:.0f} s.\n"
    )
    return "\n".join(lines)


def table(rows: list[list[Any]], right: set[int] = frozenset()) -> str:
    heads, *body = rows
    lines = [
        "| " + " | ".join(str(head) for head in heads) + " |",
        "|" + "|".join("---:" if column in right else "---" for column in range(len(heads))) + "|",
        *("| " + " | ".join(str(cell) for cell in row) + " |" for row in body),
    ]
    return "\n".join(lines) + "\n"


def numbers_in(rows: list[list[Any]]) -> set[int]:
    """Columns that hold nothing but numbers below their head."""

    def is_number(cell: Any) -> bool:
        return not str(cell) or str(cell).replace(",", "").replace(".", "").isdigit()

    return {column for column in range(len(rows[0])) if all(is_number(row[column]) for row in rows[1:])}
