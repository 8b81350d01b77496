"""Is each CSV what the descriptor says of it? Every fault with its file, row, column, what is expected and what is found.

Comes in: a descriptor of the right shape and the folder of its files. Goes out: problems. DuckDB reads each file once: how
many rows, whether they are sorted and no key comes twice, and each different value of each column, which is then looked
at once; only what is wrong is looked for again, for its row. Rows are counted as a spreadsheet shows them, the header
being the first.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline import knowledge
from pipeline.knowledge.messages import message
from pipeline.model.text import Text
from pipeline.package.descriptor import RESOURCE_PATH, Problem
from pipeline.published.reader import PACKED

if TYPE_CHECKING:
    import duckdb

Schema = Mapping[str, Any]
Key = tuple[str, str]  # table, column
MOST_ALIKE = 20  # of one kind of fault in one file; the rest says nothing new
LONGEST_SHOWN = 60  # characters of a value in a message
LONGEST_LINE = 32 * 1024**2  # bytes of one row, and of what is read at once: a section's text may be long
MEMORY = "1GB"  # at 2,000 reports the whole process took 260 MB; a limit that is met is a fault of ours
BOM = b"\xef\xbb\xbf"
NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?", re.ASCII)
INTEGER = re.compile(r"-?(0|[1-9]\d*)", re.ASCII)
DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
SEPARATORS = (";", "\t", "|")


def judge(descriptor: Mapping[str, Any], folder: Path) -> Iterator[Problem]:
    """The faults of all files, those of one kind in one file at most twenty times.

    Args:
        descriptor: its shape is right; a resource whose path leads elsewhere is not read.
        folder: in which the files lie.
    """
    counts: Counter[tuple[str, str]] = Counter()
    for problem in _all(descriptor, folder):
        kind = problem.file, problem.what.en.partition(":")[0]
        counts[kind] += 1
        if counts[kind] <= MOST_ALIKE:
            yield problem


def _all(descriptor: Mapping[str, Any], folder: Path) -> Iterator[Problem]:
    import duckdb  # takes a tenth of a second, and most commands judge nothing

    targets = set(_targets(descriptor))
    limits: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": MEMORY,
        "temp_directory": tempfile.gettempdir(),
        "preserve_insertion_order": True,
    }
    with duckdb.connect(config=limits) as database:
        files = []
        for resource in descriptor["resources"]:
            path = resource["path"]
            if not isinstance(path, str) or not RESOURCE_PATH.fullmatch(path):
                continue  # that is told of the descriptor
            if not (folder / path).is_file():
                yield Problem(path, 0, "", message("file_missing"))
                continue
            differs = list(_bytes(resource, folder / path))
            yield from differs
            one = _File(database, resource, folder / path, targets)
            one.as_written = bool(resource.get("hash")) and not differs
            yield from one.problems()
            files.append(one)
        there = {key: values for one in files for key, values in one.there.items()}
        for one in files:
            yield from one.pointing_nowhere(there)


def _targets(descriptor: Mapping[str, Any]) -> Iterator[Key]:
    for resource in descriptor["resources"]:
        for key in resource["schema"].get("foreignKeys", ()):
            yield key["reference"].get("resource") or resource["name"], key["reference"]["fields"][0]


def _bytes(resource: Mapping[str, Any], file: Path) -> Iterator[Problem]:
    """Size and checksum, as far as the descriptor tells them."""
    path = resource["path"]
    if (told := resource.get("bytes")) is not None and told != file.stat().st_size:
        found = str(file.stat().st_size)
        yield Problem(path, 0, "", message("bytes_differ", expected=told, found=found), str(told), found)
    if told := resource.get("hash"):
        with file.open("rb") as opened:
            found = f"sha256:{hashlib.file_digest(opened, 'sha256').hexdigest()}"
        if found != told:
            yield Problem(path, 0, "", message("hash_differs", expected=told, found=found), told, found)


class _File:
    """The file of one table, and what DuckDB found in it."""

    def __init__(
        self, database: duckdb.DuckDBPyConnection, resource: Mapping[str, Any], file: Path, targets: set[Key]
    ) -> None:
        self.database, self.file, self.path = database, file, resource["path"]
        self.packed = file.name.endswith(PACKED)
        self.name, self.schema, self.told = resource["name"], resource["schema"], resource.get("rows")
        self.fields = [entry["name"] for entry in self.schema["fields"]]
        self.key = [name for name in self.schema.get("primaryKey", ()) if name in self.fields]
        self.targets = [name for name in self.fields if (self.name, name) in targets]
        self.refers: dict[str, Key] = {
            key["fields"][0]: (key["reference"].get("resource") or self.name, key["reference"]["fields"][0])
            for key in self.schema.get("foreignKeys", ())
            if key["fields"][0] in self.fields
        }
        self.as_written = False  # by its checksum: then its form needs no other proof
        self.there: dict[Key, set[str]] = {}
        self.values: dict[str, list[str]] = {}

    def problem(self, row: int, column: str, what: Text, expected: str = "", found: str = "") -> Problem:
        """A problem of this file."""
        return Problem(self.path, row, column, what, expected, found)

    def problems(self) -> Iterator[Problem]:
        """All that is wrong in the file itself; what has another shape is not looked at further."""
        import duckdb

        if wrong := list(self._header()):
            yield from wrong
            return
        tested = {entry["name"]: entry for entry in self.schema["fields"] if _is_tested(entry)}
        wanted = list(dict.fromkeys((*tested, *self.targets, *self.refers)))
        lists = "".join(f", list(DISTINCT {_name(name)})" for name in wanted)
        try:
            found = self._ask(
                f"SELECT count(*), {'0' if self.as_written else f'coalesce(sum({self._size()}), 0)'}, count(*) FILTER (WHERE _key = _before), "
                f"count(*) FILTER (WHERE _key < _before){lists} "
                f"FROM (SELECT *, lag(_key) OVER () AS _before FROM (SELECT *, {self._row()} AS _key FROM {self._scan()}))"
            )[0]
        except duckdb.OutOfMemoryException:
            raise  # that says nothing of the file
        except duckdb.Error as error:
            shape = list(self._shape())
            yield from shape or [self.problem(0, "", message("csv_form"), "", str(error)[:300])]
            return
        count, size, twice, before = found[:4]
        if not self.as_written and len(_canonical([self.fields]).encode()) + size != self._length():
            shape = list(self._shape())
            yield from shape
        self.values = {name: values or [] for name, values in zip(wanted, found[4:], strict=True)}
        self.there = {(self.name, name): set(self.values[name]) for name in self.targets}
        for name, entry in tested.items():
            yield from self._wrong(name, entry)
        yield from self._keys(twice, before)
        if self.told is not None and count != self.told:
            words = message("row_count", expected=self.told, found=count)
            yield self.problem(0, "", words, str(self.told), str(count))

    def _header(self) -> Iterator[Problem]:
        """The first line. One of other bytes than UTF-8 is told of by the shape."""
        with self._open() as data, io.TextIOWrapper(data, "utf-8-sig", "replace", newline="") as text:
            header = next(csv.reader(text), [])
        if header == self.fields:
            return
        if len(header) == 1 and len(self.fields) > 1 and any(mark in header[0] for mark in SEPARATORS):
            yield self.problem(1, "", message("csv_separator"), ",", _shown(header[0]))
            return
        for name in self.fields:
            if name not in header:
                yield self.problem(1, name, message("column_missing", name=name), name)
        for name in header:
            if name not in self.fields:
                yield self.problem(1, _shown(name), message("column_surplus", name=_shown(name)), "", name)
        if sorted(header) == sorted(self.fields):
            expected = ",".join(self.fields)
            yield self.problem(1, "", message("column_order", expected=expected), expected, ",".join(header))
        elif len(set(header)) < len(header):
            yield self.problem(1, "", message("fields_one_name"))

    def _open(self) -> io.BufferedReader:
        return io.BufferedReader(gzip.open(self.file)) if self.packed else self.file.open("rb")

    def _length(self) -> int:
        """Bytes of the text. Of a packed file, what is written at its end."""
        if not self.packed:
            return self.file.stat().st_size
        with self.file.open("rb") as file:
            file.seek(-4, io.SEEK_END)
            return int.from_bytes(file.read(4), "little")

    def _scan(self) -> str:
        """The rows as text, in the order of the file; an empty cell is an empty text."""
        columns = ", ".join(f"{_text(name)}: 'VARCHAR'" for name in self.fields)
        cells = ", ".join(f"coalesce({_name(name)}, '') AS {_name(name)}" for name in self.fields)
        return (
            f"(SELECT {cells} FROM read_csv({_text(str(self.file))}, auto_detect=false, header=true, delim=',', "
            f"quote='\"', escape='\"', new_line='\\n', columns={{{columns}}}, max_line_size={LONGEST_LINE}, buffer_size={LONGEST_LINE}))"
        )

    def _numbered(self) -> str:
        return f"(SELECT row_number() OVER () + 1 AS _at, {self._row()} AS _key, * FROM {self._scan()})"

    def _row(self) -> str:
        return f"row({', '.join(map(_name, self.key or self.fields[:1]))})"

    def _size(self) -> str:
        """Bytes of a row as the writer of the package writes it: cells, their quotes, separators, the end of the line."""
        marks = (
            "contains({0}, ',') OR contains({0}, '\"') OR contains({0}, chr(10)) OR contains({0}, chr(13))"
        )
        quotes = "2 + strlen({0}) - strlen(replace({0}, '\"', ''))"
        cell = f"strlen({{0}}) + CASE WHEN {marks} THEN {quotes} ELSE 0 END"
        return " + ".join([str(len(self.fields)), *(cell.format(_name(name)) for name in self.fields)])

    def _ask(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        return self.database.execute(query, list(values)).fetchall()

    def _wrong(self, name: str, entry: Schema) -> Iterator[Problem]:
        """The rows in which a value stands that its column does not allow."""
        test = entry.get("type", "string"), entry.get("constraints", {})
        wrong = {value: told for value in self.values[name] if (told := _fault(*test, value))}
        yield from (
            self.problem(at, name, *wrong[value], value) for at, value in self._where(name, sorted(wrong))
        )

    def _where(self, name: str, values: Sequence[str]) -> list[tuple[Any, ...]]:
        """The rows in which one of some values stands."""
        if not values:
            return []
        return self._ask(
            f"SELECT _at, {_name(name)} FROM {self._numbered()} WHERE {_name(name)} IN "
            f"(SELECT unnest(?)) ORDER BY _at LIMIT {MOST_ALIKE}",
            list(values),
        )

    def _keys(self, twice: int, before: int) -> Iterator[Problem]:
        if before:
            where = f"SELECT _at FROM (SELECT _at, _key, lag(_key) OVER () AS _before FROM {self._numbered()}) WHERE _key < _before"
            for (at,) in self._ask(f"{where} ORDER BY _at LIMIT {MOST_ALIKE}"):
                yield self.problem(at, ",".join(self.key), message("rows_unsorted"))
        if self.key and (twice or before):
            yield from self._repeated(self.key)
        for names in self.schema.get("uniqueKeys", ()):
            if set(names) <= set(self.fields):
                yield from self._repeated(names)

    def _repeated(self, names: Sequence[str]) -> Iterator[Problem]:
        listed = ", ".join(map(_name, names))
        found = self._ask(
            f"SELECT _at, _first, {listed} FROM (SELECT *, min(_at) OVER (PARTITION BY {listed}) AS _first "
            f"FROM {self._numbered()}) WHERE _at > _first ORDER BY _at LIMIT {MOST_ALIKE}"
        )
        for at, first, *value in found:
            words = message("the_same_as_line", line=first)
            yield self.problem(at, ",".join(names), words, "", "/".join(value))

    def pointing_nowhere(self, there: Mapping[Key, set[str]]) -> Iterator[Problem]:
        """The values that refer to nothing, each at its first row.

        Args:
            there: the values of each column that is referred to.
        """
        for name, target in self.refers.items():
            lost = sorted({*self.values.get(name, ())} - there.get(target, set()) - {""})
            first = (
                f"SELECT min(_at), {_name(name)} FROM {self._numbered()} WHERE {_name(name)} IN (SELECT unnest(?)) "
                f"GROUP BY 2 ORDER BY 1 LIMIT {MOST_ALIKE}"
            )
            for at, value in self._ask(first, lost) if lost else ():
                found = message("foreign_key_nowhere", target=".".join(target), found=_shown(value))
                yield self.problem(at, name, found, ".".join(target), value)

    def _shape(self) -> Iterator[Problem]:
        """Why the file is not what the writer of the package writes: encoding, ends of lines, rows, quotes."""
        with self._open() as file:
            data = file.read()
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            yield self.problem(data.count(b"\n", 0, error.start) + 1, "", message("csv_not_utf8"))
            return
        if data.startswith(BOM):
            yield self.problem(1, "", message("csv_bom"))
            text = text[1:]
        if "\r" in text:
            yield self.problem(text.count("\n", 0, text.index("\r")) + 1, "", message("csv_line_end"))
            return
        place = 0
        for at, row in enumerate(csv.reader(io.StringIO(text, newline="")), 1):
            if not row:
                yield self.problem(at, "", message("row_blank"))
            elif len(row) != len(self.fields):
                words = message("cells_in_row", expected=len(self.fields), found=len(row))
                yield self.problem(at, "", words, str(len(self.fields)), str(len(row)))
            wanted = _canonical([row])
            if place >= 0 and not text.startswith(wanted, place):
                yield self.problem(at, "", message("csv_form"))
                place = -1  # that is said once
            place += len(wanted) if place >= 0 else 0


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _canonical(rows: Iterable[Sequence[str]]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


def first_difference(there: Path, built: Path) -> Text:
    """The first cell in which two CSVs differ, in words; no words where they are no CSVs of the same columns.

    Args:
        there: the file that somebody changed.
        built: what it should be.
    """
    none = Text("", "")
    if there.suffix != ".csv" or not (there.is_file() and built.is_file()):
        return none
    try:
        rows = [list(csv.reader(io.StringIO(path.read_text("utf-8"), newline=""))) for path in (there, built)]
    except UnicodeDecodeError:
        return none
    for at, (found, expected) in enumerate(zip_longest(*rows, fillvalue=()), 1):
        for name, here, wanted in zip_longest(rows[1][0], found, expected, fillvalue=""):
            if here != wanted:
                return message(
                    "cell_differs", row=at, column=name, expected=_shown(wanted), found=_shown(here)
                )
    return none


def _shown(value: str) -> str:
    """A value in a message: short, and on one line."""
    line = " ".join(value.split())
    return line if len(line) <= LONGEST_SHOWN else f"{line[:LONGEST_SHOWN]}…"


Told = tuple[Text, str]  # what is wrong, what is expected


def _is_tested(entry: Schema) -> bool:
    """Whether not any text will do."""
    tests = {"required", "enum", "pattern", "minLength", "maxLength"}
    return entry.get("type", "string") != "string" or bool(tests & set(entry.get("constraints", {})))


def _fault(kind: str, constraints: Mapping[str, Any], value: str) -> Told | None:
    """What is wrong with a value, and what is expected."""
    if not value:
        return (message("value_required"), "") if constraints.get("required") else None
    shown = _shown(value)
    if kind in TYPES and not TYPES[kind](value):
        if kind in ("integer", "number") and _is_number(value):
            return message("number_form", found=shown), ""
        name = Text(*knowledge.load("dictionary.yml")["types"][kind])
        return message("value_type", expected=name, found=shown), kind
    if "enum" in constraints and value not in constraints["enum"]:
        expected = ", ".join(map(str, constraints["enum"][:8])) + (
            "…" if len(constraints["enum"]) > 8 else ""
        )
        return message("value_enum", expected=expected, found=shown), expected
    if (pattern := constraints.get("pattern")) and not re.fullmatch(pattern, value):
        return message("value_pattern", expected=pattern, found=shown), pattern
    for word, too_far in (("minimum", float.__lt__), ("maximum", float.__gt__)):
        if word in constraints and too_far(float(value), float(constraints[word])):
            expected = f"{'≥' if word == 'minimum' else '≤'} {constraints[word]}"
            return message("value_range", expected=expected, found=shown), expected
    return None


def _is_date(value: str) -> bool:
    if not DATE.fullmatch(value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_number(value: str) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return True


TYPES: dict[str, Callable[[str], bool]] = {
    "integer": lambda value: INTEGER.fullmatch(value) is not None,
    "number": lambda value: NUMBER.fullmatch(value) is not None,
    "date": _is_date,
    "boolean": lambda value: value in ("true", "false"),
}
