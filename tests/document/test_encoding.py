"""Bytes → text: the encodings of Chinese government files, found by themselves."""

import pytest

from pipeline.document.encoding import decode, plausibility
from pipeline.document.refusal import RefusedError

REPORT = "昌乐县住房和城乡建设局2023年政府信息公开工作年度报告\n一、总体情况\n规章\t0\t12\t345\n" * 3
TRADITIONAL = "臺北縣政府資訊公開工作年度報告\n一、總體情況\n規範性檔案\t0\t12\t345\n" * 3


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gbk", "gb18030"]
)
def test_every_encoding_is_found_by_itself(encoding: str) -> None:
    assert decode(REPORT.encode(encoding)) == (REPORT, ())


def test_utf_16_big_endian_with_its_mark() -> None:
    assert decode(b"\xfe\xff" + REPORT.encode("utf-16-be")) == (REPORT, ())


def test_big5_is_found_by_itself() -> None:
    assert decode(TRADITIONAL.encode("big5")) == (TRADITIONAL, ())


def test_a_traditional_text_in_gbk_is_not_taken_for_big5() -> None:
    assert decode(TRADITIONAL.encode("gbk")) == (TRADITIONAL, ())


def test_gb18030_beyond_gbk() -> None:
    text = REPORT + "㐂𠮷镕䶮"
    assert decode(text.encode("gb18030")) == (text, ())


def test_a_declared_encoding_that_is_a_lie_is_not_believed() -> None:
    assert decode(REPORT.encode("utf-8"), "gb2312") == (REPORT, ())
    assert decode(REPORT.encode("gbk"), "iso-8859-1") == (REPORT, ())
    assert decode(REPORT.encode("gbk"), "no-such") == (REPORT, ())


def test_a_short_gbk_text() -> None:
    assert decode("规章 0".encode("gbk")) == ("规章 0", ())


def test_one_bad_byte_is_a_finding_with_its_line_and_never_a_figure() -> None:
    broken = (REPORT * 3).encode("gbk").replace(b"\t12\t", b"\t1\xff2\t", 1)
    text, findings = decode(broken)
    assert "\t1�" in text
    assert [finding.code for finding in findings] == ["D109"]
    assert findings[0].at.source == "line 3"


def test_a_text_that_ends_within_a_character_is_cut_short() -> None:
    with pytest.raises(RefusedError) as refused:
        decode(REPORT.strip().encode("utf-8") + "县".encode()[:2])
    assert refused.value.finding.code == "D105"


@pytest.mark.parametrize("data", [bytes(range(256)) * 40, b"\x00\x01\x02\x03" * 1000])
def test_what_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(RefusedError) as refused:
        decode(data)
    assert refused.value.finding.code == "D108"


def test_wrong_decodings_are_implausible() -> None:
    assert plausibility(REPORT) > 0.95
    assert plausibility(TRADITIONAL) > 0.95
    assert plausibility(REPORT.encode("gbk").decode("big5", errors="ignore")) < 0.85
    assert plausibility(REPORT.encode("utf-8").decode("gb18030", errors="ignore")) < 0.85
    assert plausibility(REPORT.encode("utf-8").decode("latin-1")) < 0.5
