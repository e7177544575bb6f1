"""The lines of a TOML file, and what cannot be read as TOML."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from aboard.loader.toml_file import TomlFile

if TYPE_CHECKING:
    from pathlib import Path

TEXT = """\
# A flight.
stream = "flight/lark-1"

[[event]]
id = "lark-1/planned"
"type" = "planned"
name = "Ларк é 🚀"

[[event]] # the second
id = "lark-1/launched"
crew = [
  "ann-lee",
  "bob-ray",
]
note = \"\"\"
[[event]]
id = "this is text"
\"\"\"
rocket = "Ariane"

[[person]]
id = "ann-lee"
"""


def read(tmp_path: Path, raw: bytes) -> TomlFile:
    path = tmp_path / "file.toml"
    path.write_bytes(raw)
    return TomlFile.read(path, "file.toml")


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize(
    ("place", "line"),
    [
        ((None, 0, "stream"), 2),
        ((None, 0, "no such key"), 1),
        (("event", 0, None), 4),
        (("event", 0, "id"), 5),
        (("event", 0, "type"), 6),
        (("event", 0, "name"), 7),
        (("event", 0, "crew"), 4),
        (("event", 1, None), 9),
        (("event", 1, "id"), 10),
        (("event", 1, "crew"), 11),
        (("event", 1, "note"), 15),
        (("event", 1, "rocket"), 19),
        (("event", 2, "id"), 1),
        (("person", 0, None), 21),
        (("person", 0, "id"), 22),
        (("source", 0, "key"), 1),
    ],
)
def test_the_line_of_a_key(
    tmp_path: Path, place: tuple[str | None, int, str | None], line: int, end: str
) -> None:
    file = read(tmp_path, TEXT.replace("\n", end).encode())

    assert not file.findings
    assert file.line(*place) == line


def test_the_line_of_a_table_with_a_quoted_head(tmp_path: Path) -> None:
    file = read(tmp_path, b'\n[[ "event" ]]\n  id = "x"\n')

    assert file.line("event", 0) == 2
    assert file.line("event", 0, "id") == 3


def test_an_inline_table_has_the_line_of_its_key(tmp_path: Path) -> None:
    file = read(tmp_path, b'stream = "flight/lark-1"\n\nevent = [{ id = "x" }]\n')

    assert file.line(None, key="event") == 3


@pytest.mark.parametrize(
    ("raw", "line", "rule"),
    [
        (b'a = 1\nb = "\xe4"\n', 2, "not-utf-8"),
        (b"a = 1\n\xff", 2, "not-utf-8"),
        (b"a = 1\nb = \n", 2, "syntax"),
        (b"a = 1\na = 2\n", 2, "syntax"),
        (b"a = 1\nb = 2021-02-30\n", 2, "wrong-date"),
        (b"a = 1\nb = 2021-02-28T25:00:00Z\n", 2, "wrong-date"),
        (b"a = 1\nb = 2021-13-01\n", 2, "wrong-date"),
        (b"a = 1\nb = 2021-00-01\n", 2, "wrong-date"),
        (b"a = 1\nb = " + b"[" * 3_000 + b"]" * 3_000, 1, "syntax"),
    ],
    ids=[
        "Latin-1", "a stray byte", "no value", "a key twice", "30 February", "25 o'clock",
        "month 13", "month 0", "nested too deep",
    ],
)  # fmt: skip
def test_what_is_no_toml_is_a_finding(tmp_path: Path, raw: bytes, line: int, rule: str) -> None:
    file = read(tmp_path, raw)

    assert [(one.file, one.line, one.rule) for one in file.findings] == [("file.toml", line, rule)]
    assert file.content == {}


def test_a_number_too_long_to_read_is_a_finding(tmp_path: Path) -> None:
    file = read(tmp_path, b"a = 1\nb = " + b"9" * 5_000 + b"\n")

    assert [one.rule for one in file.findings] == ["syntax"]
    assert file.content == {}


def test_a_file_that_cannot_be_opened_is_a_finding(tmp_path: Path) -> None:
    file = TomlFile.read(tmp_path / "absent.toml", "absent.toml")

    assert str(file.findings[0]) == (
        "absent.toml:1: unreadable: No such file or directory (check the path and its permissions)"
    )


def test_an_empty_file_holds_nothing(tmp_path: Path) -> None:
    file = read(tmp_path, b"")

    assert file.findings == []
    assert file.content == {}
    assert file.line("event", 0, "id") == 1
