"""The dictionary of the package: every table, column, row of the forms, code, rule and indicator, in both languages.

Comes in: the descriptor and the rows of its code lists. Goes out: chapters, and the Markdown of ``datapackage/README.md``
made of them; the page and the workbook are made of the same chapters. Nothing here comes from a report.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline import knowledge
from pipeline.safety.escape import readable_markdown

Pair = tuple[str, str]  # Chinese, English
Cell = str | Pair  # a code is the same in both languages
Rows = Mapping[str, Sequence[Mapping[str, str]]]  # table → rows as text
README = "README.md"
CODE_LISTS = ("items", "rules", "finding_codes", "indicator_definitions")


@dataclass(frozen=True)
class Chapter:
    """A table of the dictionary. ``anchor`` is stable; ``code`` counts the leading columns that hold codes."""

    anchor: str
    title: Pair
    about: Pair
    head: tuple[Pair, ...]
    rows: tuple[tuple[Cell, ...], ...]
    code: int = 1


def _words() -> dict[str, Any]:
    loaded: dict[str, Any] = knowledge.load("dictionary.yml")
    return loaded


def word(name: str, of: str = "words") -> Pair:
    """A word of the dictionary in both languages.

    Args:
        name: of the word.
        of: the part of ``dictionary.yml`` in which it stands.
    """
    zh, en = _words()[of][name]
    return zh, en


def chapters(descriptor: Mapping[str, Any], rows: Rows) -> tuple[Chapter, ...]:
    """The whole dictionary.

    Args:
        descriptor: as ``datapackage.json`` holds it.
        rows: the rows of the code lists; a table that is not there has no chapter.
    """
    return (
        _tables(descriptor),
        *(_columns(resource) for resource in descriptor["resources"]),
        *_items(rows),
        _measures(descriptor),
        *_codes(descriptor),
        *_rules(rows),
        *_finding_codes(descriptor, rows),
        *_indicators(rows),
    )


def pair(entry: Mapping[str, Any], name: str) -> Pair:
    """A property of the descriptor in both languages.

    Args:
        entry: an object of the descriptor; what it has in Chinese alone stands for both.
        name: of the Chinese property; the English one ends with ``_en``.
    """
    return entry.get(name) or "", entry.get(f"{name}_en") or entry.get(name) or ""


def _both(row: Mapping[str, str], name: str) -> Pair:
    """The columns ``name_zh`` and ``name_en`` of a row."""
    return row[f"{name}_zh"], row[f"{name}_en"]


def _tables(descriptor: Mapping[str, Any]) -> Chapter:
    return Chapter(
        anchor="tables",
        title=word("tables", "chapters"),
        about=("", ""),
        head=(word("name"), word("title"), word("about"), word("key")),
        rows=tuple(
            (r["name"], pair(r, "title"), pair(r, "description"), " ".join(r["schema"]["primaryKey"]))
            for r in descriptor["resources"]
        ),
    )


def _columns(resource: Mapping[str, Any]) -> Chapter:
    schema = resource["schema"]
    refers = {
        key["fields"][
            0
        ]: f"{key['reference'].get('resource') or resource['name']}.{key['reference']['fields'][0]}"
        for key in schema.get("foreignKeys", [])
    }
    types = _words()["types"]
    zh, en = pair(resource, "title")
    return Chapter(
        anchor=f"table-{resource['name']}",
        title=(f"{resource['name']} {zh}", f"{resource['name']}: {en}"),
        about=pair(resource, "description"),
        head=tuple(map(word, ("name", "title", "about", "type", "unit", "required", "refers", "example"))),
        rows=tuple(
            (
                field["name"],
                pair(field, "title"),
                pair(field, "description"),
                tuple(types.get(field["type"], [field["type"]] * 2)),
                pair(field, "unit"),
                word("yes") if field.get("constraints", {}).get("required") else "",
                refers.get(field["name"], ""),
                field.get("example", ""),
            )
            for field in schema["fields"]
        ),
    )


def _items(rows: Rows) -> Iterator[Chapter]:
    if not rows.get("items"):
        return
    ordered = sorted(rows["items"], key=lambda row: (row["form_table"], int(row["sort_order"]), row["item"]))
    yield Chapter(
        anchor="items",
        title=word("items", "chapters"),
        about=("", ""),
        head=tuple(map(word, ("name", "label", "plain", "article", "forms", "file"))),
        rows=tuple(
            (
                *(row["item"], _both(row, "label"), _both(row, "plain"), row["article"], row["forms"]),
                "" if row["kind"] == "group" else f"api/v1/items/{row['item']}.csv",
            )
            for row in ordered
        ),
    )


def _measures(descriptor: Mapping[str, Any]) -> Chapter:
    """The columns of all forms; where forms print different words, those of the newest, which comes first."""
    found: dict[str, tuple[Mapping[str, Any], list[str]]] = {}
    for form in descriptor["forms"]:
        for table in form["tables"]:
            for part in table["parts"]:
                for column in part["columns"]:
                    known = found.setdefault(column["key"], (column, []))[1]
                    if form["key"] not in known:
                        known.append(form["key"])
    return Chapter(
        anchor="measures",
        title=word("measures", "chapters"),
        about=("", ""),
        head=tuple(map(word, ("name", "label", "unit", "forms"))),
        rows=tuple(
            (key, pair(column, "title"), column.get("unit") or "", " ".join(sorted(forms)))
            for key, (column, forms) in found.items()
        ),
    )


def _codes(descriptor: Mapping[str, Any]) -> Iterator[Chapter]:
    """A chapter a code list. A list that several columns share is printed once; long ones have chapters of their own."""
    told = {"item", "measure", "code"}
    seen: list[Any] = []
    for resource in descriptor["resources"]:
        for field in resource["schema"]["fields"]:
            listed = field.get("categories")
            if not listed or field["name"] in told or listed in seen:
                continue
            seen.append(listed)
            zh, en = pair(field, "title")
            yield Chapter(
                anchor=f"codes-{resource['name']}-{field['name']}",
                title=(
                    f"{resource['name']}.{field['name']} {zh}",
                    f"{resource['name']}.{field['name']}: {en}",
                ),
                about=pair(field, "description"),
                head=(word("value"), word("label")),
                rows=tuple((entry["value"], pair(entry, "label")) for entry in listed),
            )


def _rules(rows: Rows) -> Iterator[Chapter]:
    if not rows.get("rules"):
        return
    yield Chapter(
        anchor="rules",
        title=word("rules", "chapters"),
        about=("", ""),
        head=tuple(map(word, ("name", "title", "formula", "basis", "explain", "breaks", "severity"))),
        rows=tuple(
            (
                row["rule_id"],
                *(_both(row, name) for name in ("title", "formula", "basis", "explain", "breaks")),
                row["severity"],
            )
            for row in rows["rules"]
        ),
    )


def _finding_codes(descriptor: Mapping[str, Any], rows: Rows) -> Iterator[Chapter]:
    """What reading finds; a rule's own chapter says what its failure means."""
    if not rows.get("finding_codes"):
        return
    described = next(r for r in descriptor["resources"] if r["name"] == "finding_codes")
    yield Chapter(
        anchor="finding-codes",
        title=word("finding_codes", "chapters"),
        about=pair(described, "description"),
        head=tuple(map(word, ("value", "title", "message", "hint", "severity"))),
        rows=tuple(
            (row["code"], *(_both(row, name) for name in ("title", "message", "hint")), row["severity"])
            for row in rows["finding_codes"]
            if not row["rule_id"]
        ),
    )


