"""What a part has measured, against its budget, and how it is told and kept."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from stack.settings import CHECKOUT

KEPT = CHECKOUT / "docs" / "benchmarks"


@dataclass(frozen=True)
class Measure:
    """One number. `budget` is the most it may be, or the least where `at_least` says so; without one it only informs.
    `number` is the budget's in docs/benchmarks.md and docs/performance.md."""

    what: str
    value: float
    unit: str
    budget: float | None = None
    at_least: bool = False
    number: int | None = None

    @property
    def is_met(self) -> bool:
        if self.budget is None:
            return True
        return self.value >= self.budget if self.at_least else self.value <= self.budget

    @property
    def said(self) -> str:
        """The value and its unit; a miss by little is not rounded away."""
        value, digits = figure(self.value), 2
        while not self.is_met and float(value.replace(",", "")) == self.budget:
            value, digits = f"{self.value:.{digits}f}", digits + 1
        return f"{value} {self.unit}".rstrip()

    def told(self) -> str:
        said = f"{self.what}: {self.said}"
        if self.budget is None:
            return said
        sign = "≥" if self.at_least else "≤"
        verdict = "met" if self.is_met else "MISSED"
        budget = "must be" if self.number is None else f"budget {self.number}:"
        return f"{said} ({budget} {sign} {figure(self.budget)}): {verdict}"


@dataclass
class Result:
    """What one part came to. `details` holds tables: a title and rows, the first of them the heads."""

    part: str
    measures: list[Measure]
    how: str
    details: dict[str, list[list[Any]]] = field(default_factory=dict)
    took_secs: float = 0.0
    measured: dict[str, str] = field(default_factory=dict)

    @property
    def is_met(self) -> bool:
        return all(measure.is_met for measure in self.measures)

    def keep(self, folder: Path = KEPT) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{self.part}.json"
        path.write_text(json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n")
        return path


def read(path: Path) -> Result:
    kept = json.loads(path.read_text())
    return Result(**{**kept, "measures": [Measure(**measure) for measure in kept["measures"]]})


def figure(value: float) -> str:
    """As many digits as say something, and no more than were measured."""
    if value == 0 or abs(value) >= 1000:
        return f"{value:,.0f}"
    if abs(value) >= 100:
        return f"{value:.0f}"
    if abs(value) >= 10:
        return f"{value:.1f}".removesuffix(".0")
    return f"{value:.3g}" if abs(value) < 1 else f"{value:.2f}".removesuffix(".00")
