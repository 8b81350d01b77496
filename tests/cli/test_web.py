"""``add ADDRESS``, ``add --from LIST`` and ``recheck``, as a person runs them, against a server of the tests' own."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from pipeline.cli import hand_in, web
from pipeline.cli.commands import main
from tests.filing.test_from_address import link, linking
from tests.filing.web import Site, fetcher, redirect, site
from tests.five import copy_five
from tests.synthetic.cases import make_case

ROOT = Path(__file__).parents[2]
REPORT = (ROOT / "datapackage/reports/511900-housing/2022.txt").read_bytes()
NEXT = REPORT.decode().replace("2022", "2024").replace("2023", "2025").encode()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    copy_five(tmp_path / "datapackage/reports")
    monkeypatch.chdir(tmp_path)
    for module in (hand_in, web):
        monkeypatch.setattr(module, "fetcher", fetcher)
    return tmp_path / "datapackage/reports"


@pytest.fixture
def there() -> Iterator[Site]:
    with site() as served:
        yield served


def run(*words: str) -> Result:
    return CliRunner().invoke(main, words)


def entry_of(home: Path, report: str) -> dict[str, object]:
    entry = yaml.safe_load((home / f"{report}.yml").read_text(encoding="utf-8"))
    assert isinstance(entry, dict)
    return entry


def test_a_report_is_filed_from_its_address_with_all_that_is_known_of_it(home: Path, there: Site) -> None:
    there.answers = {"/go": redirect("/a/report.txt"), "/a/report.txt": NEXT}
    done = run("add", there.url("/go"), "--retrieved", "2025-03-01")
    assert done.exit_code == 0, done.output
    assert (home / "511900-housing/2024.txt").read_bytes() == NEXT
    entry = entry_of(home, "511900-housing/2024")
    assert entry["source_url"] == there.url("/go")
    assert entry["file_url"] == there.url("/a/report.txt")
    assert entry["sha256"] == hashlib.sha256(NEXT).hexdigest()
    assert str(entry["retrieved"]) == "2025-03-01"
    assert "依据 grounds" in done.output


def test_the_day_of_retrieval_is_today_where_nobody_says_another(home: Path, there: Site) -> None:
    there.answers = {"/a.txt": NEXT}
    before = web.today()
    assert run("add", there.url("/a.txt")).exit_code == 0
    assert before <= entry_of(home, "511900-housing/2024")["retrieved"] <= web.today()  # type: ignore[operator]


def test_an_attachment_is_filed_under_the_address_of_its_page(home: Path, there: Site) -> None:
    docx = make_case(12, "docx").data
    there.answers = {"/a.html": linking(link("/f/b.docx")), "/f/b.docx": docx}
    done = run(
        "add", there.url("/a.html"), "--agency", "511900-finance", "--name", "巴中市财政局", "--year", "2021"
    )
    assert done.exit_code == 0, done.output
    assert (home / "511900-finance/2021.docx").read_bytes() == docx
    entry = entry_of(home, "511900-finance/2021")
    assert (entry["source_url"], entry["file_url"]) == (there.url("/a.html"), there.url("/f/b.docx"))


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (b"<script>x</script>", "S106"),
        (lambda asked: asked.say(b"", 500), "S105"),
        (redirect("ftp://x/"), "S103"),
    ],
    ids=["scripts", "500", "ftp"],
)
def test_what_cannot_be_taken_is_one_line_and_nothing_is_written(
    home: Path, there: Site, answer: object, code: str
) -> None:
    there.answers = {"/a": answer}  # type: ignore[dict-item]
    before = sorted(home.rglob("*"))
    done = run("add", there.url("/a"))
    assert done.exit_code == 1
    assert code in done.output
    assert "Traceback" not in done.output
    assert sorted(home.rglob("*")) == before


def test_without_leave_add_asks_no_address_of_this_machine(
    home: Path, there: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The door that the tests have is theirs: the command itself has none."""
    monkeypatch.undo()
    monkeypatch.chdir(home.parents[1])
    done = run("add", there.url("/a.txt"))
    assert done.exit_code == 1
    assert "S103" in done.output
    assert there.asked == []


