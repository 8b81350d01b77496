"""The figures of the pages: from amounts to a caption that says the finding, a chart and its table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import accumulate

from pipeline.model.text import Text
from pipeline.pages.charts.shapes import Bar, Bars, Columns, Figure, Series, kind_of
from pipeline.pages.parts import amounts
from pipeline.pages.parts.amounts import Amount, Basis, Requests
from pipeline.pages.parts.story import GIVEN, phrase
from pipeline.pages.words import SMALLEST_BASE, Words, figure
from pipeline.published.records import Package, Report

MOST_REASONS = 10  # bars; a phone shows no more at once
OPEN = "carried_out"  # not an outcome, but where a request may be at the end of the year


def shown(amount: Amount, words: Words) -> str:
    """An amount as text, with what it lacks."""
    if amount.value is None:
        return words("not_stated")
    return words("partly" if amount.basis is Basis.PARTIAL else "count", n=amount.value)


def cell(amount: Amount, words: Words) -> str:
    """An amount in a table: the bare number where it is printed, else with a word that says it is not."""
    if amount.value is None:
        return words("not_stated")
    if amount.as_printed:
        return figure(amount.value)
    return words("cell_partly" if amount.basis is Basis.PARTIAL else "cell_summed", n=amount.value)


def plain(value: Decimal | None) -> str:
    """A figure for a CSV; empty where there is none."""
    return "" if value is None else f"{value:f}"


def _labels(package: Package, keys: Iterable[str], words: Words) -> dict[str, str]:
    return {key: words.label(package.items[key].short) for key in keys}


def amount_bars(
    package: Package,
    parts: Mapping[str, Amount],
    words: Words,
    kinds: Mapping[str, str],
    starts: Mapping[str, Decimal] | None = None,
) -> Bars:
    """Items as bars; the colour is that of the item, or of the group that ``kinds`` names for it.

    Args:
        starts: where a bar begins that follows another, by item.
    """
    return Bars(
        unit=words("unit"),
        bars=tuple(
            Bar(
                label=words.label(package.items[item].short),
                value=amount.number,
                kind=kind_of(kinds.get(item, item)),
                text=shown(amount, words),
                hint=words.label(package.items[item].plain),
                start=(starts or {}).get(item, Decimal(0)),
            )
            for item, amount in parts.items()
        ),
        groups=tuple(
            (kind_of(group), words.label(package.items[group].short))
            for group in dict.fromkeys(kinds.get(item, item) for item in parts)
        )
        if kinds
        else (),
    )


def _amount_table(
    package: Package, parts: Mapping[str, Amount], whole: Decimal, words: Words
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...], tuple[tuple[str, ...], ...]]:
    """Header, rows as shown, rows as data: item, number, share (where the base allows one), basis."""
    labels = _labels(package, parts, words)
    header = [words("figure.item"), words("figure.count")]
    rows = [[labels[item], cell(amount, words)] for item, amount in parts.items()]
    if whole >= SMALLEST_BASE:
        header.append(words("figure.share_of", n=whole))
        for row, amount in zip(rows, parts.values(), strict=True):
            row.append(words.percent(amount.number, whole))
    data = [["item", "label", "value", "basis"]] + [
        [item, labels[item], plain(amount.value), amount.basis.value] for item, amount in parts.items()
    ]
    return tuple(header), tuple(map(tuple, rows)), tuple(map(tuple, data))


def outcomes(package: Package, requests: Requests, words: Words, name: str = "outcomes") -> Figure | None:
    """From what came in to what became of it, each bar beginning where the one before ends; None for no requests."""
    parts = {**requests.outcomes, OPEN: requests.carried_out}
    whole = sum((amount.number for amount in parts.values()), Decimal(0))
    if not whole:
        return None
    stated, handled = all(amount.stated for amount in parts.values()), requests.handled
    equal = not handled.stated or handled.number == whole
    if not stated:
        caption = words("figure.outcomes.some", n=whole)
    elif not equal:
        caption = words("figure.outcomes.unequal", n=whole, handled=handled.number)
    else:
        caption = _outcomes_caption(package, parts, whole, words)
    # A share needs a whole that is known: not where cells are missing or the sums do not agree; a flow needs it too.
    known = stated and equal
    intake = {"new_received": requests.received, "carried_in": requests.carried_in}
    whole_in = known and handled.stated and all(amount.stated for amount in intake.values())
    every = {**intake, **parts} if whole_in else parts
    header, rows, data = _amount_table(package, every, whole if known else Decimal(0), words)
    starts = {**_one_after_another(intake), **_one_after_another(parts)} if whole_in else {}
    return Figure(
        name=name,
        question=words("figure.outcomes.question"),
        caption=caption,
        chart=amount_bars(package, every, words, {}, starts),
        header=header,
        rows=rows,
        data=data,
    )


def _one_after_another(parts: Mapping[str, Amount]) -> dict[str, Decimal]:
    ends = accumulate((amount.number for amount in parts.values()), initial=Decimal(0))
    return dict(zip(parts, ends, strict=False))  # where the last one ends, nothing begins


def _outcomes_caption(package: Package, parts: Mapping[str, Amount], whole: Decimal, words: Words) -> str:
    most = max(amount.number for amount in parts.values())
    first = [item for item, amount in parts.items() if amount.number == most]
    if most == whole:
        if first[0] == OPEN:
            return words("figure.outcomes.open", n=whole)
        return words("figure.outcomes.all", n=whole, phrase=phrase(package, first[0], words))
    labels = [words.label(package.items[item].short) for item in first]
    if len(first) > 1:
        joined = words.join(labels, "list.pause")
        return words("figure.outcomes.several", n=whole, labels=joined, most=most)
    return words("figure.outcomes.most", n=whole, label=labels[0], most=_with_share(most, whole, words))


def _with_share(part: Decimal, whole: Decimal, words: Words) -> str:
    percent = words.percent(part, whole)
    return words("counted", n=part, share=percent) if percent else words("count", n=part)


def reasons(package: Package, requests: Requests, words: Words, name: str = "reasons") -> Figure | None:
    """Why information was not provided, row by row; None where nothing was withheld."""
    groups = {group: rows for group, rows in requests.reasons.items() if group not in GIVEN}
    single = {item: amount for rows in groups.values() for item, amount in rows.items()}
    # A form that has one figure for a whole group: the group is its own reason.
    single |= {
        group: amount
        for group, amount in requests.outcomes.items()
        if group not in GIVEN and group not in groups
    }
    kinds = {item: group for group, rows in groups.items() for item in rows}
    some = {item: amount for item, amount in single.items() if amount.number}
    whole = sum((amount.number for amount in some.values()), Decimal(0))
    if not whole:
        return None
    stated = all(amount.stated for amount in single.values())
    header, rows, data = _amount_table(package, some, whole if stated else Decimal(0), words)
    top = max(some, key=lambda item: some[item].number)
    most, label = some[top].number, words.label(package.items[top].short)
    if not stated:
        caption = words("figure.reasons.some", n=whole)
    elif most == whole:
        caption = words("figure.reasons.all", n=whole, label=label)
    else:
        caption = words("figure.reasons.most", n=whole, label=label, most=_with_share(most, whole, words))
    return Figure(
        name=name,
        question=words("figure.reasons.question"),
        caption=caption,
        chart=_most_reasons(amount_bars(package, some, words, kinds), words),
        header=header,
        rows=rows,
        data=data,
        notes=(words("figure.reasons.only" if stated else "figure.reasons.only_partial"),),
    )


def _most_reasons(chart: Bars, words: Words) -> Bars:
    """The most frequent reasons, in the order of the form, and the others as one bar; the table has them all."""
    if len(chart.bars) <= MOST_REASONS:
        return chart
    kept = sorted(chart.bars, key=lambda bar: -bar.value)[: MOST_REASONS - 1]
    others = [bar for bar in chart.bars if bar not in kept]
    whole = sum((bar.value for bar in others), Decimal(0))
    label = words("figure.reasons.others", n=len(others))
    rest = Bar(label, whole, "plain", words("count", n=whole))
    return replace(chart, bars=(*(bar for bar in chart.bars if bar in kept), rest))


def applicants(package: Package, report: Report, words: Words) -> Figure | None:
    """Who made the requests received in one report; None where no kind of applicant has any."""
    row = report.rows.get((amounts.REQUESTS, "new_received"))
    found = dict(zip(row.columns, row.values, strict=True)) if row else {}
    found.pop(amounts.TOTAL, None)
    some = {column: value for column, value in found.items() if value}
    whole = sum(some.values(), Decimal(0))
    if not whole:
        return None
    labels = {column: words.label(package.descriptor.columns[column]) for column in found}
    received = amounts.total(report, amounts.REQUESTS, "new_received")
    known = all(value is not None for value in found.values()) and received.number == whole
    top = max(some, key=lambda column: some[column])
    if not known:
        caption = words("figure.applicants.some", n=whole)
    elif len(some) == 1:
        caption = words("figure.applicants.all", n=whole, label=labels[top])
    else:
        most = _with_share(some[top], whole, words)
        caption = words("figure.applicants.most", n=whole, label=labels[top], most=most)
    share = known and whole >= SMALLEST_BASE
    return Figure(
        name="applicants",
        question=words("figure.applicants.question"),
        caption=caption,
        chart=Bars(
            unit=words("unit"),
            bars=tuple(
                Bar(labels[column], value, "plain", words("count", n=value)) for column, value in some.items()
            ),
        ),
        header=(
            words("figure.applicant"),
            words("figure.count"),
            *([words("figure.share_of", n=whole)] if share else []),
        ),
        rows=tuple(
            (
                labels[column],
                shown_number(value, words),
                *([words.percent(value or Decimal(0), whole)] if share else []),
            )
            for column, value in found.items()
        ),
        data=(
            ("column", "label", "value"),
            *((column, labels[column], plain(value)) for column, value in found.items()),
        ),
        notes=(words("figure.applicants.only"),) if known and 1 < len(some) < len(found) else (),
    )


RESULTS = {
    "upheld": "granted",
    "corrected": "denied",
    "other_result": "other_handling",
    "pending": "carried_out",
}


def case_results(package: Package, report: Report, words: Words) -> Figure | None:
    """How review and litigation ended in one report; None where there was none."""
    found = amounts.results([report])
    whole = sum(found.values(), Decimal(0))
    if not whole:
        return None
    columns = package.descriptor.columns
    procedures = amounts.cases(report)
    labels = {column: words.label(columns[column]) for column in found}
    pending, corrected = found.get("pending", Decimal(0)), found.get("corrected", Decimal(0))
    totals = [amounts.total(report, "review_litigation", procedure) for procedure in procedures]
    if not all(total.stated for total in totals) or amounts.add(totals).number != whole:
        caption = words("figure.cases.some", n=whole)
    elif pending == whole:
        caption = words("figure.cases.pending", pending=pending)
    else:
        caption = words(
            "figure.cases.corrected", decided=whole - pending, corrected=corrected, pending=pending
        )
    header = (
        words("figure.item"),
        *(words.label(columns[column]) for column in next(iter(procedures.values()))),
    )
    return Figure(
        name="cases",
        question=words("figure.cases.question"),
        caption=caption,
        chart=Bars(
            unit=words("unit"),
            bars=tuple(
                Bar(labels[column], value, RESULTS.get(column, "plain"), words("count", n=value))
                for column, value in found.items()
            ),
        ),
        header=header,
        rows=tuple(
            (
                words.label(package.items[procedure].label),
                *(words("not_stated") if value is None else figure(value) for value in figures.values()),
            )
            for procedure, figures in procedures.items()
        ),
        data=(
            ("procedure", *next(iter(procedures.values()))),
            *(
                (procedure, *(plain(value) for value in figures.values()))
                for procedure, figures in procedures.items()
            ),
        ),
    )


def decisions(package: Package, report: Report, words: Words) -> Figure | None:
    """The decisions of the year; None where there were none. Other columns of the table count other things."""
    table = report.form.find("proactive")
    cells = [
        (row.key, column, report.value("proactive", row.key, column))
        for part in (table.parts if table else ())
        for row in part.data_rows
        for column in part.keys
    ]
    if not any(value for _, column, value in cells if column == "decisions"):
        return None
    made = {item: value for item, column, value in cells if column == "decisions"}
    labels = _labels(package, made, words)
    bars = tuple(
        Bar(
            labels[item],
            value or Decimal(0),
            "plain",
            words("not_stated") if value is None else words("count", n=value),
            words.label(package.items[item].plain),
        )
        for item, value in made.items()
    )
    return Figure(
        name="proactive",
        question=words("figure.proactive.question"),
        caption=_decisions_caption(made, labels, words),
        chart=Bars(unit=words("unit"), bars=bars),
        header=(words("figure.item"), words("figure.count")),
        rows=tuple((labels[item], shown_number(value, words)) for item, value in made.items()),
        data=(
            ("item", "label", "value"),
            *((item, labels[item], plain(value)) for item, value in made.items()),
        ),
    )


def _decisions_caption(made: Mapping[str, Decimal | None], labels: Mapping[str, str], words: Words) -> str:
    stated = {item: value for item, value in made.items() if value}
    if not stated:
        return ""
    top = max(stated, key=lambda item: stated[item] or 0)
    if any(value is None for value in made.values()):
        key = "figure.proactive.some"
    else:
        key = "figure.proactive.most" if len(stated) > 1 else "figure.proactive.only"
    return words(key, label=labels[top], most=stated[top])


LETTERS = "①②③④⑤⑥⑦⑧⑨"


def over_years(
    package: Package,
    by_year: Mapping[int, Requests],
    words: Words,
    *,
    name: str,
    question: str,
    caption: str,
    table: str = amounts.REQUESTS,
) -> Figure:
    """What became of the requests of each year, a column a year; years between that have no report stay empty."""
    years = tuple(range(min(by_year), max(by_year) + 1))
    whole = amounts.together(by_year.values())
    kinds = {**whole.outcomes, OPEN: whole.carried_out}
    series = []
    for item in kinds:
        values = tuple(_of(by_year[year], item) if year in by_year else None for year in years)
        if any(values):
            series.append(Series(words.label(package.items[item].short), kind_of(item), values))
    marks = breaks(package, years, table)
    # Where reports contradict themselves, a column is not as high as what was to be handled.
    unequal = [
        str(year)
        for year, one in sorted(by_year.items())
        if one.handled.stated and one.handled.number != _height(one, kinds)
    ]
    notes = [words("figure.years_unequal", years=words.join(unequal, "list.pause"))] if unequal else []
    return Figure(
        name=name,
        question=question,
        caption=caption,
        chart=Columns(
            words("unit"),
            tuple(str(year) for year in years),
            tuple(series),
            tuple((years.index(year), mark) for year, mark, _ in marks),
        ),
        header=(words("figure.year"), *(words.label(package.items[item].short) for item in kinds)),
        rows=tuple(
            (
                words("year", year=str(year)),
                *(shown_number(_of(by_year[year], item), words) for item in kinds),
            )
            for year in years
            if year in by_year
        ),
        data=(
            ("year", *kinds),
            *(
                (str(year), *(plain(_of(by_year[year], item)) for item in kinds))
                for year in years
                if year in by_year
            ),
        ),
        notes=(*break_notes(marks, words), *notes),
    )


def _height(requests: Requests, kinds: Iterable[str]) -> Decimal:
    return sum((_of(requests, kind) or Decimal(0) for kind in kinds), Decimal(0))


def _of(requests: Requests, item: str) -> Decimal | None:
    amount = requests.carried_out if item == OPEN else requests.outcomes.get(item, amounts.NOTHING)
    return amount.value


def shown_number(value: Decimal | None, words: Words) -> str:
    """A figure in a table, or that there is none."""
    return words("not_stated") if value is None else figure(value)


def breaks(package: Package, years: Sequence[int], table: str) -> list[tuple[int, str, Text]]:
    """The breaks of a table's series that fall between the years shown: year, mark, words."""
    items = {item.key for item in package.items.values() if item.table == table}
    found = [
        one
        for one in package.descriptor.breaks
        if years[0] < one.year <= years[-1]
        and (not one.tables and not one.items or table in one.tables or items & set(one.items))
    ]
    return [(one.year, LETTERS[index], one.title) for index, one in enumerate(found)]


def break_notes(marks: Iterable[tuple[int, str, Text]], words: Words) -> tuple[str, ...]:
    """Breaks in words, to stand below a chart."""
    return tuple(
        words("agency.break", mark=mark, year=str(year), title=words.label(title))
        for year, mark, title in marks
    )
