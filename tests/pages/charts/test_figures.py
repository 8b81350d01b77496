"""A figure is one set of numbers: in its sentence, its picture, its table, its CSV and its Plotly file."""

import csv
import io
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import plotly.graph_objects as go
import pytest

from pipeline.pages import _pages
from pipeline.pages.addresses import Page
from pipeline.pages.charts import applicants, outcomes, svg
from pipeline.pages.charts.over_years import breaks
from pipeline.pages.charts.plotly import figure_of
from pipeline.pages.charts.shapes import COLOURS, Bar, Bars, Columns, Figure, Series, Strips, csv_text
from pipeline.pages.context import Context
from pipeline.pages.units import Units
from pipeline.pages.words import Words
from pipeline.published.package import read_package
from tests.site.corpus import ROOT, Cell, Corpus, grown, requests


def every(context: Context) -> Iterator[Page]:
    yield from _pages(context)
    for unit in Units(context, "").all():
        yield from unit.pages(context.words)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> list[Figure]:
    """Every figure of a site with busy, empty and damaged reports, in both languages."""
    package = read_package(grown().write(tmp_path_factory.mktemp("figures") / "package"))
    found = [
        figure
        for language in ("zh", "en")
        for page in every(Context(package, Words(language)))
        for figure in page.figures
    ]
    assert len(found) > 50
    return found


def test_plotly_accepts_every_figure(drawn: list[Figure]) -> None:
    shapes = set()
    for figure in drawn:
        if figure.drawn:
            made = figure_of(figure.drawn)
            go.Figure(made)  # raises on a property or value that Plotly does not know
            # Not the template that Plotly brings, which is larger than the figure.
            assert set(made["layout"].get("template", {}).get("layout", {})) <= {"annotationdefaults"}
            shapes.add(type(figure.drawn))
    assert shapes == {Bars, Columns, Strips}


def test_plotly_refuses_a_property_it_does_not_know(drawn: list[Figure]) -> None:
    made = figure_of(next(figure.drawn for figure in drawn if figure.drawn))
    made["data"][0]["colour"] = "red"
    with pytest.raises(ValueError, match="colour"):
        go.Figure(made)


def numbers(texts: Iterator[str]) -> list[Decimal]:
    return [Decimal(text.replace(",", "")) for text in texts]


def test_picture_table_csv_and_plotly_have_the_same_numbers(drawn: list[Figure]) -> None:
    for figure in drawn:
        if not isinstance(figure.drawn, Bars) or figure.name == "cases":
            continue
        values = [bar.value for bar in figure.drawn.bars]
        picture = str(svg.draw(figure.drawn, "x", "?"))
        assert numbers(re.findall(r"<text class=n [^>]*>([\d,]+)", picture)) == values
        table = numbers(re.match(r"[\d,]+|$", row[1])[0] or "0" for row in figure.rows)  # type: ignore[index]
        if figure.name in ("applicants", "outcomes", "all"):  # the table has those that are zero as well
            assert [value for value in table if value] == values
        elif len(table) > len(values):  # the last bar is all the others together
            assert figure.name == "reasons"
            left = iter(table)
            assert all(value in left for value in values[:-1])
            assert sum(table) == sum(values)
        else:
            assert table == values
        assert figure_of(figure.drawn)["data"][0]["x"] == [int(value) for value in values]
        rows = list(csv.DictReader(io.StringIO(figure.csv())))
        assert [Decimal(row["value" if "value" in row else "agencies"] or 0) for row in rows] == table


def outcome(folder: Path, filed: dict[Cell, str]) -> Figure:
    corpus = Corpus().empty().agency("990000-x").report("990000-x", 2023, filed)
    package = read_package(corpus.write(folder / "package"))
    figure = outcomes.draw(package, package.reports[0], Words("zh"))
    assert figure
    return figure


def test_few_outcomes_are_one_bar_with_its_sum_and_the_zeros_in_one_line(tmp_path: Path) -> None:
    filed = requests(
        {"new_received": 20, "carried_in": 2, "granted": 12, "unavailable_not_held": 8, "outcomes_total": 20}
        | {"carried_out": 2}
    )
    figure = outcome(tmp_path, filed)
    assert isinstance(figure.drawn, Strips)
    (strip,) = figure.drawn.strips
    assert strip.text == "22 = 12 + 8 + 2"
    assert [label for _, label in figure.drawn.legend] == ["予以公开 12", "无法提供 8", "结转下年度 2"]
    assert figure.notes == ("为 0 的：部分公开、不予公开、不予处理、其他处理。",)
    picture = svg.draw(figure.drawn, "x", "?")
    ends = [
        (float(start or 0), float(wide))
        for start, wide in re.findall(r"<rect class=k-\w+ (?:x=([\d.]+)% )?y=\d+ width=([\d.]+)%", picture)
    ]
    for (start, wide), (after, _) in zip(ends, ends[1:], strict=False):
        assert start + wide == pytest.approx(after, abs=0.02)
    assert sum(ends[-1]) == pytest.approx(100, abs=0.02)