def _indicators(rows: Rows) -> Iterator[Chapter]:
    if not rows.get("indicator_definitions"):
        return
    ordered = sorted(rows["indicator_definitions"], key=lambda row: int(row["sort_order"]))
    yield Chapter(
        anchor="indicators",
        title=word("indicators", "chapters"),
        about=("", ""),
        head=tuple(map(word, ("name", "title", "formula", "smallest", "caveat", "comparable", "file"))),
        rows=tuple(
            (
                row["indicator_id"],
                _both(row, "title"),
                _both(row, "formula"),
                row["smallest_n"],
                _both(row, "caveat"),
                _both(row, "comparable"),
                f"api/v1/indicators/{row['indicator_id']}.csv",
            )
            for row in ordered
        ),
    )


def lead() -> tuple[Pair, ...]:
    """What everybody must know before a figure is used."""
    return tuple((zh, en) for zh, en in _words()["lead"])


def adding_title() -> Pair:
    """The heading over how to add up."""
    zh, en = knowledge.load("workbook.yml")["adding_title"]
    return zh, en


def adding() -> tuple[Pair, ...]:
    """How to add up, a sentence a line."""
    return tuple((zh, en) for zh, en in knowledge.load("workbook.yml")["adding"])


def adding_examples() -> tuple[tuple[Pair, str], ...]:
    """A wrong and a right query, each with its words."""
    loaded = knowledge.load("workbook.yml")
    return tuple((tuple(loaded[f"adding_{kind}"]), code) for kind, code in loaded["adding_code"].items())


