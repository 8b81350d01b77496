"""A corpus of invented reports with the properties of real ones, of any size, for the benchmarks.

Real places, so that finder, lists and place pages weigh what they will weigh; in each place seven departments and the
government, which files its own report and an aggregate of the place; an overview of some 1,300 characters; a quarter of
the reports with a sum that does not hold, a sixth with blanks and marks; text, web pages, Word and PDF. Every figure
and sentence is invented. Web pages, Word and PDF are written by the tests' own writers, which are asked at run time.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path

import yaml

from pipeline.bench.synthetic import FUNCTIONS, NAMES, NOTICE, Stock, Values, as_text, form_for, invent
from pipeline.knowledge.divisions import chain, divisions, full_name
from pipeline.model.figure import CellKey, plain
from pipeline.model.form import Form

YEARS = range(2019, 2024)
DEPARTMENTS = 7
A_YEAR = DEPARTMENTS + 2  # reports of a place: its departments, its government's own, and the aggregate
WRONG_SUM = 0.25  # share of the reports
BLANKS_AND_MARKS = 0.15
FORMATS = {"txt": 70, "html": 15, "docx": 10, "pdf": 5}  # weights
PROSE = 1300  # characters of an overview
SCALES = (0, 6, 16, 40, 90)  # requests a year
# Each with figures of its own, so that no two years are alike.
SENTENCES = (
    "全年通过门户网站主动公开各类政府信息{a}条，其中政策文件{b}件、工作动态{c}条，同比有所增加，公开的时效性进一步提高。",
    "组织召开政务公开工作推进会{b}次，研究解决重点领域信息公开中存在的问题{c}个，明确责任科室和办理时限。",
    "完善依申请公开办理流程，规范登记、审核、答复、归档各环节，全年接受现场咨询{c}人次、电话咨询{a}人次。",
    "动态调整主动公开基本目录{b}项，梳理历年文件{a}件，对已经失效或者废止的文件及时作出标注并向社会公布。",
    "加强政务新媒体管理，全年发布信息{a}条，总阅读量{c}万次，回应网民留言{b}条，按时办结率保持稳定。",
    "开展业务培训{b}期，培训工作人员{a}人次，内容涵盖条例解读、保密审查、答复文书制作和档案管理。",
    "聚焦群众关心的热点问题，制作图解{b}篇、视频{c}个，对涉及民生的重要政策逐件进行解读，方便群众理解和办事。",
    "主动接受社会监督，向社会公布监督渠道，收到意见建议{b}条，已经全部办理并逐一反馈，未发生责任追究的情形。",
    "做好政府信息管理工作，严格落实三审三校制度，全年开展自查{b}次，整改错别字和表述不规范问题{c}处。",
    "推进基层政务公开标准化规范化，编制事项标准目录{b}类{a}项，在便民服务中心设置公开专区，提供查询和打印服务。",
)
PROBLEMS = (
    "一是个别科室对主动公开的认识还不够到位，更新不够及时；二是解读形式仍比较单一，图文并茂的解读只有{b}件。"
    "下一步将健全工作机制，加强业务培训，计划全年组织学习{c}次，不断提高政府信息公开工作的质量和水平。"
)


@dataclass(frozen=True)
class Agency:
    """An invented agency in a real place; ``scale`` is its usual number of requests a year."""

    id: str
    name: str
    function: str
    scale: int


def write_corpus(
    folder: Path, count: int, seed: int = 20_240_131, *, formats: Mapping[str, int] = FORMATS, jobs: int = 2
) -> None:
    """Files invented reports below a folder, as ``datapackage/reports`` would hold them.

    Args:
        folder: made where it is not there.
        count: how many reports; 0 makes none. A place whose last years would be too many is cut short.
        seed: the same seed gives the same files, whatever ``jobs``.
        formats: extension → weight; those that are not named do not occur.
        jobs: processes at work at once; places are shared out among them.
    """
    write = partial(_write_place, folder=folder, seed=seed, formats=formats)
    shares = list(_shares(count))
    if jobs < 2 or len(shares) < 2:
        for share in shares:
            write(share)
        return
    with ProcessPoolExecutor(jobs, get_context("spawn")) as workers:
        list(workers.map(write, shares))


def _shares(count: int) -> Iterator[tuple[str, int]]:
    """Codes of counties, spread over the country, each with how many reports it files."""
    counties = sorted(d.code for d in divisions().values() if d.level == "county" and not d.successors)
    places = -(-count // (A_YEAR * len(YEARS)))
    step = max(1, len(counties) // max(1, places))
    for code in counties[::step][:places]:
        yield code, min(count, A_YEAR * len(YEARS))
        count -= A_YEAR * len(YEARS)


def _write_place(share: tuple[str, int], folder: Path, seed: int, formats: Mapping[str, int]) -> None:
    code, left = share
    rng = random.Random(f"{seed}-{code}")
    stocks: dict[str, Stock] = {}
    for year in YEARS:
        form = form_for(year)
        whole: Values = dict.fromkeys(form.cell_keys(), Decimal(0))
        for agency in _agencies(code):
            if left <= 0:
                return
            figures = invent(rng, form, agency.scale, stocks.setdefault(agency.id, Stock()))
            whole = {key: whole[key] + value for key, value in figures.items()}
            stem = f"{year}-office" if agency.function == "gov" else str(year)
            _file(folder, code, agency, year, stem, _printed(rng, form, figures), formats, rng)
            left -= 1
        if left > 0:
            _file(
                folder, code, agency, year, f"{year}-jurisdiction", _printed(rng, form, whole), formats, rng
            )
            left -= 1


def _agencies(code: str) -> Iterator[Agency]:
    """The departments of a place, and its government last."""
    place = full_name(code)
    for number in range(DEPARTMENTS):
        scale = SCALES[(number + int(code)) % len(SCALES)]
        yield Agency(f"{code}-{FUNCTIONS[number]}", f"{place}{NAMES[number]}", FUNCTIONS[number], scale)
    yield Agency(f"{code}-gov", f"{place}人民政府", "gov", SCALES[int(code) % len(SCALES)])


def _printed(rng: random.Random, form: Form, figures: Values) -> dict[CellKey, str]:
    """The cells as printed: some reports have a sum that does not hold, some have blanks and marks for zeros."""
    printed = {key: plain(value) for key, value in figures.items()}
    if rng.random() < WRONG_SUM:
        row = rng.choice(("new_received", "granted", "outcomes_total", "carried_out"))
        key = CellKey("requests", row, rng.choice(("total", "natural_person")))
        printed[key] = plain(figures[key] + rng.randint(1, 9))
    if rng.random() < BLANKS_AND_MARKS:
        zeros = [key for key, text in printed.items() if text == "0" and key.column != "total"]
        sign = rng.choice(("/", "/", "-", ""))
        printed |= dict.fromkeys(rng.sample(zeros, len(zeros) // 3), sign)
    return printed


def _prose(rng: random.Random) -> str:
    said = ""
    while len(said) < PROSE:
        said += rng.choice(SENTENCES).format(
            a=rng.randint(20, 4000), b=rng.randint(1, 60), c=rng.randint(2, 300)
        )
    return said


def _file(
    folder: Path,
    code: str,
    agency: Agency,
    year: int,
    stem: str,
    printed: Mapping[CellKey, str],
    formats: Mapping[str, int],
    rng: random.Random,
) -> None:
    home = folder / agency.id
    if not home.is_dir():
        home.mkdir(parents=True)
        (home / "agency.yml").write_text(_agency_yml(code, agency), encoding="utf-8")
    (extension,) = rng.choices(list(formats), weights=list(formats.values()))
    data = _bytes(extension, agency.name, year, printed, _prose(rng), _problems(rng))
    (home / f"{stem}.{extension}").write_bytes(data)
    url = f"https://www.example.gov.cn/{agency.id}/{stem}.html"
    (home / f"{stem}.yml").write_text(f"source_url: {url}\nretrieved: {year + 1}-03-05\n", encoding="utf-8")


def _problems(rng: random.Random) -> str:
    return PROBLEMS.format(b=rng.randint(1, 60), c=rng.randint(2, 30))


def _agency_yml(code: str, agency: Agency) -> str:
    places = {division.level: division.name for division in chain(code)}
    entry = {
        "name_zh": agency.name,
        "level": "county",
        "function": agency.function,
        "division_code": code,
        "province": places["province"],
        "city": places.get("prefecture", ""),
        "county": places["county"],
    }
    return str(
        yaml.safe_dump(
            {key: value for key, value in entry.items() if value}, allow_unicode=True, sort_keys=False
        )
    )


def _bytes(
    extension: str, name: str, year: int, printed: Mapping[CellKey, str], overview: str, problems: str
) -> bytes:
    form = form_for(year)
    if extension == "txt":
        return as_text(printed, form, name, year, overview, problems).encode()
    samples = import_module("tests.document.samples")  # at run time: the writers are no part of the pipeline
    blocks = samples.official(form, printed, name, year)
    at = {block[2:]: number for number, block in enumerate(blocks) if isinstance(block, str)}
    texts = {section.key: at[section.zh] + 1 for section in form.sections}
    blocks[texts["problems"]] = problems
    blocks[texts["overview"]] = f"{NOTICE}{overview}"
    writers = {"html": samples.as_html, "docx": samples.as_docx, "pdf": samples.as_pdf}
    data = writers[extension](blocks)
    return data.encode() if isinstance(data, str) else bytes(data)
