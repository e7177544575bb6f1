"""The documentation is true: examples are run, tables are held against the code, links lead on."""

from __future__ import annotations

import ast
import os
import re
import shlex
import subprocess
import tomllib
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import typer.main

import aboard.cli.main
from aboard.app.database import FileDatabase
from aboard.cli.main import COMMANDS
from aboard.domain.aggregates.flight import ONCE
from aboard.events import envelope, flight, flight_plan, order
from aboard.events import mentions as subjects
from aboard.events.envelope import ANY_STREAM, Event, Plan
from aboard.events.vocabulary import KINDS, type_names
from aboard.loader import ledger
from aboard.loader.ledger import REGISTRATIONS, STATEMENTS, TABLES
from aboard.loader.parse_entries import WRITTEN_BY_THE_LOG, Recording, fact_of
from aboard.loader.references import WHERE
from aboard.loader.tiers import RULES, Tier
from aboard.loader.toml_file import TomlFile
from aboard.projections import fold
from aboard.projections.lift.lift import lift
from aboard.projections.queries.reader import connect
from tests.build import fact, instant
from tests.cli.running import run
from tests.conftest import NOW
from tests.folders import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aboard.loader.finding import Finding

DOCS = sorted((ROOT / "docs").rglob("*.md"))
PAGES = [*sorted(ROOT.glob("*.md")), ROOT / "ledger" / "README.md", *DOCS]
LEDGER_PAGE = ROOT / "docs" / "ledger.md"


FENCED = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path, language: str) -> Iterator[tuple[int, str]]:
    """Yield the fenced blocks of a page in a language, each with its line."""
    text = page.read_text("utf-8")
    for found in re.finditer(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE):
        yield text.count("\n", 0, found.start()) + 1, found[1]


def section(page: Path, title: str) -> str:
    """Return what stands under a heading, up to the next one of its level or a higher one."""
    text = page.read_text("utf-8")
    # A comment in an example is no heading.
    bare = FENCED.sub(lambda found: found[0].replace("#", "-"), text)
    head = re.search(rf"^(#+) {re.escape(title)}\n", bare, re.MULTILINE)
    assert head, f"{name_of(page)} has no section {title!r}"
    following = re.search(rf"^#{{1,{len(head[1])}}} ", bare[head.end() :], re.MULTILINE)
    return text[head.end() :][: following.start() if following else None]


def rows(text: str) -> Iterator[list[str]]:
    """Yield the cells of every row of the tables in a text, their headers included."""
    for line in text.splitlines():
        if line.startswith("| ") and not line.startswith("| ---"):
            yield [cell.strip() for cell in line.strip("|").split("|")]


def named(cell: str) -> list[str]:
    """Return what a text names as code."""
    return re.findall(r"`([^`]+)`", cell)


# Examples


@dataclass(frozen=True)
class Example:
    """A command of a page, and the output that the page shows."""

    command: str
    shown: str


def examples(block: str) -> list[Example]:
    parts = re.split(r"^\$ (.*)\n", block, flags=re.MULTILINE)[1:]
    return [Example(*pair) for pair in zip(parts[::2], parts[1::2], strict=True)]


EXAMPLES = {
    f"{name_of(page)}:{line}": examples(block)
    for page in PAGES
    for line, block in blocks(page, "console")
}


INSTANT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"
PRESENT = f"{datetime.fromtimestamp(NOW, UTC):%Y-%m-%dT%H:%M:%SZ}"


def stable(text: str) -> str:
    """Return an output without the folders of one machine and the random id of a load."""
    text = re.sub(r"(?<=  )/\S+", "PATH", text)
    text = text.replace(f"{ROOT}{os.sep}", "")
    text = re.sub(r"\b[0-9a-f]{64}\b", "NUMBER", text)  # which any change of the ledger changes
    return re.sub(r"\bload-[0-9a-f-]{36}", "LOAD", text)


