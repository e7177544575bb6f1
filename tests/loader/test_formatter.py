"""The canonical form: it says what the file said, with every comment, and is itself canonical."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aboard.loader.formatter import FormatError, canonical
from aboard.loader.ledger import shipped_ledger
from tests.folders import CORPUS

if TYPE_CHECKING:
    from pathlib import Path

SHIPPED = sorted(shipped_ledger().rglob("*.toml"))
FILES = sorted(CORPUS.rglob("*.toml"))


def comments(text: str) -> list[str]:
    """Return the lines with a comment's text: every comment of these files is marked by `#`."""
    return sorted(line[line.index("#") :].rstrip() for line in text.splitlines() if "#" in line)


def hold(text: str) -> str:
    """Assert of a file what holds of every one; return its canonical form."""
    made = canonical(text)
    assert tomllib.loads(made) == tomllib.loads(text)
    assert canonical(made) == made
    return made


@pytest.mark.parametrize(
    "folder", sorted({file.parent for file in SHIPPED}), ids=lambda one: one.name
)
def test_every_shipped_file_says_the_same_in_it(folder: Path) -> None:
    for file in folder.glob("*.toml"):
        text = file.read_text("utf-8")
        assert comments(hold(text)) == comments(text), file


def test_most_shipped_files_are_canonical() -> None:
    changed = [file for file in SHIPPED if canonical(text := file.read_text("utf-8")) != text]

    assert len(changed) < len(SHIPPED) / 20


def test_every_file_of_the_corpus_that_is_toml_says_the_same_in_it() -> None:
    held = 0
    for file in FILES:
        try:
            text = file.read_bytes().decode("utf-8-sig")
            tomllib.loads(text)
        except (UnicodeDecodeError, tomllib.TOMLDecodeError):
            continue
        hold(text)
        held += 1
    assert held > 50


UNTIDY = """

# About the file.


# And more.
stream="flight/wren-1"   # which
# Of what comes first.

# Section


# Of the launch.
[[ event ]] # it lifted off
note = 'They said: "go"'
# who
"crew" = [ "ann-lee",'bob-ray', ]   # both
type = 'launched'

source=["news"]
happened = 2021-01-01 10:00:00z
id = "wren-1/launched"
# Nothing more is known.

# The end of a section.

[[event]]
id = "wren-1/crew"
type = "crew_assigned"
crew = [
  {person="ann-lee",role = 'pilot'},
  { person = "bob-ray" }
  ]
known = 2020-01-01
source = ["news", # a comment inside
  "gcat"]
[[gap]]
# That it is empty.
# The last word.
"""

TIDY = """\
# About the file.

# And more.
stream = "flight/wren-1"  # which
# Of what comes first.

# Section

# Of the launch.
[[event]]  # it lifted off
id = "wren-1/launched"
type = "launched"
happened = 2021-01-01T10:00:00Z
source = ["news"]
# who
crew = ["ann-lee", "bob-ray"]  # both
note = 'They said: "go"'
# Nothing more is known.

# The end of a section.

[[event]]
id = "wren-1/crew"
type = "crew_assigned"
known = 2020-01-01
source = ["news", # a comment inside
  "gcat"]
crew = [
    { person = "ann-lee", role = "pilot" },
    { person = "bob-ray" },
]

[[gap]]
# That it is empty.
# The last word.
"""


