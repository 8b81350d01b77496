"""A stranger's small YAML file → a mapping of plain values, or an error that says file, line, what is expected and found.

No tags, anchors or aliases, no key twice, no day that is none or has an hour, no number without an end, nothing nested
deep: whatever a person can type gives a value that can be published, or words.
"""

from __future__ import annotations

import math
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from pipeline.knowledge.messages import message, wrong
from pipeline.safety.escape import visible

LARGEST = 256 * 1024
DEEPEST = 12
LARGEST_NUMBER = 10**15  # what every program that opens the data can hold
LONGEST_FOUND = 60  # characters of what was found, in a message


class Entry(dict[str, Any]):
    """A mapping that knows where it stands: ``lines`` are those of its keys, ``place`` is its file."""

    place: str
    lines: dict[str, int]

    def where(self, key: str) -> str:
        """File and line of a field; the file alone where it has no such field.

        Args:
            key: of a field of this mapping.
        """
        return f"{self.place}:{self.lines[key]}" if key in self.lines else self.place

    def text(self, key: str) -> str:
        """One line of text that can be seen; empty where the field is empty or not there.

        Args:
            key: of a field of this mapping.

        Raises:
            PipelineError: it is something else.
        """
        value = self.get(key)
        if value is None:
            return ""
        if not isinstance(value, str) or "\n" in value or "\r" in value:
            raise expected("a_line", self.where(key), value)
        if value and not visible(value).strip():
            raise expected("a_visible_line", self.where(key), value)
        return value

    def day(self, key: str) -> date | None:
        """A day; None where the field is empty or not there.

        Args:
            key: of a field of this mapping.

        Raises:
            PipelineError: it is something else.
        """
        value = self.get(key)
        if value is not None and type(value) is not date:
            raise expected("a_day", self.where(key), value)
        return value


def expected(code: str, place: str, found: object, **values: object) -> Exception:
    """The error about a value of another kind.

    Args:
        code: of the words for what is expected.
        place: file and line.
        found: as it was read.
        **values: what the words wait for.
    """
    shown = visible(str(found)).replace("\n", "⏎")
    shown = shown if len(shown) <= LONGEST_FOUND else f"{shown[:LONGEST_FOUND]}…"
    return wrong("yaml_value", place=place, expected=message(code, **values), found=shown)


def read_yaml(path: Path, allowed: set[str], required: set[str], largest: int = LARGEST) -> Entry:
    """A small mapping from a stranger's YAML file.

    Args:
        path: need not exist.
        allowed: the keys that it may have.
        required: those that it must have.
        largest: bytes that it may have.

    Raises:
        PipelineError: no such file, too large, no YAML, no mapping, a key twice, unknown or missing keys, or values that
            are none.
    """
    name = short(path)
    if not path.is_file() or path.is_symlink():
        raise wrong("no_such_file", place=name)
    if path.stat().st_size > largest:
        raise wrong("file_too_large", place=name)
    try:
        text = path.read_text(encoding="utf-8-sig")
        _look(text, name)
        loader = _Loader(text)
        loader.place = name
        entry = loader.get_single_data()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        place = f"{name}:{mark.line + 1}" if mark else name
        raise wrong("bad_yaml", place=place, error=getattr(error, "problem", None) or error) from error
    except UnicodeDecodeError as error:
        raise wrong("yaml_encoding", place=name) from error
    if not isinstance(entry, Entry):
        raise wrong("no_mapping", place=name)
    if unknown := sorted(set(entry) - allowed):
        raise wrong("unknown_fields", place=entry.where(unknown[0]), unknown=unknown)
    if missing := sorted(key for key in required if key not in entry):
        raise wrong("missing_fields", place=name, missing=missing)
    return entry


def short(path: Path) -> str:
    """The last two parts of a path: enough to find the file, and the same on every machine.

    Args:
        path: of any length; a single name stays as it is.
    """
    return "/".join(path.parts[-2:])


def _look(text: str, name: str) -> None:
    """Refuses what could mean something else than what is seen, before anything is made of it."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        line = event.start_mark.line + 1 if event.start_mark else 0
        if (
            isinstance(event, yaml.AliasEvent)
            or getattr(event, "anchor", None)
            or getattr(event, "tag", None)
        ):
            raise wrong("yaml_anchors", place=name, line=line)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise wrong("yaml_nesting", place=f"{name}:{line}")


class _Loader(yaml.CSafeLoader):
    """Plain values, each checked where it stands."""

    place: str

    def at(self, node: yaml.Node) -> str:
        return f"{self.place}:{node.start_mark.line + 1}"

    def mapping(self, node: yaml.MappingNode) -> Entry:
        entry = Entry()
        entry.place, entry.lines = self.place, {}
        for key_node, value_node in node.value:
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else None
            if not isinstance(key, str):
                raise wrong("no_mapping", place=self.at(key_node))
            if key in entry:
                raise wrong("yaml_key_twice", place=self.at(key_node), key=key, first=entry.lines[key])
            entry.lines[key] = key_node.start_mark.line + 1
            entry[key] = self.construct_object(value_node, deep=True)
        return entry

    def day(self, node: yaml.ScalarNode) -> date:
        try:
            return date.fromisoformat(node.value)
        except ValueError as error:
            raise expected("a_day", self.at(node), node.value) from error

    def number(self, node: yaml.ScalarNode) -> int | float:
        try:
            whole = node.tag.endswith(":int")
            value = self.construct_yaml_int(node) if whole else self.construct_yaml_float(node)
        except (ValueError, OverflowError) as error:
            raise expected("a_number", self.at(node), node.value) from error
        if not math.isfinite(value) or abs(value) >= LARGEST_NUMBER:
            raise expected("a_number", self.at(node), node.value)
        return value


_Loader.add_constructor("tag:yaml.org,2002:map", _Loader.mapping)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", _Loader.day)
_Loader.add_constructor("tag:yaml.org,2002:int", _Loader.number)
_Loader.add_constructor("tag:yaml.org,2002:float", _Loader.number)

# What was read is written again when a report is replaced.
yaml.SafeDumper.add_representer(Entry, yaml.SafeDumper.represent_dict)
