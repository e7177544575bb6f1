"""Command: hand-overs and expeditions of a station to who commands it at an instant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.build import fact
from tests.projections.model import ask

if TYPE_CHECKING:
    from aboard.events.envelope import Event

PEAR = "station/pear"


def handed(happened: str, to: str | None, known: str | None = None, **said: Any) -> Event:
    to_whom: dict[str, Any] = {"to_person": to} if to else {}
    return fact("command_handed_over", happened, known, stream=PEAR, **to_whom, **said)


def began(number: int, happened: str, **said: Any) -> Event:
    return fact("expedition_began", happened, stream=PEAR, number=number, **said)


def commanding(facts: list[Event], at: str, known: str = "2030-01-01") -> tuple[Any, Any]:
    """Return the commander and the expedition of pear."""
    answer = ask(facts, "pear", at, known)
    return answer["commander"], answer["expedition"]


FIRST = began(1, "2020-01-02T10:00:00Z", commander="ann")
SECOND = handed("2020-06-01T12:00:00Z", "bob", from_person="ann")
THIRD = began(2, "2020-06-03T08:00:00Z", commander="bob")


def test_nobody_commands_before_the_first_expedition() -> None:
    assert commanding([FIRST], "2020-01-02T09:59:59Z") == (None, None)
    assert commanding([FIRST], "2020-01-02T10:00:00Z") == ("ann", 1)


def test_command_passes_at_the_ceremony_and_the_expedition_changes_when_it_is_said_to() -> None:
    facts = [THIRD, SECOND, FIRST]
    assert commanding(facts, "2020-06-01T11:59:59Z") == ("ann", 1)
    assert commanding(facts, "2020-06-01T12:00:00Z") == ("bob", 1)
    assert commanding(facts, "2020-06-03T08:00:00Z") == ("bob", 2)


def test_an_expedition_may_have_more_than_one_commander() -> None:
    again = handed("2020-09-01T12:00:00Z", "cat")
    assert commanding([FIRST, SECOND, THIRD, again], "2020-09-02") == ("cat", 2)


def test_an_expedition_says_who_commands_where_no_hand_over_does() -> None:
    assert commanding([FIRST, THIRD], "2020-06-02") == ("ann", 1)
    assert commanding([FIRST, THIRD], "2020-06-04") == ("bob", 2)


def test_an_expedition_that_names_nobody_leaves_command_as_it_was() -> None:
    assert commanding([FIRST, began(2, "2020-06-03")], "2020-07-01") == ("ann", 2)


def test_command_that_passes_to_nobody_knows_whom_is_not_known() -> None:
    gone = handed("2020-07-01T00:00:00Z", None, from_person="bob")
    facts = [FIRST, SECOND, THIRD, gone]
    assert commanding(facts, "2020-07-02") == (None, 2)
    assert commanding([*facts, handed("2020-08-01T00:00:00Z", "cat")], "2020-08-02") == ("cat", 2)


def test_a_hand_over_holds_once_it_is_known() -> None:
    late = handed("2020-06-01T12:00:00Z", "bob", known="2020-06-05")
    assert commanding([FIRST, late], "2020-06-02", known="2020-06-04") == ("ann", 1)
    assert commanding([FIRST, late], "2020-06-02", known="2020-06-05") == ("bob", 1)


def test_nothing_is_said_of_command_in_the_future() -> None:
    assert commanding([FIRST], "2020-06-02", known="2020-06-01") == (None, None)
    assert commanding([FIRST], "2020-06-01", known="2020-06-01") == ("ann", 1)


@pytest.mark.parametrize(
    ("at", "commander", "could_be"),
    [
        ("2020-05-31T23:59:59Z", "ann", None),
        ("2020-06-01T00:00:00Z", "bob", ["ann", "bob"]),
        ("2020-06-01T23:59:59Z", "bob", ["ann", "bob"]),
        ("2020-06-02T00:00:00Z", "bob", None),
    ],
)
def test_on_the_day_of_a_ceremony_without_an_hour_it_may_be_either(
    at: str, commander: str, could_be: list[str] | None
) -> None:
    answer = ask([FIRST, handed("2020-06-01", "bob")], "pear", at)
    assert answer["commander"] == commander
    assert answer.get("uncertain", {}).get("commander") == could_be


def test_a_first_command_at_a_coarse_time_may_not_have_begun() -> None:
    answer = ask([began(1, "2020-01", commander="ann")], "pear", "2020-01-15")
    assert (answer["commander"], answer["expedition"]) == ("ann", 1)
    assert answer["uncertain"] == {"commander": ["ann"], "expedition": [1]}


def test_command_is_of_a_station_and_of_no_other() -> None:
    answer = ask([FIRST], "plum", "2020-02-01")
    assert (answer["commander"], answer["expedition"]) == (None, None)
    everywhere = ask([FIRST], None, "2020-02-01")
    assert not {"commander", "expedition"} & everywhere.keys()