def test_many_outcomes_have_a_bar_each_and_what_does_not_add_up_has_too(tmp_path: Path) -> None:
    rows = (
        "granted",
        "partially_granted",
        "denied_third_party",
        "unavailable_not_held",
        "not_processed_repeat",
    )
    many = outcome(
        tmp_path / "many", requests({"new_received": 50, "outcomes_total": 50, **dict.fromkeys(rows, 10)})
    )
    assert isinstance(many.drawn, Bars)
    assert len(many.drawn.bars) == 5
    unequal = outcome(
        tmp_path / "unequal", requests({"new_received": 20, "granted": 12, "outcomes_total": 12})
    )
    assert isinstance(unequal.chart, Bars)


def test_labels_stand_in_one_column_and_never_over_a_bar(drawn: list[Figure]) -> None:
    for figure in drawn:
        if not isinstance(figure.drawn, Bars):
            continue
        picture = str(svg.draw(figure.drawn, "x", "?"))
        labels, column = picture.split("<svg x=")
        assert int(column.split(" ")[0]) == figure.drawn.beside
        assert {int(x) for x in re.findall(r"<text x=(\d+)", labels)} == {figure.drawn.beside - 8}
        assert "text-anchor" not in column
        assert figure.drawn.beside <= 164, "a phone has room for the bars"


def test_strips_fill_the_width_and_show_no_share_of_a_few(drawn: list[Figure]) -> None:
    several = [figure for figure in drawn if isinstance(figure.drawn, Strips)]
    assert "places" in {figure.name for figure in several}
    for figure in several:
        made = figure_of(figure.drawn)  # type: ignore[arg-type]
        lengths = zip(*(trace["x"] for trace in made["data"]), strict=True)
        rows = figure.rows[:1] if figure.name == "outcomes" else figure.rows
        for strip, row, parts in zip(figure.chart.strips, rows, lengths, strict=True):  # type: ignore[union-attr]
            whole = sum(value for *_, value in strip.parts)
            assert not strip.parts or whole >= 10 or figure.name == "outcomes"  # whose text has every count
            assert sum(parts) == pytest.approx(100 if strip.parts else 0, abs=0.01)
            assert figure.name == "outcomes" or row[1] in strip.text  # n, the agencies


def test_who_asked(tmp_path: Path) -> None:
    filed = {
        ("requests", "new_received", "natural_person"): "9",
        ("requests", "new_received", "org_other"): "3",
    }
    filed |= {("requests", "new_received", "total"): "12"}
    corpus = Corpus().empty().agency("990000-x").report("990000-x", 2023, filed)
    package = read_package(corpus.write(tmp_path / "package"))
    asked = applicants.draw(package, package.reports[0], Words("zh"))
    assert asked
    assert asked.caption == "新收的 12 件里，自然人最多，9 件（75%）。"
    filed |= {("requests", "new_received", "total"): "13"}  # then nothing is said of a whole
    corpus = Corpus().empty().agency("990000-x").report("990000-x", 2023, filed)
    package = read_package(corpus.write(tmp_path / "other"))
    asked = applicants.draw(package, package.reports[0], Words("zh"))
    assert asked
    assert "%" not in str(asked)
    assert "或与总计不符" in asked.caption


def test_columns_reach_as_high_as_their_sums(drawn: list[Figure]) -> None:
    several = [figure.drawn for figure in drawn if isinstance(figure.drawn, Columns)]
    assert several
    for chart in several:
        picture = str(svg.draw(chart, "x", "?"))
        heights = [Decimal(high) for high in re.findall(r"<rect [^>]*height=([\d.]+)", picture)]
        whole = sum(value for value in chart.totals if value)
        most = max(value for value in chart.totals if value)
        assert float(sum(heights)) == pytest.approx(float(whole * svg.PLOT_HIGH / most), abs=1)
        made = figure_of(chart)
        assert [trace["y"] for trace in made["data"]] == [
            [None if value is None else int(value) for value in series.values] for series in chart.series
        ]
        assert len(made["layout"]["shapes"]) == len(chart.breaks)


def test_a_year_without_a_report_is_a_gap_and_no_zero() -> None:
    gap = Columns("件", ("2021", "2022", "2023"), (Series("a", "plain", (Decimal(1), None, Decimal(2))),))
    assert gap.totals == (1, None, 2)
    assert "–" in svg.draw(gap, "x", "?")
    assert figure_of(gap)["data"][0]["y"] == [1, None, 2]


