"""What the government decided, and what was seen in filed reports, as YAML; read here and nowhere else."""

from __future__ import annotations

from collections.abc import Generator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent


class KnowledgeError(KeyError):
    """A file that is no YAML, or lacks what it needs. Our error or a fork's; the command line puts it into words.

    Attributes:
        code: ``knowledge_lacks`` or ``knowledge_yaml``, a message.
        said: what is lacking, or what the YAML reader says.
    """

    def __init__(self, code: str, file: str, line: int, said: str) -> None:
        super().__init__(said)
        self.code, self.file, self.line, self.said = code, file, line, said


class Mapping(dict[Any, Any]):
    """A mapping of a knowledge file, which says where it stands when somebody asks for what it does not have."""

    file: str
    line: int

    def __missing__(self, key: object) -> Any:
        raise KnowledgeError("knowledge_lacks", self.file, self.line, str(key))


class _Loader(yaml.CSafeLoader):
    file = ""

    def construct_yaml_map(self, node: yaml.MappingNode) -> Generator[dict[Any, Any], None, None]:
        made = Mapping()
        made.file, made.line = self.file, node.start_mark.line + 1
        yield made
        made.update(self.construct_mapping(node))


_Loader.add_constructor("tag:yaml.org,2002:map", _Loader.construct_yaml_map)


@cache
def load(name: str) -> Any:
    """The content of one knowledge file, by its path below this folder, with what the folders of forms add to it.

    A folder ``forms/<key>/`` holds ``form.yml`` and, under their usual names, what this form alone needs: its items,
    measures, rules, indicators and its tables of the package. The content is cached and shared: treat it as read-only.

    Args:
        name: relative to this folder, e.g. ``rules.yml``.

    Returns:
        what YAML makes of it: dicts, lists, texts, numbers; None for an empty file.

    Raises:
        OSError: no such file.
        KnowledgeError: the file is no YAML, or a form adds what is there already; later, whoever asks a mapping in it
            for a key that it lacks.
    """
    loaded = _read(name)
    for path in sorted((FOLDER / "forms").glob(f"*/{name}")):
        loaded = _joined(loaded, _read(path.relative_to(FOLDER).as_posix()), inner=name == "package.yml")
    return loaded


def _joined(one: Mapping, more: Mapping, *, inner: bool) -> Mapping:
    """Both mappings in one; ``inner``: where both have a mapping or a list under a key, these are joined."""
    joined = Mapping(one)
    joined.file, joined.line = one.file, one.line
    for key, value in more.items():
        if key not in one:
            joined[key] = value
        elif inner and isinstance(value, Mapping):
            joined[key] = _joined(one[key], value, inner=False)
        elif inner and isinstance(value, list):
            joined[key] = [*one[key], *value]
        else:
            raise KnowledgeError("knowledge_twice", more.file, more.line, str(key))
    return joined


def _read(name: str) -> Any:
    loader = _Loader((FOLDER / name).read_text(encoding="utf-8"))
    loader.file = name
    try:
        return loader.get_single_data()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise KnowledgeError("knowledge_yaml", name, line, error.problem or "") from error


def line_of(name: str, word: str) -> int:
    """The first line of a knowledge file where a word stands, counted from 1; 0 where it does not.

    Args:
        name: as for ``load``.
        word: looked for as it stands, anywhere in a line.
    """
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    return next((number for number, line in enumerate(lines, 1) if word in line), 0)
