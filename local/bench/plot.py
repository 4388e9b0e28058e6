"""The results as a picture: how much of each budget is used. SVG, for light and dark pages and for phones. Pure."""

from collections.abc import Iterable
from html import escape

from bench.result import Measure, figure

# Of a phone held upright, so that the letters keep their size there.
WIDTH = 400
MARGIN = 8
ROW = 46
HEAD = 46
BAR = 14
# Where the bars end that show more than this much of a budget.
MOST = 1.6
STYLE = """\
text{font:13px system-ui,-apple-system,'Segoe UI',Helvetica,Arial,sans-serif;fill:#1f2328}
.title{font-weight:600}.said{fill:#59636e}
.track{fill:#d1d9e0}.met{fill:#0969da}.missed{fill:#bc4c00}.budget{stroke:#1f2328;stroke-width:2}
@media (prefers-color-scheme:dark){text{fill:#f0f6fc}.said{fill:#9198a1}
.track{fill:#3d444d}.met{fill:#4493f8}.missed{fill:#db6d28}.budget{stroke:#f0f6fc}}"""


def picture(measures: Iterable[Measure]) -> str:
    rows = [measure for measure in measures if is_drawn(measure)]
    height = HEAD + ROW * len(rows) + MARGIN
    scale = (WIDTH - 2 * MARGIN) / MOST
    budget_at = MARGIN + scale
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" aria-labelledby="t">',
        f'<title id="t">{escape("; ".join(measure.told() for measure in rows))}</title>',
        f"<style>{STYLE}</style>",
        f'<text class="title" x="{MARGIN}" y="18">How much of each budget is used</text>',
        f'<text class="said" x="{MARGIN}" y="36">The line is the budget; longer bars miss it.</text>',
    ]
    for number, measure in enumerate(rows):
        top = HEAD + ROW * number
        used = used_of_budget(measure)
        kind = "met" if measure.is_met else "missed"
        words = f"{name(measure)}: {measure.said}, {against(measure)}"
        if not measure.is_met:
            words += ", missed"
        parts += [
            f'<text x="{MARGIN}" y="{top + 14}">{escape(words)}</text>',
            f'<rect class="track" x="{MARGIN}" y="{top + 21}" width="{scale:.1f}" height="{BAR}" rx="2"/>',
            f'<rect class="{kind}" x="{MARGIN}" y="{top + 21}" width="{max(2, min(used, MOST) * scale):.1f}"'
            f' height="{BAR}" rx="2"/>',
            f'<path class="budget" d="M{budget_at:.1f} {top + 18}v{BAR + 6}"/>',
        ]
    return "\n".join([*parts, "</svg>"]) + "\n"


def is_drawn(measure: Measure) -> bool:
    """What must not happen at all has no bar: there is nothing to use up."""
    return measure.budget is not None and measure.budget != 0


def used_of_budget(measure: Measure) -> float:
    """1 is all of it. Of a budget that is a least percentage, it is what may be missing that is used up."""
    budget = measure.budget or 1.0
    if measure.at_least:
        return (100 - measure.value) / (100 - budget)
    return measure.value / budget


def name(measure: Measure) -> str:
    return SHORT.get(measure.what, measure.what)


def against(measure: Measure) -> str:
    return f"{'at least' if measure.at_least else 'at most'} {figure(measure.budget or 0)}"


# Lines of a phone hold some fifty letters.
SHORT = {
    "everything but SES, as a share of its price": "All but SES, of its price",
    "most memory above the idle process": "Memory, a million rows",
    "writes of the hottest item at 1,000 answers/s": "Hottest item",
    "AWS calls for an invitation": "AWS calls, an invitation",
    "CPU for an invitation": "CPU, an invitation",
    "write units of an answer": "Write units, an answer",
    "use of the granted rate": "Use of the granted rate",
    "sent twice by one kill": "Sent twice by a kill",
}