def test_one_bar_is_said_and_not_drawn() -> None:
    bar = Bar("a", Decimal(3), "plain", "3")
    assert not Bars("件", (bar, Bar("b", Decimal(0), "plain", "0"))).worth_drawing
    assert Bars("件", (bar, bar)).worth_drawing


def test_every_colour_is_in_the_stylesheet_by_day_and_by_night() -> None:
    css = (ROOT / "site_src/assets/site.css").read_text("utf-8")
    day, night = re.findall(r'\[data-md-color-scheme="\w+"\] \{\n(.*?)\n\}', css, re.DOTALL)
    by_day = dict(re.findall(r"--k-(\w+): (#\w+);", day))
    assert by_day == COLOURS
    by_night = dict(re.findall(r"--k-(\w+): (#\w+);", night))
    assert by_night.keys() == COLOURS.keys()
    papers = [re.search(r"--paper: (#\w+);", scheme)[1] for scheme in (day, night)]  # type: ignore[index]
    for paper, colours in zip(papers, (by_day, by_night), strict=True):
        for name, colour in colours.items():
            assert contrast(colour, paper) >= 3, f"{name} {colour} on {paper}"
    for scheme, paper in zip((day, night), papers, strict=True):
        for name in ("ink", "muted", "warn", "bad", "md-typeset-a-color"):
            colour = re.search(rf"--{name}: (#\w+);", scheme)[1]  # type: ignore[index]
            for ground in (paper, re.search(r"--soft: (#\w+);", scheme)[1]):  # type: ignore[index]
                assert contrast(colour, ground) >= 4.5, f"{name} {colour} on {ground}"


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2."""

    def light(colour: str) -> float:
        digits = colour.lstrip("#")
        digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
        parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
        linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, bright = sorted((light(one), light(other)))
    return (bright + 0.05) / (dark + 0.05)


def test_a_csv_holds_no_formulas() -> None:
    text = csv_text([("=1+1", "-3", "+a", "@b", "1.5", "-x")])
    assert text == "'=1+1,-3,'+a,'@b,1.5,'-x\n"


def test_breaks_stand_only_between_the_years_shown(tmp_path: Path) -> None:
    package = read_package(Corpus().write(tmp_path / "package"))
    years = {year for year, _, _ in breaks(package, (2019, 2020, 2021, 2022), "requests")}
    assert years == {2021}
    assert not breaks(package, (2022, 2023), "requests")
    assert {year for year, _, _ in breaks(package, (2022, 2023, 2024), "review_litigation")} == {2024}


def caption(folder: Path, figures_filed: dict[Cell, str], usual: str = "0") -> str:
    corpus = Corpus().empty().agency("990000-x").report("990000-x", 2023, figures_filed, usual=usual)
    package = read_package(corpus.write(folder / "package"))
    drawn = outcomes.draw(package, package.reports[0], Words("zh"))
    assert drawn
    shares = [cell for row in drawn.rows for cell in row if "%" in cell]
    return f"{drawn.caption} {len(shares)}"


def test_a_caption_with_missing_cells_claims_nothing_about_the_whole(tmp_path: Path) -> None:
    filed = {("requests", item, "total"): "12" for item in ("new_received", "outcomes_total")}
    filed |= {("requests", "granted", "total"): "8", ("requests", "carried_in", "total"): "0"}
    assert caption(tmp_path, filed, usual="") == "这里只有印出来的 8 件的去向；有的格没有数字。 0"


def test_a_caption_says_when_the_parts_are_not_the_whole(tmp_path: Path) -> None:
    filed = requests({"new_received": 20, "granted": 12, "outcomes_total": 12})
    assert caption(tmp_path, filed) == "各项相加是 12 件，与要办的 20 件不符；数字照原文。 0"


def test_a_caption_names_the_most_and_its_share(tmp_path: Path) -> None:
    filed = requests({"new_received": 20, "granted": 12, "outcomes_total": 20, "unavailable_not_held": 8})
    assert caption(tmp_path, filed) == "要办的 20 件里，予以公开最多，12 件（60%）。 7"


def test_no_year_is_called_the_busiest_while_another_is_not_known(tmp_path: Path) -> None:
    known = requests({"new_received": 20, "granted": 20, "outcomes_total": 20})
    blank = {("requests", "granted", "total"): "3"}
    for name, filed, usual in (("known", known, "0"), ("blank", blank, "")):
        corpus = Corpus().empty().agency("990000-x").report("990000-x", 2023, known)
        corpus.report("990000-x", 2022, filed, usual=usual)
        package = read_package(corpus.write(tmp_path / name))
        pages = {page.path: page for page in every(Context(package, Words("zh")))}
        for path, figure in (("agencies/990000-x/", "outcomes"), ("years/", "years")):
            (drawn,) = (one for one in pages[path].figures if one.name == figure)
            assert ("最多" in drawn.caption) == (name == "known")
            assert ("只有印出的部分" in drawn.caption) == (name == "blank")