def readme(descriptor: Mapping[str, Any], rows: Rows) -> str:
    """The Markdown of ``datapackage/README.md``, Chinese and English side by side.

    Args:
        descriptor: what ``datapackage.json`` holds.
        rows: of the code lists.
    """
    title = pair(descriptor, "title")
    licence = descriptor["licenses"][0]
    temporal = descriptor.get("temporal") or {}
    years = "–".join(dict.fromkeys(temporal[key] for key in ("start", "end") if key in temporal))
    lines = [f"# {readable_markdown(title[0])} · {readable_markdown(title[1])}", ""]
    for zh, en in lead():
        lines += [readable_markdown(zh), f"*{readable_markdown(en)}*", ""]
    zh, en = adding_title()
    lines += [f"## {zh} · {en}", ""]
    lines += [f"1. {zh}  \n   *{en}*" for zh, en in adding()] + [""]
    lines += [f"- {zh} · {en}: `{code}`" for (zh, en), code in adding_examples()] + [""]
    facts = (
        (word("version"), descriptor["version"]),
        (word("years"), years),
        (word("licence"), f"[{readable_markdown(licence['title'])}]({licence['path']})"),
    )
    lines += [*(f"- {zh} · {en}: {value}" for (zh, en), value in facts if value), ""]
    lines += (
        [f"{descriptor['rights']}  \n*{descriptor['rights_en']}*", ""] if descriptor.get("rights") else []
    )
    found = chapters(descriptor, rows)
    lines += [
        *(
            f"- [{readable_markdown(c.title[0])} · {readable_markdown(c.title[1])}](#{c.anchor})"
            for c in found
        ),
        "",
    ]
    for chapter in found:
        lines += _chapter(chapter)
    return "\n".join(lines).rstrip("\n") + "\n"


def _chapter(chapter: Chapter) -> Iterator[str]:
    yield f'<a id="{chapter.anchor}"></a>'
    yield ""
    yield f"## {readable_markdown(chapter.title[0])} · {readable_markdown(chapter.title[1])}"
    yield ""
    if chapter.about[0]:
        yield f"{readable_markdown(chapter.about[0])}  "
        yield f"*{readable_markdown(chapter.about[1])}*"
        yield ""
    yield "| " + " | ".join(f"{zh} {en}" for zh, en in chapter.head) + " |"
    yield "|" + "---|" * len(chapter.head)
    for row in chapter.rows:
        cells = [
            f"`{cell}`" if index < chapter.code and isinstance(cell, str) and cell else _cell(cell)
            for index, cell in enumerate(row)
        ]
        yield "| " + " | ".join(cells) + " |"
    yield ""


def _cell(cell: Cell) -> str:
    if isinstance(cell, str):
        return readable_markdown(cell)
    zh, en = cell
    return (
        readable_markdown(zh) if zh == en or not en else f"{readable_markdown(zh)}<br>{readable_markdown(en)}"
    )
