"""Damaged files of every format through the whole chain: a report, or one clear refusal, soon; never anything else."""

from __future__ import annotations

import io
import zipfile
from functools import cache
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from pipeline.checks.all import check_all
from pipeline.document.read import read
from pipeline.document.refusal import RefusedError
from pipeline.document.sandbox import read_bounded
from pipeline.model.figure import Status
from pipeline.model.outcome import ReadReport
from pipeline.model.report import NotAReportError, Report
from pipeline.model.source import Agency, Source
from pipeline.package.rows import derivation, make_tables
from pipeline.reading.report import make_report
from tests.fuzz.inputs import ROOT, corpus, damaged, kept, share
from tests.synthetic.cases import make_case

VALUED = (Status.REPORTED, Status.RESOLVED)
AGENCY = Agency("990100-housing", "虚构市住房和城乡建设局", "prefecture", "housing", "990100")
TEXT_WORDS = [
    *(word.encode() for word in ("\u202e", "\u200b", "\ufeff", "　", "�", "𠮷", "一、", "（二）", "总计", "规章", "行政许可")),
    *(word.encode() for word in ("2023年1月5日", "政府信息公开工作年度报告", "。", "9999999999999999999999", "0\t0", "|", "\t")),
    *(b"\x00", b"\xff", b"\r", b"\n", b"\n\n", b"-", b"/", b"1e400", b"0" * 50, b"~~4~~", b"<table><tr><td>1", b"&#0;"),
]  # fmt: skip
HTML_WORDS = [
    *TEXT_WORDS,
    *(b"<table>", b"</table>", b"<tr><td>", b"<td colspan=99999>", b"<td rowspan=0>", b"<!--", b"<s>", b"<bdo dir=rtl>"),
    *(b"<style>*{display:none}</style>", b"<p style='font-size:0'>", b"<ruby><rt>", b"<select>", b"<![CDATA[", b"<div>" * 60),
    *(b'<meta charset="utf-16">', b"<br>", b"<pre>", b"<sup>", b"<svg>", b"<template>", b"<b style='color:rgb(0 0 0 / 0)'>"),
]  # fmt: skip
XML_WORDS = [
    *TEXT_WORDS,
    *(b"<w:p>", b"</w:p>", b"<w:tbl>", b"<w:tc>", b'<w:gridSpan w:val="9999"/>', b'<w:vMerge/>', b"<w:del>", b"<w:br/>"),
    *(b"<w:ruby><w:rt>", b"<w:txbxContent>", b"<w:strike/>", b"<!ENTITY x 'y'>", b"<w:tr/>", b"<w:sdt>", b"<w:sym/>"),
]  # fmt: skip
PDF_WORDS = [
    *(b"endobj", b"stream\n", b"endstream", b"/Length 99999999", b"0 0 R", b"/Kids [1 0 R]", b"%%EOF", b"startxref\n0"),
    *(b"1e30 0 0 1e30 0 0 cm", b"q ", b" Tj", b"999 Tf", b"(0)", b"/Rotate 90", b"\x00", b"\xff\xff"),
]  # fmt: skip


def a_source(extension: str) -> Source:
    return Source(AGENCY, 2023, "agency", Path(f"2023.{extension}"), extension, "", None, None)


def whole_chain(data: bytes, extension: str) -> Report | None:
    """From the bytes to the rows of the package; None where the file is refused, or no report."""
    try:
        # What is not Python may crash: it is read in the child.
        document = read_bounded(data, extension) if extension == "pdf" else read(data, extension)
        report = make_report(document)
    except (RefusedError, NotAReportError):
        return None
    assert set(report.figures) == set(report.form.cell_keys())
    assert all((figure.value is not None) == (figure.status in VALUED) for figure in report.figures.values())
    checked = check_all([ReadReport(a_source(extension), report, "0" * 64)])
    for rows in derivation(make_tables([AGENCY], checked)).rows().values():
        assert all(isinstance(value, str) for row in rows for value in row.values())
    return report


@cache
def originals(extension: str) -> list[bytes]:
    layouts = {
        "txt": ("tabs", "cells", "lines", "pipes", "pipe-lines"),
        "md": ("markdown",),
        "html": ("html-spans", "html-page"),
        "docx": ("docx",),
        "pdf": ("pdf",),
    }
    made = [make_case(seed, layout, quirks=2).data for layout in layouts[extension] for seed in range(3)]
    ours = ROOT.glob(f"datapackage/reports/*/20*.{extension}")
    return [*made, *(path.read_bytes() for path in sorted(ours))]


@cache
def parts(extension: str) -> tuple[list[bytes], list[bytes]]:
    """The XML of Word files, whose damage inside a sound zip reaches further than damage to the zip."""
    found = []
    for data in originals(extension):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            found.append(archive.read("word/document.xml"))
    with zipfile.ZipFile(io.BytesIO(originals(extension)[0])) as archive:
        return found, [archive.read("word/styles.xml")]


def packed(document: bytes, styles: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", document)
        archive.writestr("word/styles.xml", styles)
    return out.getvalue()


def tried(data: bytes, extension: str) -> None:
    with kept("readers", f"x.{extension}", data):
        whole_chain(data, extension)


def test_what_once_broke_a_reader() -> None:
    assert corpus("readers")
    for path in corpus("readers"):
        tried(path.read_bytes(), path.suffix.removeprefix("."))


@share(0.11)
@given(st.data())
def test_damaged_text(data: st.DataObject) -> None:
    tried(data.draw(damaged(originals("txt"), TEXT_WORDS)), "txt")


@share(0.05)
@given(st.data())
def test_damaged_markdown(data: st.DataObject) -> None:
    tried(data.draw(damaged(originals("md"), TEXT_WORDS)), "md")


@share(0.12)
@given(st.data())
def test_damaged_pages(data: st.DataObject) -> None:
    tried(data.draw(damaged(originals("html"), HTML_WORDS)), "html")


@share(0.04)
@given(st.data())
def test_damaged_web_archives(data: st.DataObject) -> None:
    page = data.draw(st.sampled_from(originals("html")))
    head = (
        b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html\n\n"
    )
    tried(data.draw(damaged([head + page + b"\n--b--\n"], [*HTML_WORDS, b"--b", b"Content-Type: "])), "mhtml")


@share(0.1)
@given(st.data())
def test_damaged_word_files(data: st.DataObject) -> None:
    documents, styles = parts("docx")
    tried(packed(data.draw(damaged(documents, XML_WORDS)), data.draw(st.sampled_from(styles))), "docx")


@share(0.03)
@given(st.data())
def test_damaged_zips_of_word_files(data: st.DataObject) -> None:
    tried(
        data.draw(damaged(originals("docx"), [b"PK\x03\x04", b"PK\x05\x06", b"\x00" * 8, b"\xff" * 4])),
        "docx",
    )


@share(0.05)
@given(st.data())
def test_damaged_pdfs(data: st.DataObject) -> None:
    tried(data.draw(damaged(originals("pdf"), PDF_WORDS)), "pdf")


@share(0.06)
@given(
    st.binary(max_size=400),
    st.sampled_from([b"", b"%PDF-", b"PK\x03\x04", b"\xff\xfe", b"<html>"]),
)
def test_noise(noise: bytes, head: bytes) -> None:
    with kept("readers", "x.txt", head + noise):
        try:
            read_bounded(head + noise, "txt")
        except RefusedError:
            return