def pattern(shown: str) -> str:
    """Return the pattern of the outputs that a page's example stands for.

    A line of three dots is any number of lines. An instant is itself or the present of the tests:
    pages show when their examples were recorded or asked.
    """
    lines = stable(shown).splitlines(keepends=True)
    return "".join(
        r"(?:.*\n)*" if line == "...\n" else re.sub(
            INSTANT, lambda found: f"(?:{found[0]}|{PRESENT})", re.escape(line).replace(r"\-", "-")
        )
        for line in lines
    )  # fmt: skip


def assert_shown(printed: str, shown: str) -> None:
    """Fail with both texts, where an output is not what a page shows."""
    if not re.fullmatch(pattern(shown), stable(printed)):
        assert stable(printed) == stable(shown)


def save_its_files(page: Path, folder: Path) -> None:
    """Write the files that a page says to save."""
    pattern = r"Save it as `(\S+)`:\n\n```\w+\n(.*?)^```$"
    for name, text in re.findall(pattern, page.read_text("utf-8"), re.DOTALL | re.MULTILINE):
        (folder / name).write_text(text, "utf-8")


@pytest.mark.usefixtures("clock", "answering")
@pytest.mark.parametrize("place", EXAMPLES)
def test_an_example_prints_what_the_page_shows(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tests").symlink_to(ROOT / "tests")
    monkeypatch.chdir(tmp_path)
    save_its_files(ROOT / place.partition(":")[0], tmp_path)
    for example in EXAMPLES[place]:
        program, *arguments = shlex.split(example.command)
        assert program == "aboard", "what is shown with its output is a command of ours"
        ran = run(*arguments, create=False)
        assert_shown(ran.stdout + ran.stderr, example.shown)


NOT_RUN = {
    "run": "does not end until it is stopped",
    "run --plugin ports.py": "does not end until it is stopped",
    "run --format jsonl": "does not end until it is stopped",
    "copy ./log.sqlite postgresql://ann@db.example.org/aboard": "needs that server",
    "parked retry 4933 --plugin ports.py": "needs an event that is parked",
    "parked skip 4933 --reason 'not ours'": "needs an event that is parked",
}
"""Commands of shell scripts on the pages that cannot be run here, each with the reason."""

SCRIPTS = {
    f"{name_of(page)}:{line}": script for page in PAGES for line, script in blocks(page, "sh")
}
STANDARD_INPUT = "2022-09-25\n2022-10-07\n"
A_PLANNED_FLIGHT = (
    '{"type": "planned", "stream": "flight/soyuz-ms-98", "happened": "2026-10-01", '
    '"source": ["unsourced"], "name": "Soyuz MS-98", "spacecraft": "Soyuz MS", '
    '"operator": "Roscosmos"}\n'
)


def commands(script: str) -> Iterator[list[str]]:
    """Yield the arguments of every `aboard` in a shell script, also of those within pipes."""
    for line in script.replace("\\\n", " ").splitlines():
        lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
        lexer.whitespace_split = True
        command: list[str] = []
        for word in [*lexer, ";"]:
            if set(word) <= set("|&;<>"):
                if "aboard" in command:
                    yield command[command.index("aboard") + 1 :]
                command = []
            else:
                command.append(word)


SHELL_COMMANDS = {
    f"{place} {shlex.join(arguments)}": arguments
    for place, script in SCRIPTS.items()
    for arguments in commands(script)
    if shlex.join(arguments) not in NOT_RUN
}


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("place", SHELL_COMMANDS)
def test_a_command_of_a_shell_script_succeeds(
    place: str, answering: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ledger").symlink_to(ROOT / "ledger")
    (tmp_path / "my-ledger").mkdir()
    (tmp_path / "log.sqlite").symlink_to(answering)
    monkeypatch.chdir(tmp_path)
    save_its_files(ROOT / "docs" / "projections.md", tmp_path)
    arguments = [word.replace("$type", "flight.docked") for word in SHELL_COMMANDS[place]]
    stdin = A_PLANNED_FLIGHT if arguments[0] == "record" else STANDARD_INPUT

    ran = run(*arguments, stdin=stdin, create=False)

    assert ran.code == 0, ran.stderr


def test_a_command_that_is_not_run_is_shown_on_a_page() -> None:
    shown = {shlex.join(arguments) for script in SCRIPTS.values() for arguments in commands(script)}

    assert len(SHELL_COMMANDS) > 30
    assert set(NOT_RUN) <= shown


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_page_shows_commands_only_in_blocks_that_are_run(page: Path) -> None:
    for block in FENCED.findall(page.read_text("utf-8")):
        kind, _, text = block.removeprefix("```").partition("\n")
        run_here = {"console", "sh"} | ({"console session"} if page == LEDGER_PAGE else set())
        if kind not in run_here:
            assert not re.search(r"^\$ ", text, re.MULTILINE), kind


FIVE_MINUTES = section(LEDGER_PAGE, "In five minutes")
STEP = re.compile(r"^```(console session|toml \S+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
TYPED = ("mkdir", "head", "sed", "tail")
"""What a reader types besides our own commands; `export` too."""


def typed(command: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return what a command prints that a reader types in the present folder."""
    program, *arguments = shlex.split(command.replace("$PWD", str(Path.cwd())))
    if program == "export":
        name, _, value = arguments[0].partition("=")
        monkeypatch.setenv(name, value)
        return ""
    if program == "aboard":
        ran = run(*arguments, create=False)
        return ran.stdout + ran.stderr
    assert program in TYPED
    return subprocess.run([program, *arguments], check=True, capture_output=True, text=True).stdout


@pytest.mark.usefixtures("clock")
def test_five_minutes_with_the_ledger_go_as_the_page_tells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    steps = STEP.findall(FIVE_MINUTES)
    told = set()
    for kind, text in steps:
        language, _, file = kind.partition(" ")
        if language == "toml":
            Path(file).write_text(text, encoding="utf-8")
            continue
        for example in examples(text):
            told.add(tuple(shlex.split(example.command)[:2]))
            printed = typed(example.command, monkeypatch)
            assert_shown(printed, example.shown)

    wanted = ("new", "fmt", "check", "load", "who", "correct", "replay")
    assert {("aboard", command) for command in wanted} <= told
    assert "yury-artyukhin" in Path("ledger/people.toml").read_text("utf-8")


def test_five_minutes_tell_what_the_shipped_ledger_has_of_the_flight() -> None:
    (file,) = (ROOT / "ledger").rglob("soyuz-14.toml")
    shipped = {one["id"]: one for one in tomllib.loads(file.read_text("utf-8"))["event"]}
    (text,) = [text for kind, text in STEP.findall(FIVE_MINUTES) if "soyuz-14.toml" in kind]
    told = {one["id"]: one for one in tomllib.loads(text)["event"]}

    slips = {("soyuz-14/undocked", "crew"), ("soyuz-14/landed", "happened"),
             ("soyuz-14/landed", "place"), ("soyuz-14/launched", "source")}  # fmt: skip
    differing = {
        (key, field) for key, one in told.items() for field in one
        if one[field] != shipped[key].get(field)
    }  # fmt: skip
    assert differing == slips
    assert shipped["soyuz-14/landed"]["place"] == "47.0°N 69.3°E"


TIMED = ("who", "flight", "person", "station", "agreement")
"""The commands that are asked about one instant, as known at another."""


def test_an_example_of_a_question_does_not_depend_on_the_day() -> None:
    commands = [example.command for block in EXAMPLES.values() for example in block]

    assert len(commands) > 15
    for command in commands:
        if command.startswith(tuple(f"aboard {name}" for name in TIMED)):
            assert "--at" in command or "--known" in command


def test_the_readme_begins_with_a_question_and_its_answer() -> None:
    (line, block), *_ = blocks(ROOT / "README.md", "console")
    text = (ROOT / "README.md").read_text("utf-8")

    assert line < 10
    assert block.startswith(
        "$ aboard who iss --at 2022-12-25\nInternational Space Station: 7 people"
    )
    assert "\npip install uv && uv run --no-dev aboard who iss\n" in text


# Commands


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_has_a_page_with_every_option_and_examples_in_its_help(command: str) -> None:
    page = (ROOT / "docs" / "commands" / f"{command}.md").read_text("utf-8")
    group: Any = typer.main.get_command(aboard.cli.main.app)
    options = [
        name
        for parameter in group.get_command(None, command).params
        for name in parameter.opts
        if name.startswith("-") and name != "--help"
    ]

    assert page.startswith(f"# aboard {command}\n")
    for heading in ("## Examples", "## Exit codes"):
        assert f"\n{heading}\n" in page
    assert [name for name in options if f"`{name}`" not in page] == []
    assert "\n  Examples:\n" in run(command, "--help").stdout


def test_every_page_is_a_command_or_is_linked_from_the_index() -> None:
    commands = {page.stem for page in DOCS if page.parent.name == "commands"}
    index = ROOT / "docs" / "index.md"
    linked = {(index.parent / link.partition("#")[0]).resolve() for link in links(index)}

    assert commands == set(COMMANDS)
    assert {*DOCS, *ROOT.glob("*.md")} - linked == {index}


# Links


def links(page: Path) -> list[str]:
    """Return the links of a page that stay in the repository."""
    text = FENCED.sub("", page.read_text("utf-8"))
    found = re.findall(r"\[[^\]]*\]\(([^)\s]+)\)", text)
    return [link for link in found if not re.match(r"[a-z]+:", link)]


def anchors(page: Path) -> set[str]:
    heads = re.findall(r"^#+ (.*)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in links(page):
        file, _, anchor = link.partition("#")
        target = (page.parent / file).resolve() if file else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


# The ledger's page

SECTIONS = {
    "flight": "On a flight",
    "station": "On a station",
    "agreement": "On an agreement",
    "person": "A person",
    "spacewalk": "On a spacewalk",
    "source": "A source",
    ANY_STREAM: "On any stream",
}


def own_fields(cls: type[Event], *, required: bool) -> set[str]:
    fields = cls.model_fields.items()
    return {
        name
        for name, about in fields
        if name not in Event.model_fields and about.is_required() is required
    }


def own_types(kind: str) -> dict[str, type[Event]]:
    """Return the types that stand on a kind of stream and on no other, or on any."""
    of = KINDS[0] if kind == ANY_STREAM else kind
    return {
        name: cls for name, cls in type_names(of).items() if cls.TOPIC.partition(".")[0] == kind
    }


@pytest.mark.parametrize("kind", [*KINDS, ANY_STREAM])
def test_every_event_type_is_listed_with_its_fields(kind: str) -> None:
    text = section(LEDGER_PAGE, SECTIONS[kind])
    listed = {named(row[0])[0]: row for row in rows(text) if len(row) == 4 and named(row[0])}

    assert set(listed) == set(own_types(kind))
    for name, cls in own_types(kind).items():
        _, _, required, optional = listed[name]
        assert set(named(required)) == own_fields(cls, required=True), name
        assert set(named(optional)) == own_fields(cls, required=False), name


@pytest.mark.parametrize("kind", [*KINDS, ANY_STREAM])
def test_every_field_is_explained_and_no_other(kind: str) -> None:
    text = section(LEDGER_PAGE, SECTIONS[kind])
    explained = {name for row in rows(text) if len(row) == 2 for name in named(row[0])}
    types = own_types(kind)
    fields = {
        name
        for cls in types.values()
        for required in (True, False)
        for name in own_fields(cls, required=required)
    }

    assert explained - set(types) == fields - set(types)
    assert explained <= fields | set(types)


def test_the_fields_of_every_event_are_explained() -> None:
    text = section(LEDGER_PAGE, "Fields of every event")
    explained = {named(row[0])[0] for row in rows(text) if len(row) == 2 and named(row[0])}
    written = named(text.partition("The log writes ")[2].partition(".")[0])

    assert set(written) == WRITTEN_BY_THE_LOG
    assert explained == {"type"} | set(Event.model_fields) - WRITTEN_BY_THE_LOG


def test_every_role_and_every_kind_of_source_is_named() -> None:
    text = LEDGER_PAGE.read_text("utf-8")
    schema = flight_plan.Seat.model_json_schema()["properties"]["role"]
    source = type_names("source")["registered"].model_json_schema()["properties"]["kind"]

    assert [role for role in schema["anyOf"][0]["enum"] if role not in text] == []
    assert [kind for kind in source["enum"] if f"`{kind}`" not in text] == []


def test_the_clocks_that_may_be_left_out_are_those_of_the_types_named() -> None:
    table = list(rows(section(LEDGER_PAGE, "Times that can be left out")))
    types = {name: cls for kind in (*KINDS, ANY_STREAM) for name, cls in own_types(kind).items()}
    aims = {name for name, cls in types.items() if issubclass(cls, Plan)}
    made_when_known = {name for name, cls in types.items() if cls.INTENTION}
    stamped = {
        f"[[{kind}]]" if kind in REGISTRATIONS else name
        for kind in (*KINDS, ANY_STREAM)
        for name, cls in own_types(kind).items()
        if cls.STAMPED
    }

    assert set(named(table[1][0])) - {"target"} | aims == made_when_known
    assert len(aims) == 7
    assert set(named(table[3][0])) == stamped


def test_what_the_page_shows_of_the_ledger_stands_in_it() -> None:
    stated = [
        entry
        for file in (ROOT / "ledger").rglob("*.toml")
        for entry in entries(tomllib.loads(file.read_text("utf-8")))
    ]
    shown = [
        entry for _, block in blocks(LEDGER_PAGE, "toml") for entry in entries(tomllib.loads(block))
    ]

    made_up = [entry for entry in shown if str(entry.get("id")).startswith("lark-1/")]
    real = [entry for entry in shown if entry not in made_up]
    assert (len(real), len(made_up)) == (5, 5)
    assert [entry for entry in real if entry not in stated] == []


def test_what_the_page_makes_up_could_stand_in_a_ledger() -> None:
    findings: list[Finding] = []
    tables = []
    for _, block in blocks(LEDGER_PAGE, "toml"):
        if "lark-1" in block:
            content = {"stream": "flight/lark-1", **tomllib.loads(block)}
            for entry in ledger.entries(TomlFile(LEDGER_PAGE, "page", content), findings):
                assert fact_of(entry, Recording(instant("2022-01-01"), "page"), findings)
                tables.append(entry.table)

    assert findings == []
    assert sorted(tables) == sorted(STATEMENTS)


def entries(content: dict[str, Any]) -> list[dict[str, Any]]:
    return [entry for table in TABLES for entry in content.get(table, [])]


# Findings

RULE_AT = {"Finding": 2, "finding": 1, "_find": 1, "Problem": 0, "_missing": 0, "BadReference": 1}
"""The calls that name a rule, each with the place of the rule among its arguments."""


def calls(folder: str) -> Iterator[tuple[str, list[ast.expr]]]:
    for file in (ROOT / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                yield name, node.args


def rules() -> set[str]:
    """Return every rule that the loader and the domain can name."""
    made_up = {f"unknown-{kind}" for kind in WHERE}
    made_up |= {f"{cls.TOPIC.partition('.')[2]}-twice".replace("_", "-") for cls in ONCE}
    found = set()
    for name, arguments in (*calls("loader"), *calls("domain")):
        if name == "refuse_a_second" and isinstance(arguments[0], ast.Constant):
            made_up.add(f"{arguments[0].value!s}-twice")
        place = RULE_AT.get(name)
        if place is None or place >= len(arguments):
            continue
        rule = arguments[place]
        if isinstance(rule, ast.Constant):
            found.add(str(rule.value))
        elif isinstance(rule, ast.JoinedStr):
            put_together = ("f'{kind}-twice'", "f'unknown-{kind}'")
            assert ast.unparse(rule) in put_together, "a rule that is put together: name it"
    return found | made_up


def test_every_rule_that_the_program_names_is_in_the_table_and_no_other() -> None:
    assert set(RULES) == rules()


def test_every_rule_is_explained_and_no_other() -> None:
    table = rows(section(LEDGER_PAGE, "Findings"))
    explained = [rule for row in table for rule in named(row[0])]

    assert len(explained) == len(set(explained))
    assert set(explained) == rules()


def test_every_rule_is_listed_in_its_tier() -> None:
    page = ROOT / "docs" / "commands" / "check.md"
    listed = {
        named(row[0])[0]: set(named(row[2]))
        for row in rows(section(page, "Tiers"))
        if named(row[0])
    }

    assert listed == {tier: {rule for rule in RULES if RULES[rule] is tier} for tier in Tier}
    for tier in Tier:
        table = rows(section(LEDGER_PAGE, tier.capitalize()))
        assert {rule for row in table for rule in named(row[0])} == listed[tier]


def test_every_rule_of_the_corpus_is_one_of_them() -> None:
    expected = [file.read_text("utf-8") for file in ROOT.glob("tests/corpus/*/expected.txt")]
    met = {
        rule
        for text in expected
        for rule in re.findall(r"^\S+:\d+: ([a-z0-9-]+): ", text, re.MULTILINE)
    }

    assert len(met) > 20
    assert met <= rules()


# Storage and architecture


@pytest.mark.parametrize("which", ["log", "read_model"])
def test_every_table_is_named_and_every_column_of_the_log(answering: Path, which: str) -> None:
    text = (ROOT / "docs" / "storage.md").read_text("utf-8")
    file: Path = getattr(FileDatabase(answering), which)
    with closing(connect(file)) as db:
        found = db.execute(
            "SELECT t.name, c.name FROM sqlite_master t, pragma_table_info(t.name) c "
            "WHERE t.type='table' AND t.name NOT LIKE 'sqlite%'"
        ).fetchall()
    names = {name for row in found for name in (row if which == "log" else row[:1])}

    assert [name for name in sorted(names) if f"`{name}`" not in text] == []
    assert f"| `{file.name}` |" in text


def test_the_example_of_a_fold_can_be_lifted() -> None:
    [(_, code)] = blocks(ROOT / "ARCHITECTURE.md", "python")
    module: dict[str, Any] = {}
    for words in (flight, subjects, order, envelope, fold):
        module |= vars(words)
    exec(compile(code, "ARCHITECTURE.md", "exec"), module)  # noqa: S102 - our own page
    hatch: Any = type("hatch", (), {k: staticmethod(v) for k, v in module.items() if callable(v)})

    opened = fact("hatch_opened", "2022-09-21T19:34Z", "2022-09-22", id="apple/opened")
    closed = fact("hatch_closed", "2023-03-28T06:00Z", "2023-03-29", id="apple/closed")
    lifted = list(lift(hatch, "apple", [closed, opened]))

    known = [(one.known_from, one.interval.end, one.interval.why) for one in lifted]
    assert sorted(known) == [
        (instant("2022-09-22"), fold.FOREVER, ("apple/opened",)),
        (instant("2023-03-29"), instant("2023-03-28T06:00Z"), ("apple/opened", "apple/closed")),
    ]
