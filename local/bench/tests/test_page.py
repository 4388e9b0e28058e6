"""What is told of results, and the picture of them."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

from bench.page import page, table
from bench.plot import MARGIN, MOST, WIDTH, picture, used_of_budget
from bench.result import Measure, Result, figure, read

CPU = Measure("CPU for an invitation", 45.0, "µs", budget=90, number=1)
USE = Measure("use of the granted rate", 97.5, "%", budget=95, at_least=True, number=8)
LOST = Measure("invitations lost", 0, "of 10", budget=0, number=8)
PEER = Measure("the same, elsewhere <slowly>", 4500.0, "µs")


def result(*measures: Measure) -> Result:
    measured = {"commit": "c0ffee", "at": "2026-03-01T10:00:00Z", "processor": "p", "memory": "m", "system": "s"}
    details = {"Costs": [["what", "$"], ["writes", "0.6250"]]}
    return Result("invitation", list(measures), "It is measured.", details, 1.0, measured)


@pytest.mark.parametrize(
    ("value", "said"),
    [(0, "0"), (0.0123456, "0.0123"), (1.0349, "1.03"), (2, "2"), (45.04, "45"), (168.3, "168"), (4846.0, "4,846")],
)
def test_figures_have_as_many_digits_as_say_something(value: float, said: str) -> None:
    assert figure(value) == said


def test_a_budget_is_a_most_or_a_least_and_nothing_is_met_by_nothing() -> None:
    assert CPU.is_met and USE.is_met and LOST.is_met and PEER.is_met
    missed = [
        Measure("a", 91, "", budget=90),
        Measure("b", 94, "", budget=95, at_least=True),
        Measure("c", 1, "", budget=0),
    ]
    assert not any(measure.is_met for measure in missed)
    assert missed[0].told().endswith("MISSED")
    assert not result(CPU, missed[0]).is_met


def test_a_miss_by_little_is_not_rounded_away() -> None:
    assert Measure("use", 94.976, "%", budget=95, at_least=True).said == "94.98 %"
    assert Measure("calls", 1.0501, "calls", budget=1.05).said == "1.0501 calls"
    assert Measure("lost", 0.001, "of 10", budget=0).said == "0.001 of 10"
    assert Measure("use", 95.02, "%", budget=95, at_least=True).said == "95 %"


def test_what_is_kept_reads_as_it_was(tmp_path: Path) -> None:
    kept = result(CPU, USE, PEER)
    assert read(kept.keep(tmp_path)) == kept


def test_of_a_least_percentage_it_is_what_may_be_missing_that_is_used() -> None:
    assert used_of_budget(CPU) == pytest.approx(0.5)
    assert used_of_budget(USE) == pytest.approx(0.5)


def test_bars_are_as_long_as_the_budget_is_used_and_end_at_the_edge() -> None:
    far = Measure("far over", 900, "µs", budget=90, number=1)
    drawn = ElementTree.fromstring(picture([CPU, USE, far, LOST, PEER]))
    bars = [bar for bar in drawn.iter("{http://www.w3.org/2000/svg}rect") if bar.get("class") != "track"]
    assert [bar.get("class") for bar in bars] == ["met", "met", "missed"]
    full = (WIDTH - 2 * MARGIN) / MOST
    assert [float(bar.get("width", 0)) for bar in bars] == pytest.approx([full / 2, full / 2, full * MOST], abs=0.1)


def test_the_page_names_budgets_commands_and_commit() -> None:
    told = page([result(CPU, PEER)])
    assert "| 1 | CPU for an invitation | 45 µs | at most 90 | met |" in told
    assert "scripts/bench invitation" in told and "Commit c0ffee, 2026-03-01" in told
    assert "| writes | 0.6250 |" in told
    assert "Not measured yet: accounted, answers, calls, list, start, throttled." in told


def test_a_table_sets_numbers_to_the_right() -> None:
    assert table([["a", "n"], ["x", 1]], right={1}) == "| a | n |\n|---|---:|\n| x | 1 |\n"
