"""Old Word and WPS files: converted by LibreOffice where it is installed; where it is not, a message that says how."""

import os
import select
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.document import office
from pipeline.document.limits import LIMITS
from pipeline.document.refusal import RefusedError
from pipeline.document.sandbox import read_bounded
from pipeline.document.signatures import OLE
from pipeline.model.document import Grid, Paragraph
from pipeline.model.recognition import Recognition
from tests.document.samples import C, as_docx
from tests.document.test_embedded import LITIGATION, scanned, word

DOC = OLE + bytes(600) + "WordDocument".encode("utf-16-le") + bytes(600)
RTF = rb"{\rtf1\ansi\uc0 \u26576\u23616 2023}"


def pretend(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Puts a program in the place of LibreOffice; its last argument is the file, the one before the folder for results."""
    program = folder / "soffice"
    program.write_text(
        f'#!/bin/sh\nfor last; do out="$file"; file="$last"; done\n{script}\n', encoding="utf-8"
    )
    program.chmod(0o755)
    monkeypatch.setattr(office.shutil, "which", lambda name: str(program) if name == "soffice" else None)


def refused(data: bytes = DOC) -> RefusedError:
    with pytest.raises(RefusedError) as error:
        read_bounded(data, "2023.doc")
    return error.value


def test_without_libreoffice_the_message_says_how_in_both_languages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office.shutil, "which", lambda name: None)
    error = refused()
    assert error.finding.code == "D107"
    assert "LibreOffice" in error.zh
    assert "apt install" in error.zh
    assert "apt install" in error.en
    assert ".docx" in error.en


def test_the_converted_file_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = tmp_path / "made.docx"
    made.write_bytes(as_docx(["某局", [[C("规章"), C("7")]]]))
    pretend(tmp_path, monkeypatch, f'mkdir "$out" && cp {made} "$out/report.docx"')
    document = read_bounded(DOC, "2023.wps")
    assert document.format == "doc"
    assert any(isinstance(block, Grid) for block in document.blocks)


def test_what_was_recognised_in_its_pictures_stands_among_its_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = tmp_path / "made.docx"
    made.write_bytes(word("某局", LITIGATION, "后文"))
    pretend(tmp_path, monkeypatch, f'mkdir "$out" && cp {made} "$out/report.docx"')
    assert read_bounded(DOC, "2023.doc").unread_pictures == 1
    known = Recognition("", "", (), (scanned(1, ("规章", "7")),))
    before, grid, after = read_bounded(DOC, "2023.doc", known).blocks
    assert (before, after) == (Paragraph("某局", "paragraph 1"), Paragraph("后文", "paragraph 3"))
    assert isinstance(grid, Grid)
    assert [[cell.text for cell in row] for row in grid.rows] == [["规章", "7"]]


def test_a_failing_or_hanging_libreoffice_is_a_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend(tmp_path, monkeypatch, "exit 1")
    assert refused().finding.code == "D107"
    monkeypatch.setattr(office, "LIMITS", replace(LIMITS, office_seconds=1))
    os.mkfifo(held := tmp_path / "held")
    reader = os.open(held, os.O_RDONLY | os.O_NONBLOCK)
    pretend(tmp_path, monkeypatch, f"exec 3>{held}; sleep 600 & sleep 600")
    assert refused().finding.code == "D104"
    assert select.select([reader], [], [], 60)[0], "what LibreOffice started must end with it"
    assert os.read(reader, 1) == b""  # nobody holds it open any more
    os.close(reader)


@pytest.mark.parametrize("target", ["doc", "rtf"])
def test_a_real_old_word_file(target: str, tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(
        as_docx(["某局2023年报", [[C("规章"), C("7", 2)], [C("行政许可"), C("1"), C("2")]], "结尾"])
    )
    subprocess.run(
        [
            "soffice",
            f"-env:UserInstallation={(tmp_path / 'p').as_uri()}",
            "--headless",
            "--convert-to",
            target,
            "a.docx",
        ],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        timeout=60,
    )
    document = read_bounded((tmp_path / f"a.{target}").read_bytes(), "2023.doc")
    (grid,) = (block for block in document.blocks if isinstance(block, Grid))
    assert [[(cell.text, cell.column, cell.width) for cell in row] for row in grid.rows] == [
        [("规章", 0, 1), ("7", 1, 2)],
        [("行政许可", 0, 1), ("1", 1, 1), ("2", 2, 1)],
    ]
