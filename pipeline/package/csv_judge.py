"""Is each CSV what the descriptor says of it? Every fault with its file, row, column, what is expected and what is found.

Comes in: a descriptor of the right shape and the folder of its files. Goes out: problems. A file is read once, a piece at
a time, and each different value of a column is looked at once: the same few words and figures make most cells.
Rows are counted as a spreadsheet shows them, the header being the first.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from itertools import islice, zip_longest
from pathlib import Path
from typing import Any, TextIO

from pipeline import knowledge
from pipeline.knowledge.messages import message
from pipeline.model.text import Text
from pipeline.package.descriptor import RESOURCE_PATH, Problem

Schema = Mapping[str, Any]
Key = tuple[str, str]  # table, column
PIECE = 20_000  # rows looked at together
MOST_ALIKE = 20  # of one kind of fault in one file; the rest says nothing new
LONGEST_SHOWN = 60  # characters of a value in a message
BOM = b"\xef\xbb\xbf"
NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?", re.ASCII)
INTEGER = re.compile(r"-?(0|[1-9]\d*)", re.ASCII)
DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
SEPARATORS = (";", "\t", "|")


@dataclass
class _Keys:
    """What tables refer to: the values of each column that is referred to, and of those that refer, with a row each."""

    there: dict[Key, set[str]] = field(default_factory=dict)
    named: list[tuple[str, str, Key, dict[str, int]]] = field(default_factory=list)

    def missing(self) -> Iterator[Problem]:
        """The values that refer to nothing."""
        for path, column, target, values in self.named:
            for value, row in values.items():
                if value not in self.there.get(target, ()):
                    found = message("foreign_key_nowhere", target=".".join(target), found=_shown(value))
                    yield Problem(path, row, column, found, ".".join(target), value)


def judge(descriptor: Mapping[str, Any], folder: Path) -> Iterator[Problem]:
    """The faults of all files, those of one kind in one file at most twenty times.

    Args:
        descriptor: its shape is right; a resource whose path leads elsewhere is not read.
        folder: in which the files lie.
    """
    keys = _Keys({target: set() for target in _targets(descriptor)})
    counts: dict[tuple[str, str], int] = {}
    for problem in _all(descriptor, folder, keys):
        kind = problem.file, problem.what.en.partition(":")[0]
        counts[kind] = counts.get(kind, 0) + 1
        if counts[kind] <= MOST_ALIKE:
            yield problem


def _all(descriptor: Mapping[str, Any], folder: Path, keys: _Keys) -> Iterator[Problem]:
    for resource in descriptor["resources"]:
        path = resource["path"]
        if not isinstance(path, str) or not RESOURCE_PATH.fullmatch(path):
            continue  # that is told of the descriptor
        if not (folder / path).is_file():
            yield Problem(path, 0, "", message("file_missing"))
            continue
        yield from _bytes(resource, folder / path)
        yield from _Judge(resource, keys).problems(folder / path)
    yield from keys.missing()


def _targets(descriptor: Mapping[str, Any]) -> Iterator[Key]:
    for resource in descriptor["resources"]:
        for key in resource["schema"].get("foreignKeys", ()):
            yield key["reference"].get("resource") or resource["name"], key["reference"]["fields"][0]


def _bytes(resource: Mapping[str, Any], file: Path) -> Iterator[Problem]:
    """Size and checksum, as far as the descriptor tells them."""
    if (told := resource.get("bytes")) is not None and told != file.stat().st_size:
        found = str(file.stat().st_size)
        yield Problem(
            resource["path"],
            0,
            "",
            message("bytes_differ", expected=told, found=found),
            str(told),
            found,
        )
    if told := resource.get("hash"):
        with file.open("rb") as opened:
            found = f"sha256:{hashlib.file_digest(opened, 'sha256').hexdigest()}"
        if found != told:
            words = message("hash_differs", expected=told, found=found)
            yield Problem(resource["path"], 0, "", words, told, found)


class _Judge:
    """Judges the file of one table."""

    def __init__(self, resource: Mapping[str, Any], keys: _Keys) -> None:
        self.name, self.path, self.schema = resource["name"], resource["path"], resource["schema"]
        self.rows = resource.get("rows")
        self.fields = [entry["name"] for entry in self.schema["fields"]]
        self.tests = [_test(entry) for entry in self.schema["fields"]]
        self.good: list[set[str]] = [set() for _ in self.fields]
        self.key = [
            self.fields.index(name) for name in self.schema.get("primaryKey", ()) if name in self.fields
        ]
        self.unique: list[tuple[list[int], dict[tuple[str, ...], int]]] = [
            ([self.fields.index(name) for name in names], {})
            for names in self.schema.get("uniqueKeys", ())
            if set(names) <= set(self.fields)
        ]
        self.there = {
            index: keys.there[self.name, name]
            for index, name in enumerate(self.fields)
            if (self.name, name) in keys.there
        }
        self.refers: dict[int, dict[str, int]] = {}
        for one in self.schema.get("foreignKeys", ()):
            if one["fields"][0] in self.fields:
                index, values = self.fields.index(one["fields"][0]), dict[str, int]()
                target = one["reference"].get("resource") or self.name, one["reference"]["fields"][0]
                self.refers[index] = values
                keys.named.append((self.path, one["fields"][0], target, values))
        self.before: tuple[str, ...] = ()
        self.at = 1  # the row last looked at
        self.sorted = True

    def problem(self, row: int, column: str, what: Text, expected: str = "", found: str = "") -> Problem:
        """A problem of this file."""
        return Problem(self.path, row, column, what, expected, found)

    def problems(self, file: Path) -> Iterator[Problem]:
        """All that is wrong; what is no UTF-8, or has other columns, is not looked at further."""
        data = file.open("rb")
        with data:
            if data.read(len(BOM)) == BOM:
                yield self.problem(1, "", message("csv_bom"))
            else:
                data.seek(0)
            with io.TextIOWrapper(data, encoding="utf-8", newline="") as text:
                try:
                    yield from self._text(text)
                except UnicodeDecodeError:
                    yield self.problem(_undecodable(file), "", message("csv_not_utf8"))
                    return
        if not self.sorted:
            yield from self._repeated(file)

    def _text(self, text: TextIO) -> Iterator[Problem]:
        lines = _Lines(text)
        reader = csv.reader(lines)
        header = next(reader, [])
        if wrong := list(self._header(header)):
            yield from wrong
            return
        yield from self._form(lines, [header], 1)
        while piece := list(islice(reader, PIECE)):
            first = self.at + 1
            whole = [(first + index, row) for index, row in enumerate(piece) if len(row) == len(self.fields)]
            if len(whole) < len(piece):
                yield from self._counts(first, piece)
            yield from self._values(whole)
            yield from self._keys(whole)
            yield from self._form(lines, piece, first)
            self.at += len(piece)
        if lines.carriage_return:
            yield self.problem(lines.carriage_return, "", message("csv_line_end"))
        if self.rows is not None and self.at - 1 != self.rows:
            words = message("row_count", expected=self.rows, found=self.at - 1)
            yield self.problem(0, "", words, str(self.rows), str(self.at - 1))

    def _header(self, header: Sequence[str]) -> Iterator[Problem]:
        if len(header) == 1 and len(self.fields) > 1 and any(mark in header[0] for mark in SEPARATORS):
            yield self.problem(1, "", message("csv_separator"), ",", _shown(header[0]))
            return
        for name in self.fields:
            if name not in header:
                yield self.problem(1, name, message("column_missing", name=name), name)
        for name in header:
            if name not in self.fields:
                yield self.problem(1, _shown(name), message("column_surplus", name=_shown(name)), "", name)
        if sorted(header) == sorted(self.fields) and list(header) != self.fields:
            expected = ",".join(self.fields)
            yield self.problem(1, "", message("column_order", expected=expected), expected, ",".join(header))
        elif len(set(header)) < len(header):
            yield self.problem(1, "", message("fields_one_name"))

    def _counts(self, first: int, piece: Iterable[Sequence[str]]) -> Iterator[Problem]:
        for row, cells in enumerate(piece, first):
            if not cells:
                yield self.problem(row, "", message("row_blank"))
            elif len(cells) != len(self.fields):
                words = message("cells_in_row", expected=len(self.fields), found=len(cells))
                yield self.problem(row, "", words, str(len(self.fields)), str(len(cells)))

    def _values(self, rows: Sequence[tuple[int, Sequence[str]]]) -> Iterator[Problem]:
        """Each different value of each column, and then the rows in which a wrong one stands."""
        for index, (name, test) in enumerate(zip(self.fields, self.tests, strict=True)):
            there, refers = self.there.get(index), self.refers.get(index)
            if test is None and there is None and refers is None:
                continue
            values = {row[index] for _, row in rows}
            if there is not None:
                there |= values
            if refers is not None and (new := values - refers.keys() - {""}):
                for at, row in rows:
                    if row[index] in new:
                        refers.setdefault(row[index], at)
            if test is None:
                continue
            wrong = {value: told for value in values - self.good[index] if (told := test(value))}
            self.good[index] |= values - wrong.keys()
            for at, row in rows if wrong else ():
                if told := wrong.get(row[index]):
                    yield self.problem(at, name, told[0], told[1], row[index])

    def _keys(self, rows: Sequence[tuple[int, Sequence[str]]]) -> Iterator[Problem]:
        names = ",".join(self.fields[index] for index in self.key)
        for at, row in rows:
            if self.key:
                value = tuple(row[index] for index in self.key)
                if value == self.before:
                    yield self.problem(
                        at, names, message("the_same_as_line", line=at - 1), "", "/".join(value)
                    )
                elif value < self.before:
                    self.sorted = False
                    yield self.problem(at, names, message("rows_unsorted"))
                self.before = value
            for indices, known in self.unique:
                value = tuple(row[index] for index in indices)
                if value in known:
                    of = ",".join(self.fields[index] for index in indices)
                    yield self.problem(
                        at, of, message("the_same_as_line", line=known[value]), "", "/".join(value)
                    )
                known.setdefault(value, at)

    def _repeated(self, file: Path) -> Iterator[Problem]:
        """The keys that come twice, of a file that is not sorted: they need not stand together."""
        names, known = ",".join(self.fields[index] for index in self.key), dict[tuple[str, ...], int]()
        with file.open(encoding="utf-8-sig", newline="") as text:
            for at, row in enumerate(csv.reader(text), 1):
                if len(row) == len(self.fields):
                    value = tuple(row[index] for index in self.key)
                    if known.setdefault(value, at) not in (at, at - 1):
                        yield self.problem(
                            at, names, message("the_same_as_line", line=known[value]), "", "/".join(value)
                        )

    def _form(self, lines: _Lines, rows: Sequence[Sequence[str]], first: int) -> Iterator[Problem]:
        """Whether the text is what the writer of the package makes of these rows."""
        taken = lines.taken()
        if "\r" in taken or lines.told:
            return
        if taken == _canonical(rows):
            return
        left = taken
        for at, row in enumerate(rows, first):
            wanted = _canonical([row])
            if not left.startswith(wanted):
                lines.told = True
                yield self.problem(at, "", message("csv_form"))
                return
            left = left[len(wanted) :]


class _Lines:
    """The lines of a text on their way to the reader of CSV, kept until they are taken."""

    def __init__(self, text: TextIO) -> None:
        self._text, self._kept, self._count = text, list[str](), 0
        self.carriage_return = 0  # the first line that has one
        self.told = False

    def __iter__(self) -> Iterator[str]:
        for line in self._text:
            self._count += 1
            if "\r" in line and not self.carriage_return:
                self.carriage_return = self._count
            self._kept.append(line)
            yield line

    def taken(self) -> str:
        """What the reader has taken since this was last asked."""
        kept, self._kept = self._kept, []
        return "".join(kept)


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


def _undecodable(file: Path) -> int:
    """The line in which the bytes are no UTF-8."""
    data = file.read_bytes()
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return data.count(b"\n", 0, error.start) + 1
    return 0


def _shown(value: str) -> str:
    """A value in a message: short, and on one line."""
    line = " ".join(value.split())
    return line if len(line) <= LONGEST_SHOWN else f"{line[:LONGEST_SHOWN]}…"


Told = tuple[Text, str]  # what is wrong, what is expected
Test = Callable[[str], Told | None]


def _test(entry: Schema) -> Test | None:
    """What looks at a value of a field; None where any text will do."""
    constraints, kind = entry.get("constraints", {}), entry.get("type", "string")
    if kind == "string" and not set(constraints) & {"required", "enum", "pattern", "minLength", "maxLength"}:
        return None
    return partial(_fault, kind, constraints)


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
