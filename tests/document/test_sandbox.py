"""Hostile and broken files: each is one clear finding, soon and in little memory, and the next file is read."""

import io
import json
import os
import signal
import struct
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pypdfium2
import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from pipeline.document import sandbox
from pipeline.document.limits import LIMITS
from pipeline.document.refusal import RefusedError, refusal
from pipeline.document.sandbox import ReaderError, read_bounded
from pipeline.document.signatures import OLE
from pipeline.knowledge.finding_kinds import finding_kinds
from pipeline.knowledge.forms import forms
from pipeline.model.document import Document, Paragraph
from pipeline.model.findings import Location
from pipeline.model.report import NotAReportError
from pipeline.reading.report import make_report
from tests.document.samples import as_docx, as_html, as_pdf

ROOT = Path(__file__).parents[2]
SECONDS = 20
MEMORY = 1024 * 1024  # KiB
SMALL = ["某局2023年政府信息公开工作年度报告", "一、总体情况"]
# Reads one file as a run does, then says what came of it, and what the parent and its children took at most.
SCRIPT = """
import json, resource, sys
from pathlib import Path
from pipeline.document import sandbox
from pipeline.document.refusal import RefusedError
path = Path(sys.argv[1])
try:
    code = [finding.code for finding in sandbox.read_bounded(path.read_bytes(), path.name).findings]
except RefusedError as error:
    code = error.finding.code
sandbox._end_child()
most = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
print(json.dumps([code, most]))
"""
# A program starts with the highest memory of whoever started it in its account, which of a process that has run many
# tests is more than is allowed here: so a small one stands between.
BETWEEN = "import subprocess, sys; sys.exit(subprocess.run([sys.executable, *sys.argv[1:]]).returncode)"


def zip_bomb() -> bytes:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("word/document.xml", "w") as part,
    ):
        part.write(b"<w:document xmlns:w='w'><w:body>")
        for _ in range(600):
            part.write(b" " * 1_000_000)
    return out.getvalue()


def docx_of(xml: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", xml)
    return out.getvalue()


def crowded_zip() -> bytes:
    """A zip whose list of files has 700,000 entries, in 33 MB."""
    many = 700_000
    one = struct.pack("<4s4B4HL2L5H2L", b"PK\x01\x02", 20, 3, 20, *[0] * 8, 1, *[0] * 6) + b"a"
    size, start = len(one) * many, 30
    end = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, many, many, size, start)
    end += struct.pack("<4sLQL", b"PK\x06\x07", 0, start + size, 1)
    end += struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return b"PK\x03\x04" + bytes(26) + one * many + end


LAUGHS = b"<!DOCTYPE html [" + b"".join(
    b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10 if n else b"ha") for n in range(12)
)


def many_pages() -> bytes:
    document = pypdfium2.PdfDocument.new()
    for _ in range(2000):
        document.new_page(595, 842).close()
    out = io.BytesIO()
    document.save(out)
    document.close()
    return out.getvalue()


def encrypted_pdf() -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, encrypt=StandardEncryption("secret"))
    canvas.drawString(60, 600, "x")
    canvas.save()
    return out.getvalue()


def busy_pdf() -> bytes:
    """A page of more lines than any report has, in a grid."""
    out = io.BytesIO()
    canvas = Canvas(out)
    for n in range(3000):
        canvas.line(10, n / 4, 500, n / 4)
        canvas.line(n / 6, 10, n / 6, 800)
        canvas.drawString(n % 500, n % 800, "0")
    canvas.save()
    return out.getvalue()


