"""Every source address asked again: what is the same, what changed in which cells, what is gone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import yaml

from pipeline.archive.recognitions import recognition_path, recognition_yml
from pipeline.archive.sources import sources
from pipeline.checks.all import check_all
from pipeline.filing import pictures
from pipeline.filing.from_address import report_at
from pipeline.filing.plan import make_plan
from pipeline.filing.reading import read_report
from pipeline.filing.recheck import Rechecked, recheck
from pipeline.filing.request import Fetched, Request
from pipeline.filing.writing import write_plan
from pipeline.knowledge.forms import forms
from pipeline.model.outcome import ReadReport
from pipeline.model.recognition import Recognition, ScannedPage
from pipeline.model.source import Transcription
from tests.filing.test_fetch import cut_short
from tests.filing.test_from_address import TABLE, link, linking, png, showing
from tests.filing.web import Answer, Site, closed_port, fetcher, redirect, site
from tests.synthetic.cases import make_case

OTHER = make_case(21, "docx")
SAME = make_case(22, "docx")


def file_it(folder: Path, address: str, data: bytes, name: str = "x.docx", year: int = 2023) -> None:
    """Files a report as ``add ADDRESS`` does."""
    agency = f"510403-x-{year:08d}"
    request = Request(
        name, data, agency, "某机关", year, address, date(2024, 2, 1), fetched=Fetched(address, data, "x/y")
    )
    folder.mkdir(exist_ok=True)
    write_plan(make_plan(request, read_report(name, data), folder), folder)


def asked(folder: Path) -> Rechecked:
    (found,) = recheck(sources(folder), fetcher(seconds=1.0))
    return found


def state(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "reports"


def served(there: Site, folder: Path, before: bytes, now: bytes | Answer | None) -> Rechecked:
    """Files what an address gave, lets it give something else, and asks again; nothing filed is touched."""
    file_it(folder, there.url("/a.docx"), before)
    there.answers = {"/a.docx": now} if now is not None else {}
    kept = state(folder)
    found = asked(folder)
    assert state(folder) == kept
    return found


def test_the_same_bytes_are_the_same(folder: Path) -> None:
    with site() as there:
        found = served(there, folder, SAME.data, SAME.data)
    assert (found.state, found.finding) == ("same", None)


def test_another_file_is_a_change_with_the_cells_that_differ(folder: Path) -> None:
    with site() as there:
        found = served(there, folder, SAME.data, OTHER.data)
        url = there.url("/a.docx")
    assert found.state == "changed"
    assert found.finding is not None
    assert found.finding.code == "S109"
    assert url in found.finding.message.zh
    assert "→" in found.finding.message.en
    assert "cells differ" in found.finding.message.en
    assert len(found.finding.reported) == len(found.finding.expected) == 64


def test_a_page_with_another_counter_is_the_same_and_with_another_sentence_a_change(folder: Path) -> None:
    page = make_case(23, "html-page").data
    with site() as there:
        file_it(folder, there.url("/a.html"), page, "a.html")
        there.answers = {"/a.html": page.replace(b"</body>", b"<!-- visits: 7 --></body>")}
        assert asked(folder).state == "same"
        (report,) = [read_report("a.html", page)]
        word = next(section.text for section in report.sections if section.text)[:8]
        there.answers = {"/a.html": page.replace(word.encode(), "另外的话。".encode())}
        found = asked(folder)
    assert found.state == "changed"
    assert found.finding is not None
    assert "the text is not" in found.finding.message.en


@pytest.mark.parametrize("status", [404, 410])
def test_what_is_not_there_any_more_is_gone(folder: Path, status: int) -> None:
    with site() as there:
        found = served(there, folder, SAME.data, lambda asked: asked.say(b"", status))
    assert found.state == "gone"
    assert found.finding is not None
    assert (found.finding.code, found.finding.severity) == ("S108", "warning")


@pytest.mark.parametrize(
    "answer",
    [cut_short, redirect("/a.docx"), lambda asked: asked.say(b"", 502), lambda asked: asked.say(b"", 403)],
    ids=["cut short", "redirects", "502", "403"],
)
def test_a_server_that_fails_today_is_asked_again_tomorrow(folder: Path, answer: Answer) -> None:
    with site() as there:
        found = served(there, folder, SAME.data, answer)
    assert found.state == "not_reached"
    assert found.finding is not None
    assert (found.finding.code, found.finding.severity) == ("S110", "info")


def test_a_page_in_the_place_of_the_report_is_a_change(folder: Path) -> None:
    with site() as there:
        found = served(there, folder, SAME.data, linking(text="网站改版通知。" * 50))
    assert found.state == "changed"
    assert found.finding is not None
    assert "no report" in found.finding.message.en


def test_of_a_page_that_links_the_report_the_report_is_asked(folder: Path) -> None:
    with site() as there:
        page = linking(link("/f/b.docx"))
        file_it(folder, there.url("/a.html"), SAME.data)
        there.answers = {"/a.html": page, "/f/b.docx": SAME.data}
        assert asked(folder).state == "same"
        there.answers = {"/a.html": page, "/f/b.docx": OTHER.data}
        assert asked(folder).state == "changed"


def test_of_a_page_filed_with_its_pictures_those_count_that_were_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "is_installed", lambda: False)
    page = showing("1.png")
    with site({"/a.html": page, "/1.png": TABLE}) as there:
        taken, _ = report_at(there.url("/a.html"), fetcher())
        file_it(folder, there.url("/a.html"), taken.data, "a.mhtml")
        (source,) = sources(folder)
        seen = Recognition(source.sha256, "engine", (), (ScannedPage(1, 210, 100, (), (), ()),))
        recognition_path(source.path).write_bytes(recognition_yml(seen))
        there.answers |= {"/a.html": page.replace(b"</body>", b"<!-- visits: 7 --></body>")}
        assert asked(folder).state == "same"
        there.answers |= {
            "/a.html": page.replace("二、主动公开政府信息情况".encode(), "二、另外的话".encode())
        }
        assert asked(folder).state == "changed"
        there.answers |= {"/a.html": page, "/1.png": png(9)}
        assert asked(folder).state == "changed"


def test_a_scan_whose_bytes_changed_has_changed_although_no_program_reads_it(folder: Path) -> None:
    with site() as there:
        file_it(folder, there.url("/a.docx"), SAME.data)
        (source,) = sources(folder)
        cells = tuple((key, "1") for key in list(forms()["t2021"].cell_keys())[:3])
        typed = replace(source, transcription=Transcription(cells, "LW", date(2024, 2, 1), ""))
        there.answers = {"/a.docx": make_case(12, "docx").data}
        (found,) = recheck([typed], fetcher())
    assert found.state == "changed"
    assert found.finding is not None
    assert "bytes differ" in found.finding.message.en


@pytest.mark.parametrize(("name", "state"), [("x.pdf", "changed"), ("x.html", "same")])
def test_what_never_could_be_read_changes_with_its_bytes_unless_it_is_a_page(
    folder: Path, name: str, state: str
) -> None:
    with site() as there:
        file_it(folder, there.url("/a"), SAME.data)
        (source,) = sources(folder)
        unread = replace(source, path=source.path.with_name(name), format=name[2:])
        unread.path.write_bytes(linking(text="一"))
        there.answers = {"/a": linking(text="二")}
        if name == "x.pdf":
            unread.path.write_bytes(b"%PDF-1.7 one")
            there.answers = {"/a": b"%PDF-1.7 two"}
        (found,) = recheck([unread], fetcher())
    assert found.state == state


def test_a_picture_that_a_page_shows_cannot_be_asked_for_alone(folder: Path) -> None:
    with site() as there:
        file_it(folder, there.url("/a.html"), SAME.data)
        (source,) = sources(folder)
        picture = replace(source, format="png")
        there.answers = {"/a.html": linking('<img src="/1.png">')}
        (found,) = recheck([picture], fetcher())
    assert found.state == "not_reached"
    assert found.finding is not None
    assert "picture" in found.finding.message.en


def test_many_hosts_are_asked_and_the_answers_come_in_the_order_of_the_reports(folder: Path) -> None:
    with site() as one, site() as other:
        for number, there in enumerate((one, other, one, other)):
            data = make_case(40 + number, "docx").data
            file_it(folder, there.url(f"/{number}.docx"), data, year=2021 + number)
            there.answers[f"/{number}.docx"] = data
        file_it(folder, f"http://127.0.0.1:{closed_port()}/x.docx", OTHER.data, year=2020)
        told: list[tuple[int, int]] = []
        found = recheck(sources(folder), fetcher(), lambda done, total: told.append((done, total)))
    assert [one.source.year for one in found] == [2020, 2021, 2022, 2023, 2024]
    assert [one.state for one in found] == ["not_reached", *["same"] * 4]
    assert told == [(n, 5) for n in range(1, 6)]


def test_a_report_without_an_address_is_not_asked() -> None:
    assert recheck(sources(Path("datapackage/reports")), fetcher()) == []


def test_what_was_taken_is_kept_beside_the_file_and_a_file_that_was_altered_is_an_error(folder: Path) -> None:
    with site() as there:
        file_it(folder, there.url("/a.docx"), SAME.data)
        (source,) = sources(folder)
        entry = yaml.safe_load(source.path.with_suffix(".yml").read_text(encoding="utf-8"))
        assert entry["media_type"] == "x/y"
        assert entry["sha256"] == source.sha256
        assert "file_url" not in entry
    report = read_report("a.docx", SAME.data)
    (kept,) = check_all([ReadReport(source, report, source.sha256)])
    (altered,) = check_all([ReadReport(source, report, "0" * 64)])
    assert [finding.code for finding in kept.findings if finding.code == "S111"] == []
    (finding,) = [finding for finding in altered.findings if finding.code == "S111"]
    assert (finding.severity, finding.expected) == ("error", source.sha256)
