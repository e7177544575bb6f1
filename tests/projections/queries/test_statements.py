"""Claims, rulings and gaps: told beside the answers they touch, and folded into none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from aboard.projections.folds.registry import FOLDS
from aboard.projections.lift.lift import lift
from aboard.projections.queries.event import one_event
from aboard.projections.queries.flight import story
from tests.build import fact, instant
from tests.projections.histories import PEOPLE, histories
from tests.projections.lift.test_lift import subjects_of
from tests.projections.model import ask, built, flight

if TYPE_CHECKING:
    from aboard.events.envelope import Event
    from aboard.storage.connection import Connection

LATER = "2030-01-01T00:00:00Z"

UP = flight(
    "apple",
    ("launched", "2020-03-01T10:00:00Z", {"crew": ["ann", "bob"], "id": "apple/launched"}),
    ("docked", "2020-03-01T14:00:00Z", {"station": "pear", "id": "apple/docked"}),
)
CLAIM = fact("fact.claimed", "2021-05-01", id="apple/claim", says="it docked a day later",
             about="apple/docked", values={"happened": "2020-03-02"})  # fmt: skip
RULING = fact("fact.ruled", "2026-01-01", id="apple/ruling", holds="apple/docked",
              against=["apple/claim"], reason="it was on the news")  # fmt: skip


def gap(name: str, stream: str = "station/pear", **said: Any) -> Event:
    """Return a gap."""
    return fact("fact.gap_stated", "2026-01-01", stream=stream, id=name, what=f"{name}?", **said)


def retracted(target: Event, **said: Any) -> Event:
    """Return the retraction of an event."""
    return fact("fact.retracted", "2026-02-01", stream=target.originator_id, target=target.id,
                reason="it was found", **said)  # fmt: skip


def told(*more: Event, at: str = LATER, known: str = LATER) -> dict[str, Any]:
    """Return the story of apple."""
    return story(built([*UP, *more]), "apple", instant(at), instant(known))


def touching(*gaps: Event, place: str | None = "pear", at: str = "2020-04-01") -> list[str]:
    """Return the ids of the gaps that an answer tells."""
    return [one["id"] for one in ask([*UP, *gaps], place, at).get("gaps", [])]


class TestClaims:
    def test_a_claim_is_told_with_the_ruling_on_it(self) -> None:
        (claim,) = told(CLAIM, RULING)["claims"]
        assert claim == {
            "id": "apple/claim", "happened": "2021-05-01", "known": "2021-05-01",
            "known_assumed": False, "says": "it docked a day later", "about": "apple/docked",
            "values": {"happened": "2020-03-02"},
            "sources": [{"key": "gcat", "publisher": "gcat"}],
            "ruling": {"id": "apple/ruling", "holds": "apple/docked",
                       "reason": "it was on the news"},
        }  # fmt: skip

    def test_one_without_a_ruling_has_none(self) -> None:
        vague = fact("fact.claimed", "2021-05-01", says="it was to dock in spring")
        (claim,) = told(vague)["claims"]
        assert (claim["ruling"], claim["about"], claim["values"]) == (None, None, {})

    def test_it_is_no_part_of_the_story(self) -> None:
        assert told(CLAIM, RULING)["story"] == told()["story"]
        assert told(CLAIM, RULING)["milestones"] == told()["milestones"]

    def test_it_is_told_from_when_it_was_known(self) -> None:
        assert told(CLAIM, known="2021-04-30")["claims"] == []
        assert len(told(CLAIM, known="2021-05-01")["claims"]) == 1

    def test_it_is_told_from_when_it_was_made(self) -> None:
        assert told(CLAIM, at="2021-04-30")["claims"] == []
        assert len(told(CLAIM, at="2021-05-01")["claims"]) == 1

    def test_one_that_is_corrected_was_made_when_the_correction_has_it(self) -> None:
        sooner = fact("fact.corrected", "2021-06-01", stream="flight/apple", target=CLAIM.id,
                      changes={"happened": "2021-04-01"}, reason="a slip",
                      transcription=True)  # fmt: skip
        assert len(told(CLAIM, sooner, at="2021-04-30")["claims"]) == 1

    def test_one_about_an_event_of_the_flight_is_told_wherever_it_stands(self) -> None:
        elsewhere = fact("fact.claimed", "2021-05-01", stream="station/pear", id="pear/claim",
                         says="nothing docked", about="apple/docked")  # fmt: skip
        other = fact("fact.claimed", "2021-05-01", stream="station/pear", says="all is well")
        assert [one["id"] for one in told(elsewhere, other)["claims"]] == ["pear/claim"]

    def test_it_is_told_as_corrected_and_not_when_taken_back(self) -> None:
        mended = fact("fact.corrected", "2022-01-01", target="apple/claim", reason="a slip",
                      changes={"says": "it docked two days later"})  # fmt: skip
        assert told(CLAIM, mended)["claims"][0]["says"] == "it docked two days later"
        assert told(CLAIM, mended, known="2021-12-31")["claims"][0]["says"] == CLAIM.says  # type: ignore[attr-defined]
        assert told(CLAIM, RULING, retracted(CLAIM))["claims"] == []
        assert len(told(CLAIM, retracted(CLAIM), known="2026-01-31")["claims"]) == 1

    def test_so_is_a_ruling(self) -> None:
        mended = fact("fact.corrected", "2026-02-01", target="apple/ruling", reason="a slip",
                      changes={"reason": "it was on film"})  # fmt: skip
        assert told(CLAIM, RULING, mended)["claims"][0]["ruling"]["reason"] == "it was on film"
        assert told(CLAIM, RULING, retracted(RULING))["claims"][0]["ruling"] is None

    def test_the_last_ruling_holds(self) -> None:
        again = fact("fact.ruled", "2026-01-02", holds="apple/docked", against=["apple/claim"],
                     reason="it was on film")  # fmt: skip
        assert told(CLAIM, RULING, again)["claims"][0]["ruling"]["reason"] == "it was on film"


def stated(db: Connection, key: str) -> list[dict[str, str]]:
    """Return what is stated of an event."""
    found: list[dict[str, str]] = one_event(db, key, instant(LATER), instant(LATER))["statements"]
    return found


class TestOneEvent:
    def test_an_event_tells_what_is_stated_of_it(self) -> None:
        about = gap("apple/gap", stream="flight/apple", about="apple/docked")
        db = built([*UP, CLAIM, RULING, about])
        assert stated(db, "apple/docked") == [
            {"id": "apple/claim", "type": "fact.claimed", "known": "2021-05-01",
             "says": "claim: it docked a day later"},
            {"id": "apple/gap", "type": "fact.gap_stated", "known": "2026-01-01",
             "says": "not known: apple/gap? (apple/docked)"},
            {"id": "apple/ruling", "type": "fact.ruled", "known": "2026-01-01",
             "says": "ruling: apple/docked holds, not apple/claim (it was on the news)"},
        ]  # fmt: skip
        assert [one["id"] for one in stated(db, "apple/claim")] == ["apple/ruling"]
        assert stated(db, "apple/launched") == []

    def test_what_was_retracted_is_stated_no_more(self) -> None:
        db = built([*UP, CLAIM, RULING, retracted(CLAIM)])
        assert [one["id"] for one in stated(db, "apple/docked")] == ["apple/ruling"]


class TestGaps:
    def test_one_of_the_station_touches_its_answers_within_its_time(self) -> None:
        one = gap("pear/gap", since="2020-03-15", until="2020-04")
        assert touching(one, at="2020-03-14T23:59:59Z") == []
        assert touching(one, at="2020-03-15") == ["pear/gap"]
        assert touching(one, at="2020-04-30T23:59:59Z") == ["pear/gap"]
        assert touching(one, at="2020-05-01") == []
        assert touching(one, place=None) == ["pear/gap"]
        assert touching(one, place="apple") == []

    def test_without_a_time_it_always_does(self) -> None:
        assert touching(gap("pear/gap"), at="1990-01-01") == ["pear/gap"]

    def test_one_of_a_person_touches_the_answers_that_list_them(self) -> None:
        one = gap("quince/gap", stream="flight/quince", people=["ann"], until="2020-06")
        assert touching(one) == ["quince/gap"]
        assert touching(one, place="apple", at="2020-03-01T12:00Z") == ["quince/gap"]
        assert touching(one, at="2020-02-01") == []
        assert touching(one, at="2020-07-01") == []

    def test_one_about_an_event_touches_the_answers_that_rest_on_it(self) -> None:
        one = gap("apple/gap", stream="flight/apple", about="apple/docked", until="2020-01-01")
        assert touching(one) == ["apple/gap"]
        assert touching(one, place="apple", at="2020-03-01T12:00Z") == ["apple/gap"]
        assert touching(one, at="2020-02-01") == []
        other = gap("apple/gap", stream="flight/apple", about="apple/launched")
        assert touching(other) == []

    def test_a_flight_tells_those_on_its_stream_and_about_its_events(self) -> None:
        own = gap("apple/gap", stream="flight/apple")
        about = gap("pear/gap", about="apple/docked")
        found = [(one["id"], one["what"]) for one in told(own, about)["gaps"]]
        assert found == [("apple/gap", "apple/gap?"), ("pear/gap", "pear/gap?")]
        assert told(gap("quince/gap", stream="flight/quince"))["gaps"] == []

    def test_one_that_was_retracted_touches_nothing(self) -> None:
        one = gap("pear/gap", people=["ann"], about="apple/docked")
        assert touching(one, retracted(one)) == []
        assert told(one, retracted(one))["gaps"] == []

    def test_one_that_was_corrected_says_so(self) -> None:
        one = gap("pear/gap", since="2020-03-15")
        mended = fact("fact.corrected", "2026-02-01", stream="station/pear", target="pear/gap",
                      reason="a slip", changes={"since": "2020-05-01"})  # fmt: skip
        assert touching(one, mended) == []
        assert touching(one, mended, at="2020-05-01") == ["pear/gap"]


@st.composite
def statements(draw: st.DrawFn, history: list[Event]) -> list[Event]:
    """Draw what is said beside the facts of a history, on any stream of it."""
    found = []
    for number in range(draw(st.integers(1, 6))):
        target = draw(st.sampled_from(history))
        envelope: dict[str, Any] = {
            "stream": draw(st.sampled_from(history)).originator_id,
            "id": f"statement-{number}",
        }
        said: dict[str, Any] = draw(
            st.sampled_from(
                [
                    {"kind": "fact.claimed", "says": "no", "about": target.id,
                     "values": {"happened": "2019", "crew": list(PEOPLE)}},
                    {"kind": "fact.ruled", "holds": target.id, "against": ["a/claim"],
                     "reason": "why"},
                    {"kind": "fact.gap_stated", "what": "who", "about": target.id,
                     "people": list(PEOPLE[:2]), "since": "2020"},
                ]
            )
        )  # fmt: skip
        happened = draw(st.sampled_from(["2019-06-01", "2020-02-01", "2021"]))
        found.append(fact(said.pop("kind"), happened, **envelope, **said))
    return found


@settings(max_examples=25, deadline=None)
@given(data=st.data(), history=histories())
def test_a_statement_changes_no_answer_of_any_fold(
    data: st.DataObject, history: list[Event]
) -> None:
    said = data.draw(statements(history))
    for fold in FOLDS:
        with_them = subjects_of(fold, [*history, *said])
        without = subjects_of(fold, history)
        for subject, facts in with_them.items():
            held = set(lift(fold, subject, without.get(subject, [])))
            assert set(lift(fold, subject, facts)) == held
