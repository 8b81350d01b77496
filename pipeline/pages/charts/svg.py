"""Charts as small SVG: complete without JavaScript, on paper, in both palettes, at any width.

Lengths are percentages of the width and letters keep their size, so the same picture fits a phone and a desk. Colours
are classes (``k-granted``); the stylesheet knows them by day and by night, and how high a bar is. Attributes stand
without quotes, as HTML allows: a busy page has a hundred of them.
"""

from __future__ import annotations

from decimal import Decimal

from markupsafe import Markup

from pipeline.pages.charts.shapes import LINE, Bars, Chart, Columns, Strips
from pipeline.pages.words import figure
from pipeline.safety.escape import html

BAND = 44  # height of a strip with its label, in pixels; plotly.py draws at the same places
LABEL_AT, BAR_AT, BAR_HIGH = 15, 21, 14  # site.css has the height as well
PLOT_HIGH, TOP, FOOT = 180, 38, 24  # columns: the plot, above it totals and marks of breaks, below it years
COLUMN_WIDE = Decimal("0.56")  # of its band


def draw(chart: Chart, name: str, question: str) -> Markup:
    """The picture, with a name for those who cannot see it; its numbers are in the table below it.

    Args:
        chart: what to draw.
        name: unique on its page.
        question: its accessible name.
    """
    if isinstance(chart, Columns):
        body, height = _columns(chart)
    else:
        body, height = _bars(chart) if isinstance(chart, Bars) else _strips(chart)
    return Markup(
        f'<svg class="chart{"" if isinstance(chart, Columns) else " bars"}" width=100% height={height} role=img aria-labelledby={name}-t>'
        f"<title id={name}-t>{html(question)}</title>{body}</svg>"
    )


def height(chart: Chart) -> int:
    """Its height in pixels."""
    if isinstance(chart, Columns):
        return TOP + PLOT_HIGH + FOOT
    return sum(bar.band for bar in chart.bars) if isinstance(chart, Bars) else BAND * len(chart.strips)


def _percent(value: Decimal) -> str:
    return f"{value.quantize(Decimal('0.01')).normalize():f}"


def _bars(chart: Bars) -> tuple[str, int]:
    labels, drawn, top, beside = [], [], 0, chart.beside
    longest, most = chart.longest, chart.most
    for bar in chart.bars:
        middle, long = top + bar.band // 2, _percent(bar.value * longest / most)
        first = middle + 5 - LINE * (len(bar.lines) - 1) // 2
        labels += [
            f"<text x={beside - 8} y={first + LINE * at}>{html(line)}</text>"
            for at, line in enumerate(bar.lines)
        ]
        drawn.append(
            f"<rect class=k-{bar.kind} y={middle - BAR_HIGH // 2} width={long}% />"
            f"<text class=n x={long}% y={middle + 5}>{html(bar.text)}</text>"
        )
        top += bar.band
    # The column of bars takes the width that the labels leave; where a browser cannot compute that, the most of it.
    column = f'<svg x={beside} width=60% height={top} style="width:calc(100% - {beside}px)">'
    axis = f"<line class=axis x1=.5 x2=.5 y1=2 y2={top - 2} />"
    return f"<g text-anchor=end>{''.join(labels)}</g>{column}{''.join(drawn)}{axis}</svg>", top


def _strips(chart: Strips) -> tuple[str, int]:
    drawn = []
    for index, strip in enumerate(chart.strips):
        top, whole, start = index * BAND, sum((value for *_, value in strip.parts), Decimal(0)), Decimal(0)
        drawn.append(
            f"<text y={top + LABEL_AT}>{html(strip.label)}<tspan class=m> {html(strip.text)}</tspan></text>"
        )
        for kind, _, value in strip.parts:
            if value:
                wide = value * 100 / whole
                at = f"x={_percent(start)}% " if start else ""
                drawn.append(f"<rect class=k-{kind} {at}y={top + BAR_AT} width={_percent(wide)}% />")
                start += wide
    return "".join(drawn), height(chart)


def _columns(chart: Columns) -> tuple[str, int]:
    totals = chart.totals
    most = max((value for value in totals if value), default=Decimal(1))
    band = Decimal(100) / len(chart.years)
    floor = TOP + PLOT_HIGH
    drawn = []
    for index, (year, whole) in enumerate(zip(chart.years, totals, strict=True)):
        left, middle = band * (index + (1 - COLUMN_WIDE) / 2), _percent(band * (index + Decimal("0.5")))
        at = Decimal(floor)
        for series in chart.series:
            if value := series.values[index]:
                high = value * PLOT_HIGH / most
                at -= high
                drawn.append(
                    f"<rect class=k-{series.kind} x={_percent(left)}% y={_percent(at)} "
                    f"width={_percent(band * COLUMN_WIDE)}% height={_percent(high)} />"
                )
        text = "–" if whole is None else figure(whole)
        drawn.append(
            f"<text class=n text-anchor=middle x={middle}% y={_percent(at - 6)}>{text}</text>"
            f"<text text-anchor=middle x={middle}% y={floor + 18}>{html(year)}</text>"
        )
    for index, mark in chart.breaks:
        x = _percent(band * index)
        drawn.append(
            f"<line class=break x1={x}% x2={x}% y1=4 y2={floor} />"
            f"<text class=break x={x}% dx=4 y=12>{html(mark)}</text>"
        )
    drawn.append(f"<line class=axis x2=100% y1={floor}.5 y2={floor}.5 />")
    return "".join(drawn), height(chart)