def test_a_list_is_filed_row_by_row_and_may_be_run_again(home: Path, there: Site) -> None:
    rows = ["address,agency,name,division,year", there.url("/a.txt"), f"{there.url('/gone')},,,,"]
    anonymous = NEXT.replace("巴中市住房和城乡建设局".encode(), b"").replace(
        "市住房和城乡建设局".encode(), b""
    )
    rows.append(f"{there.url('/b.txt')},511900-finance,巴中市财政局,,")
    there.answers = {"/a.txt": NEXT, "/b.txt": anonymous}
    Path("list.csv").write_text("\n".join(rows), encoding="gbk")
    done = run("add", "--from", "list.csv")
    assert done.exit_code == 1  # one row is left
    assert (home / "511900-housing/2024.txt").read_bytes() == NEXT
    assert (home / "511900-finance/2024.txt").read_bytes() == anonymous
    assert f"❌ {there.url('/gone')}: S105" in done.output
    there.answers = {"/gone": REPORT.replace(b"2022", b"2021").replace(b"2023", b"2022")}
    there.asked.clear()
    again = run("add", "--from", "list.csv")
    assert again.exit_code == 0, again.output
    assert (home / "511900-housing/2021.txt").is_file()
    assert [path for path in there.asked if path != "/robots.txt"] == ["/gone"]
    assert again.output.count("S102") == 2


def test_a_list_without_a_header_is_an_address_a_line(home: Path, there: Site) -> None:
    there.answers = {"/a.txt": NEXT}
    Path("list.txt").write_text(f"\ufeff{there.url('/a.txt')}\n\n", encoding="utf-8")
    done = run("add", "--from", "list.txt")
    assert done.exit_code == 0, done.output
    assert "511900-housing-2024" in done.output


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("address,colour\nhttps://example.org/,red\n", "first line"),
        ("name\nx\n", "address"),
        ("", "address"),
        ("address,year\nhttps://example.org/,soon\n", "list.csv:2"),
    ],
)
def test_a_list_of_another_kind_is_refused_with_its_line(home: Path, text: str, said: str) -> None:
    Path("list.csv").write_text(text, encoding="utf-8")
    done = run("add", "--from", "list.csv")
    assert done.exit_code == 2
    assert said in done.output


@pytest.mark.parametrize("words", [(), ("a.txt", "--from", "list.csv")])
def test_add_wants_a_file_or_an_address_or_a_list(home: Path, words: tuple[str, ...]) -> None:
    done = run("add", *words)
    assert done.exit_code == 2
    assert "--from" in done.output


def test_recheck_tells_what_changed_and_what_is_gone(home: Path, there: Site, tmp_path: Path) -> None:
    there.answers = {"/a.txt": NEXT}
    assert run("add", there.url("/a.txt")).exit_code == 0
    same = run("recheck")
    assert same.exit_code == 0, same.output
    assert "没有变 same: 1" in same.output
    figure = next(line for line in NEXT.decode().splitlines() if line.startswith("\t") or "\t0" in line)
    there.answers = {"/a.txt": NEXT.replace(figure.encode(), figure.replace("\t0", "\t7", 1).encode(), 1)}
    changed = run("recheck", "--summary", "summary.md")
    assert changed.exit_code == 1
    assert "S109" in changed.output
    assert "→ 7" in changed.output
    assert "| S109 |" in Path("summary.md").read_text(encoding="utf-8")
    assert (home / "511900-housing/2024.txt").read_bytes() == NEXT
    there.answers = {}
    gone = run("recheck")
    assert (gone.exit_code, "S108" in gone.output) == (1, True)
    there.answers = {"/a.txt": lambda asked: asked.say(b"", 503)}
    failing = run("recheck")
    assert (failing.exit_code, "S110" in failing.output) == (0, True)
    assert run("recheck", "--agency", "370725-housing").output.count("S110") == 0


def test_the_fetcher_of_the_commands_says_who_asks() -> None:
    agent = web.fetcher()._agent
    assert agent.startswith("ogi-annual-reports/")
