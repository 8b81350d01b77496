"""What the tests need of the machine: Chromium, a Chinese font, LibreOffice. Installs them where that is allowed.

`python tests/tools/browser.py` exits 0 when all are there; else it says what to install and exits 1.
Without a Chinese font every page would be drawn as empty boxes, and its widths would be wrong.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

PROGRAMS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
OPTIONAL = {"firefox-esr"}  # without it the tests say which of them were not run
HELP = {
    "chromium": (
        "浏览器测试需要 Chromium。请安装（Debian/Ubuntu：sudo apt-get install chromium），"
        "或用环境变量 CHROMIUM 指明它的路径。\n"
        "The browser tests need Chromium. Install it (Debian/Ubuntu: sudo apt-get install chromium), "
        "or set CHROMIUM to its path."
    ),
    "firefox-esr": (
        "访问者做的事还要在 Firefox 里试一遍。请安装（Debian：sudo apt-get install firefox-esr），"
        "或用环境变量 FIREFOX 指明它的路径。\n"
        "What a visitor does is tried in Firefox too. Install it (Debian: sudo apt-get install firefox-esr), "
        "or set FIREFOX to its path."
    ),
    "fonts-noto-cjk": (
        "浏览器测试需要中文字体。请安装（Debian/Ubuntu：sudo apt-get install fontconfig fonts-noto-cjk）。\n"
        "The browser tests need a Chinese font. Install one "
        "(Debian/Ubuntu: sudo apt-get install fontconfig fonts-noto-cjk)."
    ),
    "libreoffice-writer-nogui": (
        "读旧版 Word 文件的测试需要 LibreOffice。请安装（Debian/Ubuntu：sudo apt-get install libreoffice-writer-nogui）。\n"
        "The tests that read old Word files need LibreOffice. Install it "
        "(Debian/Ubuntu: sudo apt-get install libreoffice-writer-nogui)."
    ),
    "libreoffice-calc-nogui": (
        "检查 XLSX 的测试需要 LibreOffice Calc。请安装（Debian/Ubuntu：sudo apt-get install libreoffice-calc-nogui）。\n"
        "The tests of the XLSX need LibreOffice Calc. Install it "
        "(Debian/Ubuntu: sudo apt-get install libreoffice-calc-nogui)."
    ),
    "r-cran-readr": (
        "运行数据页 R 代码的测试需要 R 和 readr。请安装（Debian/Ubuntu：sudo apt-get install r-cran-readr）。\n"
        "The test that runs the R code of the data page needs R and readr. Install them "
        "(Debian/Ubuntu: sudo apt-get install r-cran-readr)."
    ),
    "sqlite3": (
        "运行数据页 SQL 代码的测试需要 sqlite3。请安装（Debian/Ubuntu：sudo apt-get install sqlite3）。\n"
        "The test that runs the SQL of the data page needs sqlite3. Install it "
        "(Debian/Ubuntu: sudo apt-get install sqlite3)."
    ),
    "curl": (
        "运行数据页代码的测试需要 curl。请安装（Debian/Ubuntu：sudo apt-get install curl）。\n"
        "The test that runs the code of the data page needs curl. Install it "
        "(Debian/Ubuntu: sudo apt-get install curl)."
    ),
}


def output(*command: str) -> str | None:
    """What a command prints; None where it is missing or fails."""
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    except (OSError, subprocess.SubprocessError):
        return None


def find_chromium() -> str | None:
    """The path of a browser that runs. CHROMIUM, where it is set, is the only candidate."""
    named = os.environ.get("CHROMIUM")
    for program in (named,) if named else PROGRAMS:
        path = shutil.which(program)
        # Ubuntu's chromium-browser may be a script that only asks for a snap: so it must answer.
        if path and output(path, "--version"):
            return path
    return None


def find_firefox() -> str | None:
    """The path of a Firefox that runs. FIREFOX, where it is set, is the only candidate."""
    named = os.environ.get("FIREFOX")
    for program in (named,) if named else ("firefox", "firefox-esr"):
        path = shutil.which(program)
        if path and output(path, "--version"):
            return path
    return None


def has_chinese_font() -> bool:
    return sys.platform == "darwin" or bool(output("fc-list", ":lang=zh", "family"))


def has_libreoffice(program: str) -> bool:
    """Whether LibreOffice is there with one of its parts; Debian packs them apart, others all in one."""
    office = shutil.which("soffice")
    if office is None:
        return False
    part = Path(office).resolve().with_name(f"{program}.bin" if sys.platform == "win32" else program)
    library = {"swriter": "libswlo.so", "scalc": "libsclo.so"}[program]
    return part.exists() or part.with_name(library).exists() or sys.platform == "darwin"


def missing() -> list[str]:
    """Names, as Debian has them, of what is not there."""
    found = {
        "chromium": find_chromium(),
        "firefox-esr": find_firefox(),
        "fonts-noto-cjk": has_chinese_font(),
        "libreoffice-writer-nogui": has_libreoffice("swriter"),
        "libreoffice-calc-nogui": has_libreoffice("scalc"),
        "r-cran-readr": output("Rscript", "--vanilla", "-e", "library(readr)") is not None,
        "sqlite3": shutil.which("sqlite3"),
        "curl": shutil.which("curl"),
    }
    return [name for name, there in found.items() if not there]


def install(packages: Sequence[str]) -> None:
    """Asks apt, as root or by a sudo that asks nothing; where there is neither, does nothing."""
    if not shutil.which("apt-get"):
        return
    sudo: tuple[str, ...] = ()
    if os.geteuid() != 0:
        if output("sudo", "-n", "true") is None:
            return
        sudo = ("sudo", "-n")
    print("安装 / installing:", *packages, flush=True)
    apt = (*sudo, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q")
    required = [name for name in packages if name not in OPTIONAL]
    for some in (required, [name for name in packages if name in OPTIONAL]):  # not every system has these
        if some:
            _apt(apt, some)


def _apt(apt: Sequence[str], packages: Sequence[str]) -> None:
    for command in (("update",), ("install", "-y", "--no-install-recommends", *packages)):
        subprocess.run((*apt, *command), stdin=subprocess.DEVNULL, check=False)  # missing() is asked again


def main() -> int:
    wanted = missing()
    if wanted and not ("chromium" in wanted and os.environ.get("CHROMIUM")):
        install([*wanted, "fontconfig"] if "fonts-noto-cjk" in wanted else wanted)
        wanted = missing()
    for name in wanted:
        print(HELP[name], file=sys.stderr)
    return 1 if set(wanted) - OPTIONAL else 0


if __name__ == "__main__":
    sys.exit(main())
