"""Until when an answer was checked: one rule for every question, in every form."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

import aboard
import aboard.app.clock
from aboard.events.time import Time
from tests.cli.running import run

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.usefixtures("clock", "answering")

PINNED = ("--at", "2026-11-20", "--known", "2026-10-30")
SPAN = ("--from", "2026-09", "--to", "2026-10-30", "--known", "2026-10-30")
ISS = "checked to 7 October 2026, 23 days ago: later changes are not in it"
TIANGONG = "checked to 24 May 2026, 159 days ago: later changes are not in it"

OPEN: list[tuple[tuple[str, ...], str]] = [
    (("who", "iss", *PINNED), ISS),
    (("who", "tiangong", *PINNED), TIANGONG),
    (("who", "soyuz-ms-29", *PINNED), ISS),
    (("who", *PINNED), TIANGONG),
    (("flight", "soyuz-ms-29", *PINNED), ISS),
    (("flight", "shenzhou-23", *PINNED), TIANGONG),
    (("person", "anil-menon", *PINNED), ISS),
    (("person", "zhu-yangzhu", *PINNED), TIANGONG),
    (("station", "iss", *PINNED), ISS),
    (("station", "tiangong", *PINNED), TIANGONG),
    (("agreement", "cross-flight-agreement", *PINNED), ISS),
    (("population", "iss", *SPAN), ISS),
    (("population", *SPAN), TIANGONG),
    (("occupation", "iss", *PINNED), ISS),
    (("occupation", "tiangong", *PINNED), TIANGONG),
    (("timeline", "tiangong", *SPAN), TIANGONG),
    (("top", *PINNED), TIANGONG),
    (("replay", "iss", *SPAN), ISS),
    (("replay", *SPAN), TIANGONG),
    (("ask", "presence", "iss", *PINNED), ISS),
]
OVER = [
    ("who", "mir", *PINNED),
    ("who", "apollo-11", *PINNED),
    ("flight", "apollo-11", *PINNED),
    ("flight", "sts-51-l", *PINNED),
    ("person", "peggy-whitson", *PINNED),
    ("person", "christa-mcauliffe", *PINNED),
    ("station", "mir", *PINNED),
    ("occupation", "mir", *PINNED),
]
FORMS = ("table", "json", "jsonl", "csv")


def answer(*arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(*arguments, "-f", "json").stdout)
    return found


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("question", "note"), OPEN)
def test_an_answer_that_may_have_changed_says_so_in_every_form(
    question: tuple[str, ...], note: str, form: str
) -> None:
    ran = run(*question, "-f", form)
    assert ran.code == 0
    assert f"note: {note}\n" in ran.stderr
    strict = run(*question, "-f", form, "--max-age", "20d")
    assert strict.code == 4
    assert strict.stdout == ran.stdout


@pytest.mark.parametrize(("question", "note"), OPEN)
def test_every_answer_has_the_fields(question: tuple[str, ...], note: str) -> None:
    found = answer(*question)
    assert found["current"] is False
    assert found["age_days"] == int(note.split(", ")[1].split(maxsplit=1)[0])
    checked = Time.parse(found["checked_until"]).earliest
    assert found["age_days"] == (Time.parse(found["known"]).earliest - checked) // 86_400


@pytest.mark.parametrize("question", OVER, ids=" ".join)
def test_a_story_that_is_over_needs_no_note(question: tuple[str, ...]) -> None:
    for form in FORMS:
        ran = run(*question, "-f", form, "--max-age", "0d")
        assert ran.code == 0
        assert "checked to" not in ran.stderr
    found = answer(*question)
    assert found["current"]
    assert found["age_days"] == 0


def test_an_answer_about_the_time_that_was_checked_needs_no_note() -> None:
    ran = run("who", "iss", "--at", "2022-12-25", "--max-age", "0d")
    assert (ran.code, ran.stderr) == (0, "")
    found = answer("who", "iss", "--at", "2022-12-25", "--known", "2023-01-01")
    assert (found["age_days"], found["current"]) == (0, True)


@pytest.mark.parametrize(("question", "note"), OPEN)
def test_a_pinned_answer_does_not_depend_on_the_clock(
    question: tuple[str, ...], note: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = answer(*question)
    later = aboard.app.clock.system_time() + 1_000 * 86_400
    monkeypatch.setattr(aboard.app.clock, "system_time", lambda: later)
    assert answer(*question) == before
    assert note in run(*question).stderr


@pytest.mark.parametrize(
    "question",
    [one for one, note in OPEN if note == TIANGONG and one[0] != "flight"],
    ids=" ".join,
)
def test_a_gap_is_shown_with_every_answer_that_rests_on_what_it_is_about(
    question: tuple[str, ...],
) -> None:
    assert "shenzhou-23/gap-return" in [gap["id"] for gap in answer(*question)["gaps"]]
    assert "shenzhou-23/gap-return" in run(*question).stdout


def test_an_age_is_a_number_of_days() -> None:
    ran = run("who", "iss", "--max-age", "soon")
    assert ran.code == 2
    assert "--max-age: 'soon' is not an age" in ran.stderr


CALLS: list[Callable[[aboard.Client], Any]] = [
    lambda log: log.who("iss"),
    lambda log: log.flight("soyuz-ms-29"),
    lambda log: log.person("anil-menon"),
    lambda log: log.station("iss"),
    lambda log: log.agreement("cross-flight-agreement"),
    lambda log: log.population("iss"),
    lambda log: log.occupation("iss"),
    lambda log: log.timeline("iss"),
    lambda log: log.top(),
    lambda log: log.replay("iss", start="2026-09"),
    lambda log: log.ask("presence", "iss"),
]


@pytest.mark.parametrize("call", CALLS)
def test_the_python_interface_has_the_fields(call: Callable[[aboard.Client], Any]) -> None:
    with aboard.open() as log:
        found = call(log)
    assert isinstance(found.checked_until, Time)
    assert found.age_days > 20
    assert not found.current
