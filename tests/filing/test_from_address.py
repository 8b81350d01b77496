"""An address leads to the report: the page itself, or the one attachment that it links; else one clear finding."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from pipeline.document.html import pictures_of
from pipeline.document.limits import Limits
from pipeline.document.read import read
from pipeline.filing import from_address, pictures
from pipeline.filing.attachments import attachment
from pipeline.filing.from_address import name_of, report_at
from pipeline.filing.refusals import NotFetchedError
from pipeline.filing.request import Fetched
from pipeline.model.report import NotAReportError
from pipeline.reading.report import make_report
from tests.filing.web import fetcher, site
from tests.synthetic.cases import make_case

PAGE = make_case(11, "html-page").data
DOCX = make_case(12, "docx").data
PDF = make_case(13, "pdf").data
NAME = "2023年政府信息公开工作年度报告"


def linking(*links: str, text: str = "附件：", head: str = "") -> bytes:
    """A page of a site that is no report but links some."""
    return f"<html><head><meta charset=utf-8>{head}</head><body><p>{text}{''.join(links)}</p></body></html>".encode()


def link(href: str, text: str = "附件") -> str:
    return f'<a href="{href}">{text}</a>'


def test_a_page_that_has_the_figures_is_the_report() -> None:
    with site({"/a.html": PAGE}) as there:
        fetched, report = report_at(there.url("/a.html"), fetcher())
    assert fetched.data == PAGE
    assert report.figures == make_report(read(PAGE, "html")).figures


def test_a_file_is_the_report() -> None:
    with site({"/a": DOCX}) as there:
        fetched, report = report_at(there.url("/a"), fetcher())
    assert (fetched.data, name_of(fetched)) == (DOCX, "a.docx")
    assert report.cells_stated > 100


@pytest.mark.parametrize(
    "page",
    [
        linking(link("f/b.docx")),
        linking(link("/f/b.docx", NAME), link("/f/c.pdf", "公开指南")),
        linking(link("b.docx"), link("b.docx#top", "again"), head='<base href="/f/">'),
        linking(link("/f/b.docx", NAME), link("/index.html"), link("mailto:a@example.org"), link("#b.pdf")),
        linking('<iframe src="/f/b.docx"></iframe>'),
        linking(link("/f/b.docx"), link("/logo.png", NAME), link("/banner.jpg")),
        linking(link("/f/b.docx", NAME)).decode().replace("utf-8", "gbk").encode("gbk"),
    ],
    ids=["one", "named", "base", "among others", "framed", "pictures", "gbk"],
)
def test_the_one_attachment_is_followed(page: bytes) -> None:
    with site({"/a.html": page, "/f/b.docx": DOCX}) as there:
        fetched, report = report_at(there.url("/a.html"), fetcher())
        assert (fetched.data, fetched.address) == (DOCX, there.url("/f/b.docx"))
        assert report.cells_stated > 100


def test_a_link_without_a_files_name_is_known_by_its_words() -> None:
    page = linking(link("/download?id=7", f"{NAME}.pdf"))
    with site({"/a.html": page, "/download?id=7": PDF}) as there:
        fetched, _ = report_at(there.url("/a.html"), fetcher())
    assert name_of(fetched) == "download.pdf"


def test_several_attachments_are_not_chosen_from() -> None:
    page = linking(link("/b.docx", NAME), link("/c.docx", f"下属单位{NAME}"))
    with site({"/a.html": page, "/b.docx": DOCX, "/c.docx": DOCX}) as there:
        with pytest.raises(NotFetchedError) as caught:
            report_at(there.url("/a.html"), fetcher())
        assert "/b.docx" not in there.asked
    assert caught.value.finding.code == "S107"
    assert "/b.docx" in caught.value.en


@pytest.mark.parametrize(
    "page",
    [
        b"<html><body><script>location='/x'</script></body></html>",
        "<html><body><noscript>请开启JavaScript</noscript><div id=app></div><script src=x></script></body></html>",
        b"<html><head><meta http-equiv=refresh content='0;url=/x'></head><body>wait</body></html>",
        "<html><body>统一身份认证<form><input type=password></form>" + "说明" * 300 + "</body></html>",
    ],
    ids=["script", "noscript", "refresh", "login"],
)
def test_a_page_that_needs_scripts_or_a_login_is_one_clear_finding(page: bytes | str) -> None:
    data = page if isinstance(page, bytes) else page.encode()
    with site({"/a.html": data}) as there, pytest.raises(NotFetchedError) as caught:
        report_at(there.url("/a.html"), fetcher())
    assert caught.value.finding.code == "S106"


def test_an_article_that_is_no_report_is_said_to_be_none() -> None:
    page = linking(text="关于召开座谈会的通知。" * 60)
    with site({"/a.html": page}) as there, pytest.raises(NotAReportError):
        report_at(there.url("/a.html"), fetcher())


def test_an_attachment_that_is_no_report_is_said_to_be_none() -> None:
    with (
        site(
            {"/a.html": linking(link("/b.txt.docx", NAME)), "/b.txt.docx": b"a notice about a meeting"}
        ) as there,
        pytest.raises(NotAReportError),
    ):
        report_at(there.url("/a.html"), fetcher())


def test_a_link_out_of_the_web_is_no_attachment() -> None:
    page = linking(link("file:///etc/b.docx", NAME), link("javascript:b.docx"), link("http://me:x@h/b.docx"))
    assert attachment(page, "https://www.example.gov.cn/a.html") == ""


def test_ten_thousand_links_and_deep_nests_cost_little() -> None:
    deep = b"<div>" * 100_000
    assert attachment(deep + linking(*[link(f"/{n}.html") for n in range(10_000)]), "http://h/a") == ""


@pytest.mark.parametrize(
    ("address", "data", "name"),
    [
        ("http://h/%E5%B9%B4%E6%8A%A5.DOCX", DOCX, "年报.docx"),
        ("http://h/a.pdf", DOCX, "a.docx"),
        ("http://h/", PAGE, "index.html"),
        ("http://h/../../etc/passwd", PAGE, "passwd.html"),
        ("http://h/x.htm?y=1", PAGE, "x.htm"),
    ],
)
def test_a_name_has_the_extension_that_the_content_bears_out(address: str, data: bytes, name: str) -> None:
    assert name_of(Fetched(address, data, "")) == name


# -- a page whose tables are pictures -------------------------------------------------------------------------------


def png(grey: int) -> bytes:
    stream = io.BytesIO()
    Image.new("L", (300, 100), grey).save(stream, "PNG")
    return stream.getvalue()


TABLE = png(90)


def showing(*sources: str) -> bytes:
    """A report that has its tables as pictures."""
    title = "某市住房和城乡建设局2023年政府信息公开工作年度报告"
    shown = "".join(f'<p><img src="{source}"></p>' for source in sources)
    words = "<p>二、主动公开政府信息情况</p>" + shown + "<p>三、收到和处理政府信息公开申请情况</p>"
    return f"<html><head><meta charset=utf-8></head><body><h1>{title}</h1>{words}</body></html>".encode()


@pytest.fixture
def no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "is_installed", lambda: False)


@pytest.mark.usefixtures("no_engine")
def test_a_page_comes_with_the_pictures_that_may_be_its_tables() -> None:
    page = showing(
        "t/1.png", "http://10.0.0.1/x.png", "/gone.png", "/words.png", "data:image/png;base64,AAAA", "2.png"
    )
    answers = {"/r/a.html": page, "/r/t/1.png": TABLE, "/words.png": b"no picture", "/r/2.png": png(7)}
    with site(answers) as there:
        fetched, report = report_at(there.url("/r/a.html"), fetcher())
        assert fetched.address == there.url("/r/a.html")
        again, _ = report_at(there.url("/r/a.html"), fetcher())
    assert name_of(fetched) == "a.mhtml"
    assert [picture for picture, _ in pictures_of(fetched.data)] == [TABLE, b"", b"", b"", b"\0\0\0", png(7)]
    assert "D151" in {finding.code for finding in report.findings}
    assert again.data == fetched.data


@pytest.mark.usefixtures("no_engine")
def test_the_pictures_of_a_page_are_bounded_in_number_and_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(from_address, "LIMITS", Limits(file_bytes=100_000))
    page = showing("large.png", *(f"{n}.png" for n in range(30)))
    large = b"\x89PNG\r\n\x1a\n" + bytes(60_000)
    with site({"/a.html": page, "/large.png": large, **{f"/{n}.png": TABLE for n in range(30)}}) as there:
        fetched, _ = report_at(there.url("/a.html"), fetcher())
        assert sum(path.endswith(".png") for path in there.asked) == from_address.MOST_PICTURES
    assert [bool(picture) for picture, _ in pictures_of(fetched.data)] == [False] + [True] * 19 + [False] * 11


def test_the_pictures_of_a_page_that_has_its_tables_are_not_asked_for() -> None:
    page = PAGE.replace(b"</body>", b'<p><img src="photo.png"></p></body>')
    with site({"/a.html": page, "/photo.png": TABLE}) as there:
        fetched, _ = report_at(there.url("/a.html"), fetcher())
        assert there.asked == ["/robots.txt", "/a.html"]
    assert fetched.data == page
