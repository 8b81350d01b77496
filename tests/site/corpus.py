"""Packages for tests: the one of the first five reports, grown by agencies and reports that do not exist.

Only the files of the package are used, as anyone has them who rebuilds the site.
"""

import atexit
import csv
import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Self

from pipeline.archive.sources import agencies
from pipeline.filing.read_all import read_all
from pipeline.package.rows import make_tables
from pipeline.package.write import write_package
from pipeline.published.releases import HISTORY
from tests.five import copy_five

ROOT = Path(__file__).resolve().parents[2]


def _five() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="five-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    reports = copy_five(folder / "reports")
    write_package(make_tables(agencies(reports), read_all(reports)), folder)
    history = ROOT / "datapackage" / HISTORY
    if history.is_file():
        shutil.copyfile(history, folder / HISTORY)
    return folder


PUBLISHED = _five()  # as it was first published; what is filed since must not make a test fail
HOSTILE = (
    '<script>window.hacked=1</script><img src=x onerror="window.hacked=1">'
    "{{ 7*7 }} {% raw %} [x](javascript:hacked) **b** `c` :material-home: {: #top } &lt;b&gt; \" ' | # - \u202egnp.exe"
)

Cell = tuple[str, str, str]  # table, row, column


class Corpus:
    """The rows of a package as text, by resource; write() makes a package folder of them."""

    def __init__(self, folder: Path = PUBLISHED) -> None:
        self.descriptor: dict[str, Any] = json.loads((folder / "datapackage.json").read_text("utf-8"))
        self.rows: dict[str, list[dict[str, str]]] = {}
        self.fields: dict[str, list[str]] = {}
        for resource in self.descriptor["resources"]:
            with (folder / resource["path"]).open(encoding="utf-8", newline="") as file:
                self.rows[resource["name"]] = list(csv.DictReader(file))
            self.fields[resource["name"]] = [field["name"] for field in resource["schema"]["fields"]]

    def empty(self) -> Self:
        """Without any agency or report; the code lists stay."""
        for name in self.rows:
            if name not in ("items", "rules"):
                self.rows[name] = []
        return self

    def agency(self, key: str, **values: str) -> Self:
        """One more agency."""
        usual = {
            "agency_id": key,
            "name_zh": f"虚构市{key}局",
            "level": "county",
            "function_class": "housing",
        }
        usual |= {"division_code": "990000", "province": "虚构省", "city": "虚构市"}
        row = self._row("agencies", usual | values)
        self.rows["agencies"].append(row)
        code = row["division_code"]
        if code not in {division["division_code"] for division in self.rows["divisions"]}:
            place = {"division_code": code, "name_zh": "虚构市", "level": "county"}
            self.rows["divisions"].append(self._row("divisions", place))
        return self

    def report(
        self,
        agency: str,
        year: int,
        figures: Mapping[Cell, str] | None = None,
        *,
        form: str = "t2021",
        suffix: str = "",
        usual: str = "0",
        notes: Mapping[Cell, tuple[str, str]] | None = None,
        **values: str,
    ) -> Self:
        """One more report; cells that are not named have the usual figure, notes are status and printed text."""
        key = f"{agency}-{year}{suffix}"
        facts = {
            "report_id": key,
            "agency_id": agency,
            "year": str(year),
            "scope": "agency",
            "template": form,
            "title": f"{year}年报告",
            "published": f"{year + 1}-01-20",
            "due": f"{year + 1}-01-31",
            "source_file": f"reports/{agency}/{year}.txt",
            "source_format": "txt",
            "source_sha256": "0" * 64,
        }
        counts = dict.fromkeys(("findings_error", "findings_warning", "findings_info"), "0")
        cells = dict(self._cells(form, figures or {}, usual))
        stated = sum(1 for value in cells.values() if value)
        facts |= counts | {"cells_stated": str(stated), "cells_not_stated": str(len(cells) - stated)}
        self.rows["reports"].append(self._row("reports", facts | values))
        wide: dict[tuple[str, str], dict[str, str]] = {}
        for (table, row, column), value in cells.items():
            if table == "proactive":
                cell = {"report_id": key, "item": row, "measure": column, "value": value, "place": "line 1"}
                self.rows[table].append(self._row(table, cell))
            else:
                wide.setdefault((table, row), {})[column] = value
        for (table, row), its in wide.items():
            self.rows[table].append(
                self._row(table, {"report_id": key, "item": row, "place": "line 2"} | its)
            )
        for (table, row, column), (status, raw) in (notes or {}).items():
            note = {
                "report_id": key,
                "form_table": table,
                "item": row,
                "measure": column,
                "status": status,
                "raw": raw,
            }
            self.rows["cell_notes"].append(self._row("cell_notes", note | {"place": "line 3"}))
        return self

    def finding(self, report: str, code: str, cell: str = "", **values: str) -> Self:
        """One more finding about a report; ``cell`` is ``table/row/column`` as far as it goes."""
        table, row, column = (*cell.split("/"), "", "", "")[:3]
        usual = {"finding_id": f"{report}:{code}:{cell}", "report_id": report, "code": code}
        usual |= {
            "severity": "warning",
            "form_table": table,
            "item": row,
            "measure": column,
            "place": "line 3",
        }
        usual |= {"message_zh": "有点不对。", "message_en": "Something is odd.", "hint_zh": "", "hint_en": ""}
        self.rows["findings"].append(self._row("findings", usual | values))
        return self

    def section(self, report: str, key: str, heading: str, text: str) -> Self:
        """One more section of text."""
        values = {"report_id": report, "section": key, "heading": heading, "text": text}
        self.rows["sections"].append(self._row("sections", values))
        return self

    def write(self, folder: Path) -> Path:
        """The package folder."""
        (folder / "data").mkdir(parents=True)
        (folder / "datapackage.json").write_text(json.dumps(self.descriptor, ensure_ascii=False), "utf-8")
        for resource in self.descriptor["resources"]:
            with (folder / resource["path"]).open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, self.fields[resource["name"]], lineterminator="\n")
                writer.writeheader()
                writer.writerows(self.rows[resource["name"]])
        return folder

    def _row(self, resource: str, values: Mapping[str, str]) -> dict[str, str]:
        assert set(values) <= set(self.fields[resource]), set(values) - set(self.fields[resource])
        return {field: values.get(field, "") for field in self.fields[resource]}

    def _cells(self, form: str, figures: Mapping[Cell, str], usual: str) -> Iterator[tuple[Cell, str]]:
        left = dict(figures)
        chosen = next(one for one in self.descriptor["forms"] if one["key"] == form)
        for table in chosen["tables"]:
            for part in table["parts"]:
                for row in part["rows"]:
                    for column in part["columns"] if row["kind"] == "data" else []:
                        cell = (table["key"], row["item"], column["key"])
                        yield cell, left.pop(cell, usual)
        assert not left, f"no such cells in {form}: {left}"


