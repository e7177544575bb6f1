"""Two homes, one behaviour: what a command says of a log is the same wherever the log is."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from aboard.app.database import FileDatabase, ServerDatabase, find_database, without_password
from aboard.projections.read_model.read_model import open_to_write
from aboard.storage.databases import connect
from tests.cli.running import PROGRAM, Ran, environment, run
from tests.corpus.test_corpus import CORPUS
from tests.homes import Databases, carry_out, read_model_of
from tests.loader.content import comparable, ids
from tests.loader.test_crash import ABOARD, QUESTION, names

if TYPE_CHECKING:
    from pathlib import Path

    from tests.homes import Where

pytestmark = pytest.mark.usefixtures("clock")

QUESTIONS = (
    ("who", "iss", "--at", "2022-12-25"),
    ("who", "iss", "--at", "2023-02-01", "--known", "2022-09-21"),
    ("who", "--at", "2024-09-11T16:30:00Z", "-f", "json"),
    ("who", "--at", "1969-10-14", "-f", "csv"),
    ("who", "Rubio"),
    ("who", "no-such-station"),
    ("who", "iss", "--at", "2022-12-25", "--recorded", "3000", "-f", "json"),
    ("replay", "iss", "--from", "2022-09-01", "--to", "2022-11-01"),
    ("replay", "iss", "--by", "known", "--from", "2022-12-01", "--to", "2023-03-01", "-f", "json"),
    ("replay", "--by", "recorded", "--from", "100", "--to", "140"),
    ("flight", "soyuz-ms-22", "-f", "json"),
    ("flight", "Crew-5"),
    ("person", "Frank Rubio"),
    ("person", "frank-rubio", "-f", "json"),
    ("station", "mir", "--at", "1995-07-01"),
    ("station", "iss", "-f", "json"),
    ("agreement",),
    ("population", "--from", "2022-01-01", "--to", "2023-01-01", "-f", "csv"),
    ("occupation", "iss"),
    ("timeline", "iss", "--from", "2022-01-01", "--to", "2023-01-01"),
    ("top", "-f", "json"),
    ("show", "soyuz-ms-22/docked"),
    ("log", "--flight", "soyuz-ms-22"),
    ("log", "--person", "frank-rubio", "-f", "json"),
    ("log", "--station", "iss", "--since", "2023-01-01", "--until", "2023-02-01"),
    ("log", "--clock", "recorded", "--since", "2026-10-31", "--until", "2026-11-02", "-f", "csv"),
    ("log", "--type", "docked", "--source", "gcat", "--reverse", "-f", "jsonl"),
    ("log", "--known", "2022-12-25", "--stream", "flight/soyuz-ms-22"),
)


@pytest.fixture(scope="module")
def both(request: pytest.FixtureRequest, server: str) -> tuple[Where, Where]:
    """The shipped ledger in a file and in PostgreSQL, which nobody writes to."""
    file: Path = request.getfixturevalue("_loaded") / "log.sqlite"
    return file, Databases(server).url(request.getfixturevalue("_loaded_server"))


@pytest.mark.parametrize("question", QUESTIONS, ids=" ".join)
def test_an_answer_is_the_same(question: tuple[str, ...], both: tuple[Where, Where]) -> None:
    one, other = (same(run(*question, "--database", log), log) for log in both)

    assert one == other
    assert "aboard: the database" not in one.stderr


LINES = (
    {"type": "launched", "stream": "flight/lark-1", "happened": "2021-05-03T10:00Z",
     "crew": ["ann-lee"], "source": ["unsourced"]},
    {"type": "docked", "stream": "flight/lark-1", "happened": "2021-05-03T16:00Z",
     "station": "heron", "port": "fore", "source": ["unsourced"]},
)  # fmt: skip
LIFE: tuple[tuple[str, ...], ...] = (
    ("load", str(CORPUS / "before"), "--dry-run"),
    ("load", str(CORPUS / "before")),
    ("load", str(CORPUS / "before")),
    ("record", "registered", "person/ann-lee", "--name", "Ann Lee", "--family-name", "Lee",
     "--agency", "NASA", "--source", "unsourced"),
    ("record", "planned", "lark-1", "--name", "Lark 1", "--spacecraft", "Lark", "--operator",
     "NASA", "--destination", "Heron", "--known", "2021-01-10", "--source", "unsourced"),
    ("record", "crew-assigned", "lark-1", "--crew", "Ann Lee:commander", "--known", "2021-02-01",
     "--source", "unsourced", "--dry-run"),
    ("record", "-", "--dry-run"),
    ("record", "-", "-f", "json"),
    ("record", "-"),
    ("who", "heron", "--at", "2021-05-04"),
    ("record", "docked", "dove-1", "--station", "heron", "--port", "fore", "--known", "2021-05-05",
     "--happened", "2021-05-05", "--source", "unsourced"),
    ("correct", "lark-1/docked", "happened=2021-05-03T17:00Z", "--reason", "a slip",
     "--source", "unsourced", "--known", "2021-05-04"),
    ("who", "heron", "--at", "2021-05-03T16:30Z", "-f", "json"),
    ("retract", "lark-1/docked", "--reason", "it was not", "--source", "unsourced", "--known",
     "2021-06-01"),
    ("who", "heron", "--at", "2021-05-04", "-f", "json"),
    ("who", "heron", "--at", "2021-05-04", "-f", "json", "--recorded", "12"),
    ("rebuild",),
    ("log", "-f", "json"),
    ("show", "lark-1/docked"),
    ("status", "-f", "json"),
    ("status",),
)  # fmt: skip
"""What is done to a log one after another, most of it right."""


def same(ran: Ran, where: Where) -> Ran:
    """Return what was said without what differs from one log to another, or by chance."""

    def cleaned(text: str) -> str:
        home = find_database(str(where))
        text = re.sub(r" --database ('[^']*'|\S+)", "", text)
        text = text.replace(without_password(home.read_model), "<read model>")
        text = text.replace(without_password(home.log), "<log>").replace(
            "<log>.read-model", "<read model>"
        )
        text = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "<uuid>", text)
        return re.sub(r" {2,}", "  ", text.replace("<read model>", "<log>"))

    return Ran(ran.code, cleaned(ran.stdout), cleaned(ran.stderr))


def test_the_life_of_a_log_is_the_same(tmp_path: Path, databases: Databases) -> None:
    homes: tuple[Where, ...] = (tmp_path / "log.sqlite", databases.new())
    stdin = "\n".join(map(json.dumps, LINES))
    for command in LIFE:
        one, other = (
            same(run(*command, "--database", where, stdin=stdin), where) for where in homes
        )
        assert one == other, command
    assert comparable(read_model_of(homes[0])) == comparable(read_model_of(homes[1]))
    assert ids(homes[0]) == ids(homes[1])


def start(*arguments: str, log: str) -> Any:
    import subprocess  # noqa: PLC0415 - as the others have it

    return subprocess.Popen(
        [*PROGRAM, *arguments, "--database", log],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment(),
    )  # fmt: skip


def test_loads_rebuilds_and_questions_at_once(database: Path, databases: Databases) -> None:
    log = databases.new()
    commands = [("load",), ("rebuild",), QUESTION, QUESTION]

    processes = [start(*command, log=log) for command in commands]
    said = [process.communicate(timeout=120) for process in processes]

    assert [stderr for _, stderr in said] == [""] * len(commands)
    assert [process.returncode for process in processes] == [0] * len(commands)
    assert [names(said[n][0]) for n in (2, 3)] == [ABOARD] * 2
    assert comparable(read_model_of(log)) == comparable(FileDatabase(database).read_model)


# PostgreSQL's own


def test_a_read_model_that_is_damaged_is_built_again(databases: Databases) -> None:
    log = databases.new()
    assert run("load", CORPUS / "before", "--database", log).code == 0
    before = comparable(read_model_of(log))
    carry_out(read_model_of(log), "DROP TABLE presence")

    assert run("rebuild", "--database", log).code == 0
    assert comparable(read_model_of(log)) == before

    carry_out(read_model_of(log), "DROP SCHEMA aboard_read_model CASCADE")
    assert run("who", "heron", "--at", "2021-03-02", "--database", log).code == 0
    assert comparable(read_model_of(log)) == before


def test_readers_get_the_old_one_while_it_is_built_again(databases: Databases) -> None:
    log = databases.new()
    run("load", CORPUS / "before", "--database", log)
    with open_to_write(log) as db, open_to_write(log) as other:
        with db.transaction():
            db.start_empty()
            db.execute("CREATE TABLE presence (place TEXT)")
            (count,) = other.execute("SELECT count(*) FROM event").fetchone()
            assert count == 7
            db.execute("CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL)")
        assert other.table_names() == ["meta", "presence"]


@pytest.mark.parametrize("reads", [True, False])
def test_an_old_read_model_goes_when_nobody_reads_in_it(databases: Databases, reads: bool) -> None:
    log = databases.new()
    run("load", CORPUS / "before", "--database", log)
    reading = connect(log)
    with reading.snapshot():
        if reads:
            reading.execute("SELECT * FROM presence").fetchall()
        assert run("rebuild", "--database", log).code == 0
        assert len(schemas(log)) == (3 if reads else 2)
    reading.close()
    assert run("rebuild", "--database", log).code == 0
    assert len(schemas(log)) == 2


def schemas(log: str) -> list[str]:
    """Return the names of our schemas."""
    db = connect(log)
    rows = db.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'aboard%'").fetchall()
    db.close()
    return [name for (name,) in rows]


@pytest.mark.parametrize("command", [QUESTION, ("load",), ("status",), ("rebuild",)])
def test_a_server_that_is_not_there_is_said_to_be(command: tuple[str, ...], tmp_path: Path) -> None:
    url = f"postgresql://ann:hush%40hush@/aboard?host={tmp_path}"

    process = start(*command, log=url)
    stdout, stderr = process.communicate(timeout=60)

    assert (process.returncode, stdout) == (1, "")
    assert stderr.startswith("aboard: the database cannot be read: ")
    assert "hush" not in stderr
    assert stderr.count("\n") == 2


def test_a_database_that_is_not_there_is_said_to_be(server: str) -> None:
    process = start(*QUESTION, log=Databases(server).url("nowhere"))
    _, stderr = process.communicate(timeout=60)

    assert process.returncode == 1
    assert 'database "nowhere" does not exist' in stderr


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("postgresql://ann:hush@host:5432/aboard", "postgresql://ann:...@host:5432/aboard"),
        ("postgres://ann:hu@sh@host/aboard", "postgres://ann:...@host/aboard"),
        ("postgresql://ann@host/aboard", "postgresql://ann@host/aboard"),
        ("postgresql:///aboard?user=ann&password=hush&host=/run", None),
        ("postgresql://host:5432/aboard", "postgresql://host:5432/aboard"),
    ],
)
def test_a_password_is_not_shown(url: str, says: str | None) -> None:
    assert without_password(url) == (says or "postgresql:///aboard?user=ann&password=...&host=/run")


def test_a_url_that_cannot_be_read_is_refused_without_its_password() -> None:
    ran = run("who", "--database", "postgresql://ann:hu/sh@host/aboard")

    assert ran.code == 2
    assert "%2F" in ran.stderr
    assert "hu/sh" not in ran.stderr


def test_without_psycopg_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)

    ran = run("who", "--database", "postgresql://ann:hush@host/aboard")

    assert ran.code == 2
    assert ran.stderr == (
        "aboard: --database postgresql://ann:...@host/aboard: PostgreSQL needs psycopg, which is "
        "not installed\nhint: pip install 'aboard[postgres]'\n"
    )


def test_a_server_is_named_by_the_environment_and_by_the_configuration(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = home / "config" / "aboard" / "config.toml"
    file.parent.mkdir(parents=True)
    file.write_text('database = "postgresql://host/configured"\n')
    assert find_database("").log == "postgresql://host/configured"
    where = find_database("postgresql://host/flag")
    assert isinstance(where, ServerDatabase)
    assert where.read_model == where.log == "postgresql://host/flag"


def test_what_takes_it_back_does_not_tell_the_password(databases: Databases) -> None:
    log = databases.new().replace("postgres:@", "postgres:hush@")
    run("load", CORPUS / "before", "--database", log)

    ran = run("record", "registered", "person/ann-lee", "--name", "Ann Lee", "--family-name",
              "Lee", "--agency", "NASA", "--source", "unsourced", "--database", log)  # fmt: skip

    assert ran.code == 0
    assert "hush" not in ran.stdout
    assert "aboard retract" in ran.stdout
