"""A page saved with its pictures beside it is one file that shows them; a page that asks for anything else gets nothing."""

import io
from pathlib import Path

import pytest
from PIL import Image

from pipeline.document.html import pictures_of
from pipeline.document.read import read
from pipeline.filing.saved_page import with_pictures

TITLE = "虚构市街道办事处2022年政府信息公开工作年度报告"


def picture(side: int) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (side, side), "white").save(stream, "PNG")
    return stream.getvalue()


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """A page in a folder with two pictures; outside of it lies a third."""
    home = tmp_path / "saved"
    (home / "年报_files").mkdir(parents=True)
    (home / "年报_files/表 1.png").write_bytes(picture(300))
    (home / "b.png").write_bytes(picture(400))
    (home / "secret.txt").write_text("no picture", encoding="utf-8")
    (tmp_path / "outside.png").write_bytes(picture(500))
    (home / "link.png").symlink_to(tmp_path / "outside.png")
    return home / "年报.html"


def page(*sources: str) -> str:
    return f"<!doctype html><meta charset=gbk><h1>{TITLE}</h1>" + "".join(
        f"<p><img src='{one}'>" for one in sources
    )


def test_pictures_beside_a_page_become_part_of_it(saved: Path) -> None:
    saved.write_bytes(page("年报_files/表 1.png", "b.png?v=2").encode("gbk"))
    name, data = with_pictures(saved)
    assert name == "年报.mhtml"
    assert [content for content, _ in pictures_of(data)] == [picture(300), picture(400)]
    assert read(data, "mhtml").blocks == read(saved.read_bytes(), "html").blocks
    assert with_pictures(saved) == (name, data)  # the same bytes again


@pytest.mark.parametrize(
    "source",
    [
        "../outside.png",
        "link.png",
        "/etc/hostname",
        "file:///etc/hostname",
        "secret.txt",
        "none.png",
        "https://example.cn/b.png",
        "%2e%2e/outside.png",
        "",
    ],
)
def test_nothing_else_is_taken_up(saved: Path, source: str) -> None:
    saved.write_bytes(page(source).encode("gbk"))
    assert with_pictures(saved) == (saved.name, saved.read_bytes())


def test_what_is_no_page_stays_as_it_is(tmp_path: Path) -> None:
    for data in (b"", picture(300), TITLE.encode()):
        (tmp_path / "a.txt").write_bytes(data)
        assert with_pictures(tmp_path / "a.txt") == ("a.txt", data)