def requests(total: Mapping[str, int]) -> dict[Cell, str]:
    """Figures of the table of requests, all from natural persons."""
    return {
        ("requests", item, column): str(value)
        for item, value in total.items()
        for column in ("natural_person", "total")
    }


def grown() -> Corpus:
    """The published package, with a busy agency over five years, one that is late, one that is hostile."""
    corpus = Corpus()
    corpus.agency(
        "990001-housing", name_zh="虚构市住房和城乡建设局", former_names="虚构市建设局；虚构市房管局"
    )
    leaves = {
        "granted": 120,
        "partially_granted": 30,
        "denied_state_secret": 3,
        "denied_third_party": 12,
        "denied_internal_affairs": 8,
        "denied_process_info": 9,
        "denied_enforcement_file": 4,
        "denied_admin_inquiry": 7,
        "unavailable_not_held": 140,
        "unavailable_needs_creation": 11,
        "unavailable_unclear": 6,
        "not_processed_petition": 15,
        "not_processed_repeat": 5,
        "not_processed_excessive": 2,
    }
    for year in (2019, 2020, 2021, 2023, 2024):
        form = "t2019" if year < 2021 else "t2021"
        grow = {item: value + (year - 2019) * 7 for item, value in leaves.items()}
        grow |= {"other_handling": 9} if form == "t2019" else {"other_uncorrected": 6, "other_other": 3}
        closed = sum(grow.values())
        grow |= {"new_received": closed + 13, "carried_in": 10, "carried_out": 23, "outcomes_total": closed}
        figures = requests(grow)
        figures |= {
            ("review_litigation", "reconsideration", "upheld"): "9",
            ("review_litigation", "reconsideration", "corrected"): "4",
            ("review_litigation", "reconsideration", "total"): "13",
            ("review_litigation", "litigation_direct", "pending"): "5",
            ("review_litigation", "litigation_direct", "total"): "5",
            ("proactive", "licensing", "decisions"): "3021",
            ("proactive", "penalty", "decisions"): "412",
        }
        corpus.report("990001-housing", year, figures, form=form)
        for section in ("overview", "problems", "other_matters"):
            corpus.section(f"990001-housing-{year}", section, "", "认真贯彻落实《条例》各项要求。\n" * 50)
    corpus.agency("990002-finance", function_class="finance").report(
        "990002-finance", 2023, published="2024-03-05"
    )
    corpus.section("990002-finance-2023", "overview", "一、总体情况", "很长的文字。" * 2000)
    return hostile(corpus)


def hostile(corpus: Corpus) -> Corpus:
    """One more agency and report, whose every text is an attack."""
    key = "990003-x"
    corpus.agency(key, name_zh=HOSTILE, former_names=HOSTILE, province=HOSTILE, website="javascript:hacked")
    corpus.report(
        key,
        2023,
        requests({"new_received": 3, "granted": 2, "outcomes_total": 2, "carried_out": 1}),
        notes={
            ("requests", "granted", "org_other"): ("unreadable", HOSTILE),
            ("requests", "carried_in", "total"): ("mark", "/"),
        },
        title=HOSTILE,
        agency_printed=HOSTILE,
        source_url='javascript:window.hacked=1//"onmouseover=hacked',
    )
    corpus.finding(
        f"{key}-2023", "T101", "requests/granted", message_zh=HOSTILE, hint_zh=HOSTILE, place=HOSTILE
    )
    corpus.section(f"{key}-2023", "overview", HOSTILE, f"{HOSTILE}\n\n---\ntitle: x\n---\n{HOSTILE}")
    return corpus
