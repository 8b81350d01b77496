"""Old Word and WPS files → .docx, by LibreOffice where it is installed. Each conversion has a profile of its own, in a
temporary folder: no macros, nothing loaded from elsewhere, and nothing shared between conversions that run side by side.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from pipeline.document.docx import read_docx
from pipeline.document.limits import LIMITS
from pipeline.document.reader import Reader
from pipeline.document.refusal import refusal
from pipeline.document.signatures import OLE, head_of, names_in_zip

RTF = b"{\\rtf"
WORD_XML = (b"<?mso-application", b"<pkg:package", b"<w:worddocument")
PROGRAMS = ("soffice", "libreoffice")
VIRTUAL_KIB = 3 * 1024 * 1024  # address space, of which LibreOffice uses a tenth
SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
 <prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
 <prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update">
 <prop oor:name="Link" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""


def is_office(data: bytes) -> bool:
    """Whether a file is old Word or WPS, RTF, OpenDocument or flat Word XML.

    Raises:
        RefusedError: D103 for an encrypted Word file.
    """
    if data.startswith(OLE):  # the names of its parts are written in UTF-16 in its directory
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise refusal("D103")
        return "WordDocument".encode("utf-16-le") in data
    if data.startswith(RTF) or {"content.xml", "mimetype"} <= names_in_zip(data):
        return True
    return any(sign in head_of(data) for sign in WORD_XML)


def converted_to_docx(data: bytes) -> bytes:
    """The same document as .docx.

    Raises:
        RefusedError: LibreOffice is not installed or fails (D107), or takes too long (D104).
    """
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        raise refusal("D107", "no_libreoffice")
    with tempfile.TemporaryDirectory(prefix="office-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        profile = folder / "profile"
        (profile / "user").mkdir(parents=True)
        (profile / "user/registrymodifications.xcu").write_text(SETTINGS, encoding="utf-8")
        source = folder / "report.doc"
        source.write_bytes(data)
        _run(
            [
                program,
                f"-env:UserInstallation={profile.as_uri()}",
                "--headless",
                "--norestore",
                "--nolockcheck",
                "--convert-to",
                "docx:MS Word 2007 XML",
                "--outdir",
                str(folder / "out"),
                str(source),
            ],
            folder,
        )
        result = folder / "out/report.docx"
        if not result.is_file():
            raise refusal("D107", "libreoffice_failed")
        if result.stat().st_size > LIMITS.file_bytes:
            raise refusal("D104", "converted_too_large", limit=f"{LIMITS.file_bytes} bytes")
        return result.read_bytes()


def _run(command: list[str], folder: Path) -> None:
    """Runs LibreOffice with its memory bounded; it starts processes of its own, so its whole group is ended."""
    if os.name == "posix":
        command = ["/bin/sh", "-c", f'ulimit -v {VIRTUAL_KIB} 2>/dev/null; exec "$0" "$@"', *command]
    process = subprocess.Popen(
        command,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        process.wait(timeout=LIMITS.office_seconds)
    except subprocess.TimeoutExpired as error:
        raise refusal("D104", "libreoffice_slow", limit=f"{LIMITS.office_seconds} s") from error
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    if os.name == "posix":
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    elif process.poll() is None:
        process.kill()
    process.wait()


READER = Reader(is_office, read_docx, read_docx, convert=converted_to_docx)
