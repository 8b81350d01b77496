"""What was made before is taken only where it is whole: a damaged file costs the time to make it again, and no more."""

from pathlib import Path

import pytest

from pipeline.pages.kept import FILE, SITE, Kept

LONG = b"a page " * 5000


def fill(folder: Path) -> Path:
    with Kept(folder) as kept:
        kept.keep("a", LONG)
        kept.done()
    return folder / FILE


def test_nothing_counts_before_it_is_done(tmp_path: Path) -> None:
    fill(tmp_path)
    with Kept(tmp_path) as kept:
        kept.keep("a", b"other")
        kept.keep("b", b"more")
    with Kept(tmp_path) as kept:
        assert (kept.find("a"), kept.find("b")) == (LONG, None)


def test_a_page_whose_bytes_were_altered_is_made_again(tmp_path: Path) -> None:
    file = fill(tmp_path)
    data = file.read_bytes()
    assert LONG[:4000] in data
    file.write_bytes(data.replace(b"a page a page", b"a page b page", 1))
    with Kept(tmp_path) as kept:
        assert kept.find("a") is None
        assert kept.get("a", lambda: b"made") == b"made"


@pytest.mark.parametrize("broken", [b"", b"no database at all, but as long as the head of one " * 9, None])
def test_a_file_that_is_none_is_begun_anew(tmp_path: Path, broken: bytes | None) -> None:
    file = fill(tmp_path)
    file.write_bytes(file.read_bytes()[:20_000] if broken is None else broken)
    with Kept(tmp_path) as kept:
        assert kept.get("a", lambda: b"made") == b"made"
        kept.done()
    with Kept(tmp_path) as kept:
        assert kept.find("a") == b"made"


def test_each_forgets_its_own_alone(tmp_path: Path) -> None:
    fill(tmp_path)
    with Kept(tmp_path, SITE) as site:
        site.keep("b", b"whole")
        site.done()
    with Kept(tmp_path) as pages:
        assert pages.has("a")
        pages.done()
    with Kept(tmp_path, SITE) as site:
        assert site.find("b") == b"whole"
        site.used.clear()
        site.keep("c", b"other")
        site.done()
    with Kept(tmp_path) as kept:
        assert [kept.has(key) for key in "abc"] == [True, False, True]
