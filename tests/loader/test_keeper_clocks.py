"""The clocks of registrations, rulings, gaps and coverage: those of the ledger, not of the load."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from aboard.domain.eventlog.log import open_log
from aboard.events.encoding.ledger_number import ledger_number
from aboard.events.mentions import ids_named
from aboard.loader.ledger import read_files, shipped_ledger
from aboard.loader.parse_entries import Recording
from aboard.loader.record import record
from tests.build import instant
from tests.cli.running import run
from tests.folders import CORPUS

if TYPE_CHECKING:
    from pathlib import Path

    from aboard.events.envelope import Event

LATER, MUCH_LATER = instant("2030-01-01T12:34:56Z"), instant("2031-05-06T07:08:09Z")


def events(log: Path, ledger: Path, now: int, by: str = "ann") -> list[Event]:
    """Load a ledger at an instant, and return what was recorded."""
    with open_log(log) as opened:
        result = record(opened, read_files([ledger]), Recording(now, by, f"load-{by}"))
        assert not result.refusal
        return [event for _, event in opened.read() if not event.BY_THE_LOG]


def facts(some: list[Event]) -> list[dict[str, Any]]:
    """Return events without when, by whom and in which batch they were recorded."""
    added = {"recorded", "recorded_by", "correlation_id", "causation_id"}
    return [event.model_dump(mode="json", exclude=added) for event in some]


def test_two_loads_of_the_shipped_ledger_give_the_same_facts(tmp_path: Path) -> None:
    ledger = shipped_ledger()
    one = events(tmp_path / "one.sqlite", ledger, LATER)
    other = events(tmp_path / "other.sqlite", ledger, MUCH_LATER, "bob")

    assert facts(one) == facts(other)
    assert ledger_number(one) == ledger_number(other)
    assert max(event.known.latest for event in one) < LATER
    assert sum(event.STAMPED for event in one) > 1_100


def test_a_registration_is_known_when_the_first_fact_is_that_names_it(tmp_path: Path) -> None:
    """Whatever else the ledger states: over all people and sources of the shipped one."""
    found = events(tmp_path / "log.sqlite", shipped_ledger(), LATER)
    first: dict[str, int] = {}
    for event in found:
        if event.TOPIC != "source.registered":
            keys = [f"source/{one}" for one in event.source]
            if not event.STAMPED:
                keys += [f"person/{one}" for one in ids_named(event, "person")]
            for key in keys:
                first[key] = min(first.get(key, LATER), event.known.earliest)
    registered = [event for event in found if event.TOPIC.endswith("n.registered")]
    registered += [event for event in found if event.TOPIC == "source.registered"]
    people_and_sources = [one for one in registered if one.STAMPED]
    assert len(people_and_sources) > 1_000
    assert {one.id for one in people_and_sources if one.known.earliest != first[one.id]} == set()


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    folder = tmp_path / "ledger"
    folder.mkdir()
    for file in (CORPUS / "before").rglob("*.toml"):
        (folder / file.name).write_text(file.read_text())
    return folder


GAP = '\n[[gap]]\nid = "dove-1/gap"\nsource = ["paper"]\nwhat = "x"\n'


@pytest.mark.parametrize(
    ("more", "happened", "is_assumed"),
    [
        ("", "2021-03-01T16:00:00Z", True),  # the last of its stream
        ('about = "dove-1/launched"\n', "2021-03-01T10:00:00Z", True),
        ("happened = 2022-02-03\n", "2022-02-03", False),
    ],
)
def test_a_gap_has_its_date_or_that_of_what_it_is_about(
    tmp_path: Path, ledger: Path, more: str, happened: str, is_assumed: bool
) -> None:
    flight = ledger / "dove-1.toml"
    flight.write_text(flight.read_text() + GAP + more)

    found = {one.id: one for one in events(tmp_path / "log.sqlite", ledger, LATER)}

    gap = found["dove-1/gap"]
    assert (str(gap.happened), str(gap.known), gap.known_assumed) == (
        happened, happened, is_assumed,
    )  # fmt: skip


def test_another_date_is_another_number_and_none_follows_the_load(
    tmp_path: Path, ledger: Path
) -> None:
    flight = ledger / "dove-1.toml"
    text = flight.read_text()
    numbers = []
    for n, dated in enumerate(("", "happened = 2022-02-03\n", "happened = 2022-02-04\n")):
        flight.write_text(text + GAP + dated)
        both = [
            ledger_number(events(tmp_path / f"{n}-{now}.sqlite", ledger, now))
            for now in (LATER, MUCH_LATER)
        ]
        assert both[0] == both[1]
        numbers.append(both[0])
    assert len(set(numbers)) == 3


DATED_PERSON = (
    '\n[[person]]\nid = "ann"\nname = "Ann"\nfamily_name = "A"\nsource = ["paper"]\n'
    "happened = 2020-01-01\n"
)


@pytest.mark.parametrize(
    ("file", "more", "field"),
    [
        ("people.toml", DATED_PERSON, "happened"),
        ("dove-1.toml", GAP + "known = 2022-01-01\n", "known"),
    ],
)
def test_a_clock_that_follows_is_not_stated(ledger: Path, file: str, more: str, field: str) -> None:
    path = ledger / file
    path.write_text(path.read_text() + more)
    (ledger / "sources.toml").touch()

    ran = run("check", ledger)

    assert ran.code == 1
    assert f"unknown-field: `{field}` follows from the rest of the ledger" in ran.stdout


def test_a_load_is_not_news(tmp_path: Path) -> None:
    database = tmp_path / "log.sqlite"
    run("load", CORPUS / "before", "--database", database)

    ran = run("log", "--clock", "known", "--since", "2026-10-01", "--database", database)

    assert "No matching events" in ran.shown()
