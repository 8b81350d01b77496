"""Charts as Plotly figures: plain dictionaries, without the template that Plotly brings, that stand where the SVG stood.

A template in each file would be more than the figure itself, and Plotly's objects take a hundred times as long; a
test feeds every shape to ``plotly.graph_objects.Figure``, which refuses a property that Plotly does not know.
The colours are those of the day; ``meta`` names them, and ``charts.js`` puts those of the page in their place.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import accumulate
from typing import Any

from pipeline.model.figure import json_number
from pipeline.pages.charts import svg
from pipeline.pages.charts.shapes import COLOURS, Bars, Chart, Columns, Strips
from pipeline.safety.escape import html

Json = dict[str, Any]
_MIDDLE = svg.BAND / 2


def figure_of(chart: Chart) -> Json:
    """The figure, ready for JSON; the same each time."""
    if isinstance(chart, Bars):
        return _bars(chart)
    return _columns(chart) if isinstance(chart, Columns) else _strips(chart)


def _number(value: Decimal | None) -> int | float | None:
    return None if value is None else json_number(value)


def _text(text: str) -> str:
    return str(html(text))  # Plotly reads a little HTML in its labels


def _layout(chart: Chart, **more: Any) -> Json:
    return {
        "height": svg.height(chart),
        "showlegend": False,
        "dragmode": False,
        "hovermode": "closest",
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        **more,
    }


def _each(**same: Any) -> Json:
    """What all annotations of a figure have in common."""
    return {"layout": {"annotationdefaults": {"showarrow": False, **same}}}


def _bars(chart: Bars) -> Json:
    """At the places of the picture: upwards is counted in pixels."""
    high = svg.height(chart)
    middles = [
        top + bar.band // 2
        for bar, top in zip(chart.bars, accumulate((b.band for b in chart.bars), initial=0), strict=False)
    ]
    trace = {
        "type": "bar",
        "orientation": "h",
        "x": [_number(bar.value) for bar in chart.bars],
        "y": middles,
        "width": svg.BAR_HIGH,
        "text": [_text(bar.text) for bar in chart.bars],
        "textposition": "outside",
        "constraintext": "none",  # else the letters shrink to the height of the bar
        "cliponaxis": False,
        "marker": {"color": [COLOURS[bar.kind] for bar in chart.bars]},
        "meta": {"kinds": [bar.kind for bar in chart.bars]},
        "hovertext": [
            f"<b>{_text(bar.label)} {_text(bar.text)}</b>" + (f"<br>{_text(bar.hint)}" if bar.hint else "")
            for bar in chart.bars
        ],
        "hoverinfo": "text",
    }
    axis = {"visible": False, "fixedrange": True}
    labels = [
        {
            "text": "<br>".join(map(_text, bar.lines)),
            "y": middle,
        }
        for middle, bar in zip(middles, chart.bars, strict=True)
    ]
    return {
        "data": [trace],
        "layout": _layout(
            chart,
            margin={"l": chart.beside, "r": 0, "t": 0, "b": 0},
            xaxis={**axis, "range": [0, float(chart.most * 100 / chart.longest)]},
            yaxis={**axis, "range": [high, 0]},
            annotations=labels,
            template=_each(xref="paper", x=0, xanchor="right", xshift=-8, align="right", borderpad=0),
        ),
    }


def _strips(chart: Strips) -> Json:
    kinds = {kind: label for strip in chart.strips for kind, label, _ in strip.parts}
    places = list(range(len(chart.strips)))
    wholes = [sum((value for *_, value in strip.parts), Decimal(0)) for strip in chart.strips]
    by_kind = [{kind: value for kind, _, value in strip.parts} for strip in chart.strips]
    traces = []
    for kind, label in kinds.items():
        values = [parts.get(kind, Decimal(0)) for parts in by_kind]
        traces.append(
            {
                "type": "bar",
                "orientation": "h",
                "name": _text(label),
                "x": [float(round(v * 100 / w, 4)) if w else 0 for v, w in zip(values, wholes, strict=True)],
                "y": [place + (svg.BAR_AT + svg.BAR_HIGH / 2 - _MIDDLE) / svg.BAND for place in places],
                "width": svg.BAR_HIGH / svg.BAND,
                "marker": {"color": COLOURS[kind]},
                "meta": {"kind": kind},
                "hovertext": [
                    f"<b>{_text(strip.label)}</b><br>{_text(label)} {_number(value)} {_text(chart.unit)}"
                    for strip, value in zip(chart.strips, values, strict=True)
                ],
                "hoverinfo": "text",
            }
        )
    axis = {"visible": False, "fixedrange": True}
    labels = [
        {
            "text": f"{_text(strip.label)} {_text(strip.text)}",
            "y": place,
        }
        for place, strip in zip(places, chart.strips, strict=True)
    ]
    return {
        "data": traces,
        "layout": _layout(
            chart,
            barmode="stack",
            margin={"l": 0, "r": 0, "t": 0, "b": 0},
            xaxis={**axis, "range": [0, 100]},
            yaxis={**axis, "range": [len(places) - 0.5, -0.5]},
            annotations=labels,
            template=_each(x=0, xanchor="left", yshift=_MIDDLE - svg.LABEL_AT + 5, borderpad=0),
        ),
    }


def _columns(chart: Columns) -> Json:
    totals = chart.totals
    most = max((value for value in totals if value), default=Decimal(1))
    places = list(range(len(chart.years)))
    traces = [
        {
            "type": "bar",
            "name": _text(series.label),
            "x": places,
            "y": [_number(value) for value in series.values],
            "width": float(svg.COLUMN_WIDE),
            "marker": {"color": COLOURS[series.kind]},
            "meta": {"kind": series.kind},
            "hovertext": [
                f"<b>{_text(year)} {_text(series.label)} {_number(value)} {_text(chart.unit)}</b>"
                if value is not None
                else ""
                for year, value in zip(chart.years, series.values, strict=True)
            ],
            "hoverinfo": "text",
        }
        for series in chart.series
    ]
    labels: list[Json] = [
        {
            "text": "–" if whole is None else f"<b>{whole:,f}</b>",
            "x": place,
            "y": _number(whole) or 0,
            "yshift": 10,
            "showarrow": False,
        }
        for place, whole in zip(places, totals, strict=True)
    ]
    marks: list[Json] = [
        {"text": _text(mark), "x": place - 0.5, "xshift": 10, "yref": "paper", "y": 1, "yshift": 30}
        | {"showarrow": False}
        for place, mark in chart.breaks
    ]
    lines = [
        {"type": "line", "x0": place - 0.5, "x1": place - 0.5, "yref": "paper", "y0": 0, "y1": 1.08}
        | {"line": {"dash": "dot", "width": 1, "color": COLOURS["carried_out"]}}
        for place, _ in chart.breaks
    ]
    return {
        "data": traces,
        "layout": _layout(
            chart,
            barmode="stack",
            margin={"l": 0, "r": 0, "t": svg.TOP, "b": svg.FOOT},
            xaxis={
                "range": [-0.5, len(places) - 0.5],
                "tickvals": places,
                "ticktext": [_text(year) for year in chart.years],
                "fixedrange": True,
                "showgrid": False,
                "zeroline": False,
            },
            yaxis={"range": [0, float(most)], "visible": False, "fixedrange": True},
            annotations=[*labels, *marks],
            shapes=lines,
        ),
    }