def test_what_is_untidy_is_tidied() -> None:
    assert hold(UNTIDY) == TIDY
    assert canonical(UNTIDY.replace("\n", "\r\n")) == TIDY


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("", ""),
        ("\n\n", ""),
        ("# alone", "# alone\n"),
        ("a = 1\n\n\nb = 2\nc = 3\n", "a = 1\n\nb = 2\nc = 3\n"),
        ("[x.'y'.\"z z\"]\nb = {  }\na = [ ]\n", '[x.y."z z"]\nb = {}\na = []\n'),
        ('[[event]]\nx.b = 1\nid = "a"\nx.a = 2\n', '[[event]]\nid = "a"\nx.b = 1\nx.a = 2\n'),
        ('[[event]]\nnote = """\n two  \n"""\nid = \'\'\'a\'\'\'\n',
         '[[event]]\nid = \'\'\'a\'\'\'\nnote = """\n two  \n"""\n'),
        ("[[event]]\n[event.values]\nb = 1\na = 2\n",
         "[[event]]\n\n[event.values]\nb = 1\na = 2\n"),
        ("a = [\n]\n", "a = []\n"),
        ("# x\n[[gap]]\nid = 'a'\n# of the next\n[[gap]]\n",
         '# x\n[[gap]]\nid = "a"\n\n# of the next\n[[gap]]\n'),
    ],
)  # fmt: skip
def test_forms(text: str, made: str) -> None:
    assert hold(text) == made


def test_what_is_not_toml_is_not_put_into_a_form() -> None:
    with pytest.raises(tomllib.TOMLDecodeError):
        canonical("a = ")


def test_what_cannot_be_compared_is_left_alone() -> None:
    with pytest.raises(FormatError):
        canonical("a = nan\n")


WORDS = st.text("ab é'\"\\#=[]", max_size=6)
KEYS = ["id", "type", "happened", "known", "source", "crew", "note", "other", "values", "target"]


def basic(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def one_of_both(text: str) -> st.SearchStrategy[str]:
    literal = [f"'{text}'"] if "'" not in text else []
    return st.sampled_from([basic(text), *literal])


STRINGS = WORDS.flatmap(one_of_both) | st.just('"""\na # b\n\n"""')
SPACES = st.sampled_from(["", " ", "  "])
PLAIN = STRINGS | st.sampled_from(
    ["2021-01-01", "2021-01-01 10:00:00z", "2021-01-01T10:00:00+01:00", "1_000", "true", "-0.5"]
)


@st.composite
def lists(draw: st.DrawFn) -> str:
    items = draw(st.lists(PLAIN | tables(), max_size=3))
    between = draw(st.sampled_from([",", ", ", ",\n  ", ",\n  # inside\n"]))
    return f"[{draw(SPACES)}{between.join(items)}{draw(st.sampled_from(['', ' ', chr(10)]))}]"


@st.composite
def tables(draw: st.DrawFn) -> str:
    keys = draw(st.lists(st.sampled_from(["a", "'b'", '"c d"']), unique=True, max_size=3))
    values = [draw(PLAIN.filter(lambda one: "\n" not in one)) for _ in keys]
    inside = ",".join(f"{draw(SPACES)}{k}={v}" for k, v in zip(keys, values, strict=True))
    return f"{{{inside}{draw(SPACES)}}}"


NOTES = st.lists(st.sampled_from(["", "# one", "  # two  ", "#three"]), max_size=4)


@st.composite
def ledgers(draw: st.DrawFn) -> str:
    lines = draw(NOTES)
    if draw(st.booleans()):
        lines += [
            f'stream{draw(SPACES)}= "flight/wren-1"{draw(st.sampled_from(["", " # behind"]))}'
        ]
    for table in draw(st.lists(st.sampled_from(["event", "gap", "person", "strange"]), max_size=4)):
        lines += [*draw(NOTES), f"[[{draw(SPACES)}{table}]]{draw(st.sampled_from(['', '# head']))}"]
        for key in draw(st.lists(st.sampled_from(KEYS), unique=True, max_size=5)):
            name = draw(st.sampled_from([key, f"'{key}'", f"{key} . x"]))
            value = draw(PLAIN | lists() | tables())
            behind = draw(st.sampled_from(["", "", "  # behind", "#behind"]))
            lines += [*draw(NOTES), f"{draw(SPACES)}{name}{draw(SPACES)}={value}{behind}"]
    return draw(st.sampled_from(["\n", "\r\n"])).join([*lines, *draw(NOTES)])


@settings(max_examples=300, deadline=None)
@given(text=ledgers())
def test_any_file_says_the_same_in_it(text: str) -> None:
    hold(text)