HOSTILE: dict[str, tuple[str, Callable[[], bytes], object]] = {
    "zip bomb": ("2023.docx", zip_bomb, "D104"),
    "a zip of 700,000 files": ("2023.docx", crowded_zip, "D104"),
    "billion laughs in a docx": (
        "2023.docx",
        lambda: docx_of(LAUGHS + b"]><w:document>&l11;</w:document>"),
        "D104",
    ),
    "billion laughs in a page": ("2023.html", lambda: LAUGHS + b"]><html><body>&l11;</body></html>", "D104"),
    "billion laughs in XML": (
        "2023.html",
        lambda: b"<?xml version='1.0'?>" + LAUGHS + b"]><r>&l11;</r>",
        "D104",
    ),
    "2,000 pages": ("2023.pdf", many_pages, "D104"),
    "a line of 50 MB": ("2023.txt", lambda: b"0" * 50_000_000, "D104"),
    "a file of 100 MB": ("2023.pdf", lambda: b"%PDF-1.7" + b"0" * 100_000_000, "D104"),
    "cut docx": ("2023.docx", lambda: as_docx(SMALL)[:-500], "D105"),
    "cut pdf": ("2023.pdf", lambda: as_pdf(SMALL)[:-900], "D105"),
    "cut page": ("2023.html", lambda: as_html(SMALL).encode()[:-300] + b"<td cl", "D105"),
    "cut text": ("2023.txt", lambda: ("某局年度报告" * 9).encode()[:-1], "D105"),
    "encrypted pdf": ("2023.pdf", encrypted_pdf, "D103"),
    "encrypted docx": (
        "2023.docx",
        lambda: OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le"),
        "D103",
    ),
    "deep page": ("2023.html", lambda: b"<div>" * 1_000_000, "D104"),
    "deep tables": ("2023.html", lambda: b"<table><tr><td>" * 100_000, "D104"),
    "formatting without end": ("2023.html", lambda: b"<b><i><p>" * 100_000 + b"x", "D104"),
    "broken formatting": ("2023.html", lambda: b"<b><p>x</b>" * 60_000, []),
    "deep docx": ("2023.docx", lambda: docx_of(b"<w:document xmlns:w='w'>" + b"<w:p>" * 1_000_000), "D104"),
    "wide spans": ("2023.html", lambda: b"<table><tr>" + b"<td colspan=1000 rowspan=60000>x" * 9_000, "D104"),
    "cells without end": ("2023.txt", lambda: b"|0" * 400_000, "D104"),
    "tabs without end": ("2023.txt", lambda: (b"\t0" * 4_000 + b"\n") * 900, "D104"),
    "a grid of hair lines": ("2023.pdf", busy_pdf, []),
    "a pdf that says it is text": ("2023.txt", lambda: as_pdf(SMALL), ["D106"]),
    "a page that says it is a Word file": ("2023.doc", lambda: as_html(SMALL).encode(), ["D106"]),
    "text that says it is a pdf": ("2023.pdf", lambda: "\n".join(SMALL).encode(), ["D106"]),
    "a Word file that says it is WPS": ("2023.wps", lambda: as_docx(SMALL), ["D106"]),
    "a picture that says it is a pdf": ("2023.pdf", lambda: b"\x89PNG\r\n\x1a\n" + bytes(99), "D102"),
    "a program that says it is text": ("2023.txt", lambda: b"MZ" + os.urandom(5000), "D108"),
    "noise": ("2023.txt", lambda: bytes(range(256)) * 400, "D108"),
    "a spreadsheet": (
        "2023.docx",
        lambda: docx_of(b"").replace(b"word/document.xml", b"xl/workbook12.xml"),
        "D108",
    ),
    "nothing": ("2023.txt", lambda: b"", "D102"),
    "an empty page": ("2023.html", lambda: b"<html><body></body></html>", "D102"),
}


@pytest.mark.skipif(sys.platform == "win32", reason="memory of children is not told there")
@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_file_is_one_finding_soon_and_in_little_memory(case: str, tmp_path: Path) -> None:
    name, make, expected = HOSTILE[case]
    path = tmp_path / name
    path.write_bytes(make())
    start = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", BETWEEN, "-c", SCRIPT, str(path)],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
        timeout=3 * SECONDS,
    )
    seconds = time.monotonic() - start
    assert done.returncode == 0, done.stderr
    code, memory = json.loads(done.stdout)
    assert code == expected
    assert seconds < SECONDS
    assert memory < MEMORY


@pytest.fixture
def no_child() -> Iterator[None]:
    """A child forked after the test has changed something, and none of it left for the tests after."""
    sandbox._end_child()
    sandbox._child = None
    yield
    sandbox._end_child()
    sandbox._child = None


def refused(data: bytes = b"x") -> str:
    with pytest.raises(RefusedError) as error:
        read_bounded(data, "2023.txt")
    return error.value.finding.code


def forever(*_: object) -> None:
    while True:
        pass


MISDEEDS: dict[str, tuple[Callable[..., object], str]] = {
    "sleeps": (lambda *_: time.sleep(60), "D104"),
    "works without end": (forever, "D104"),
    "takes all memory": (lambda *_: [bytearray(100 << 20) for _ in range(100)], "D104"),
    "recurses": (lambda *_: json.loads("[" * 100_000), "D104"),
    "crashes": (lambda *_: os.kill(os.getpid(), signal.SIGSEGV), "D105"),
    "is killed": (lambda *_: os.kill(os.getpid(), signal.SIGKILL), "D104"),
}


@pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="a forked child is needed to change its reader"
)
@pytest.mark.filterwarnings(
    "ignore:.*fork:DeprecationWarning"
)  # Python 3.12 warns of any fork beside threads
@pytest.mark.usefixtures("no_child")
@pytest.mark.parametrize("misdeed", MISDEEDS)
def test_a_reader_that_goes_astray_is_one_finding_and_the_next_file_is_read(
    misdeed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox, "_may_fork", lambda: True)  # the test's server threads hold no lock of ours
    reader, expected = MISDEEDS[misdeed]
    with monkeypatch.context() as patch:
        patch.setattr(sandbox, "read_as", reader)
        patch.setattr(sandbox, "BOUNDS", sandbox.Bounds(seconds=1, patience=0))
        start = time.monotonic()
        assert refused() == expected
        assert time.monotonic() - start < 10
        sandbox._end_child()
        sandbox._child = None
    assert read_bounded("某局".encode(), "2023.txt").format == "txt"


@pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="a forked child is needed to change its reader"
)
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
@pytest.mark.usefixtures("no_child")
@pytest.mark.parametrize(("share", "said"), [(0.5, "D102"), (1.5, "D104")])
def test_a_reader_gets_the_memory_of_the_limits_and_no_more(
    share: float, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked for at once and given back at once: no time and no other limit can end it."""

    def greedy(*_: object) -> object:
        bytearray(int(LIMITS.memory * share))
        raise refusal("D102")  # it had what it asked for

    monkeypatch.setattr(sandbox, "_may_fork", lambda: True)
    monkeypatch.setattr(sandbox, "read_as", greedy)
    assert refused() == said


@pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="a forked child is needed to change its reader"
)
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
@pytest.mark.usefixtures("no_child")
def test_a_bug_of_a_reader_is_told_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "_may_fork", lambda: True)  # the test's server threads hold no lock of ours
    monkeypatch.setattr(sandbox, "read_as", lambda *_: {}["no such key"])
    with pytest.raises(ReaderError, match="KeyError: 'no such key'"):
        read_bounded(b"x", "2023.txt")


@pytest.mark.usefixtures("no_child")
def test_one_child_reads_many_files_and_a_dead_one_is_replaced() -> None:
    read_bounded(b"x", "2023.txt")
    first = sandbox._child
    assert first is not None
    read_bounded(b"x", "2023.txt")
    assert sandbox._child is first
    first.kill()
    first.wait()
    read_bounded(b"x", "2023.txt")
    assert sandbox._child is not first


@pytest.mark.usefixtures("no_child")
def test_a_fresh_python_reads_where_forking_is_not_safe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "_may_fork", lambda: False)
    document = read_bounded("某局".encode("gbk"), "2023.txt")
    assert [block.text for block in document.blocks if hasattr(block, "text")] == ["某局"]
    assert refused(b"") == "D102"


def codes(data: bytes) -> str:
    """For a worker: what comes of a file."""
    try:
        return read_bounded(data, "2023.txt").format
    except RefusedError as error:
        return error.finding.code


def test_it_works_inside_the_workers_of_an_executor() -> None:
    with ProcessPoolExecutor(2) as executor:
        found = list(
            executor.map(codes, [b"x", b"", as_pdf(SMALL), b"0" * (LIMITS.line_characters + 9), b"x"])
        )
    assert found == ["txt", "D102", "pdf", "D104", "txt"]


def shout(document: Document) -> str:
    """For a child: something made of a document."""
    return "".join(block.text for block in document.blocks if isinstance(block, Paragraph)).upper()


def refuse(document: Document) -> str:
    """For a child: what is made of it refuses it."""
    raise NotAReportError(
        finding_kinds()["D108"](Location(), what_zh="x", what_en="x", limit="", extensions="")
    )


def dawdle(document: Document) -> str:
    """For a child: what is made of it never comes to an end."""
    while True:
        pass


@pytest.mark.usefixtures("no_child")
def test_what_is_made_of_a_document_is_made_within_the_bounds_too(monkeypatch: pytest.MonkeyPatch) -> None:
    assert sandbox.bounded(b"abc", "2023.txt", shout) == "ABC"
    with pytest.raises(NotAReportError):
        sandbox.bounded(b"abc", "2023.txt", refuse)
    with monkeypatch.context() as patch:
        patch.setattr(sandbox, "BOUNDS", sandbox.Bounds(seconds=1, patience=0))
        with pytest.raises(RefusedError) as error:
            sandbox.bounded(b"abc", "2023.txt", dawdle)
        assert error.value.finding.code == "D104"
    assert sandbox.bounded(b"abc", "2023.txt", shout) == "ABC"


@pytest.mark.usefixtures("no_child")
def test_a_form_that_comes_out_of_a_child_is_the_one_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    data = (ROOT / "datapackage/reports/511900-housing/2022.txt").read_bytes()
    assert sandbox.bounded(data, "txt", make_report).form is forms()["t2021"]
    monkeypatch.setattr(sandbox, "_may_fork", lambda: False)
    sandbox._end_child()
    sandbox._child = None
    assert sandbox.bounded(data, "txt", make_report).form is forms()["t2021"]


def test_an_answer_that_cannot_be_sent_is_a_bug_and_no_lack_of_memory() -> None:
    with pytest.raises(ReaderError, match="TypeError"):
        sandbox.run(threading.Lock)
    assert sandbox.run(len, "next") == 4
