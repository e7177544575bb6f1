"""Three mistakes that projections of this kind are known for, and that none of them is made here.

And whatever the way in which a read model came to be, it is the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from aboard.domain.eventlog.log import open_log
from aboard.events.encoding.codec import decode, encode
from aboard.projections.queries import reader
from aboard.projections.queries.who import who
from aboard.projections.read_model.read_model import BatchResult, ReadModel
from tests.build import fact, instant
from tests.homes import carry_out, log_of
from tests.memory import in_memory
from tests.projections.histories import histories
from tests.projections.model import ListLog, ask, built, flight, names, tables
from tests.projections.read_model.test_follow import HISTORY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aboard.events.envelope import Event
    from tests.homes import Where


def contents(db: Any) -> dict[str, Any]:
    return tables(db)


class TestOrderingWithAMissingValidTime:
    """A fact without a time is not one that happened first, or last, or when it was recorded."""

    def test_a_fact_without_a_time_is_no_fact(self) -> None:
        up = fact("launched", "2020-01-01T10:00:00Z", crew=["ann"])
        stored = encode(up).replace(b'"happened":"2020-01-01T10:00:00Z",', b"")
        assert b"happened" not in stored
        with pytest.raises(ValidationError, match="happened"):
            decode(up.TOPIC, stored)
        for nothing in (b"null", b'""', b'"0000-00-00"', b"0"):
            bad = encode(up).replace(b'"2020-01-01T10:00:00Z"', nothing, 1)
            with pytest.raises(ValidationError, match="happened"):
                decode(up.TOPIC, bad)

    def test_one_that_stands_in_the_log_all_the_same_is_parked_and_sorted_nowhere(
        self, place: Where
    ) -> None:
        facts = flight(
            "apple",
            ("launched", "2020-01-01T10:00:00Z", {"crew": ["ann"]}),
            ("docked", "2020-01-01T14:00:00Z", {"station": "pear"}),
            ("undocked", "2020-06-01T10:00:00Z", {"crew": ["ann"]}),
        )
        with open_log(place) as log:
            log.record([one.at_version(n) for n, one in enumerate(facts, 1)])
        timeless = encode(facts[2]).replace(b'"happened":"2020-06-01T10:00:00Z",', b"")
        carry_out(
            log_of(place),
            *(
                ["DROP TRIGGER stored_events_update"]
                if not isinstance(place, str)
                else ["ALTER TABLE stored_events DISABLE TRIGGER USER"]
            ),
        )
        carry_out(
            log_of(place),
            "UPDATE stored_events SET state=? WHERE originator_version=3",
            asked=[timeless],
        )
        db = in_memory()
        with open_log(place) as log:
            ReadModel(db).catch_up(log)
        [(error,)] = db.execute("SELECT error FROM parked WHERE projection='presence'").fetchall()
        assert "happened" in error
        answer = who(db, ("station", "pear"), instant("2021-01-01"), instant("2022-01-01"))
        assert names(answer) == ["ann"], "as before the fact that has no time"
        assert answer["as_of"]["held"][-1] == {
            "projection": "presence", "subject": "ann", "before": 3,
        }  # fmt: skip

    def test_a_coarse_time_does_not_sort_what_ended_before_what_began(self) -> None:
        """A landing on a day of which the undocking is known to the minute follows it."""
        facts = flight(
            "apple",
            ("landed", "2020-06-01", {"crew": ["ann"]}),
            ("undocked", "2020-06-01T07:19Z", {"crew": ["ann"]}),
            ("launched", "2020-01", {"crew": ["ann"]}),
            ("docked", "2020-01-01T14:00:00Z", {"station": "pear"}),
        )
        for arrived in (facts, facts[::-1]):
            assert names(ask(arrived, "pear", "2020-03-01")) == ["ann"]
            assert names(ask(arrived, None, "2020-06-02")) == []


class TestFilteringOnTheWrongAxis:
    """What was so is looked up by when it was so; what was known, by when that was known."""

    LATE = fact(
        "launched", "2020-01-01T10:00:00Z", "2022-05-01", crew=["ann"], recorded="2026-01-01T00:00Z"
    )

    @pytest.mark.parametrize(
        ("at", "known", "there"),
        [
            ("2021-01-01", "2021-01-01", False),
            ("2021-01-01", "2022-04-30", False),
            ("2021-01-01", "2022-05-01", True),
            ("2021-01-01", "2023-01-01", True),
            ("2019-12-31", "2023-01-01", False),
            ("2020-01-01T10:00:00Z", "2022-05-01", True),
            ("2020-01-01T09:59:59Z", "2025-01-01", False),
        ],
    )
    def test_a_fact_that_was_known_late(self, at: str, known: str, there: bool) -> None:
        answer = ask([self.LATE], "apple", at, known)
        assert names(answer) == (["ann"] if there else [])

    def test_when_it_was_recorded_filters_nothing(self) -> None:
        early = self.LATE.model_copy(update={"recorded": self.LATE.recorded.replace(year=1999)})
        assert {k: v for k, v in contents(built([early])).items() if k != "event"} == {
            k: v for k, v in contents(built([self.LATE])).items() if k != "event"
        }

    @settings(max_examples=15, deadline=None)
    @given(data=st.data(), history=histories())
    def test_an_answer_does_not_change_when_more_becomes_known_later(
        self, data: st.DataObject, history: list[Event]
    ) -> None:
        """What is known from an instant on changes no answer as known before it."""
        whole = built(history)
        known = data.draw(st.sampled_from(sorted({one.known_from for one in history})))
        amended = {getattr(one, "target", "") for one in history}
        later = {
            one.id for one in history
            if one.known_from > known and not getattr(one, "transcription", False)
            and one.id not in amended
        }  # fmt: skip
        part = built([one for one in history if one.id not in later])
        at = data.draw(st.sampled_from([one.happened.earliest for one in history]))
        for place in reader.places(whole, "presence"):
            rows = [
                sorted(
                    (one.subject, one.why)
                    for one in reader.rows_at(db, "presence", place, at, known)
                )
                for db in (whole, part)
            ]
            assert rows[0] == rows[1]


class TestBatchesThatRepeatEvents:
    """An event counts once, however often it is added."""

    def test_a_page_that_begins_with_the_end_of_the_last(self) -> None:
        class Repeating(ListLog):
            """A log whose every reading begins with what has been read."""

            def scan(self, after: int = 0) -> Iterator[tuple[int, Any]]:
                yield from super().scan(max(0, after - 3))

        facts = [
            fact("launched", f"2020-01-{n:02}T10:00:00Z", stream=f"flight/apple-{n}",
                 crew=[f"p{n}"], id=f"apple-{n}/up")
            for n in range(1, 20)
        ]  # fmt: skip
        db = in_memory()
        log = Repeating(facts[:2])
        model = ReadModel(db)
        model.catch_up(log)
        log.events = facts
        steps: list[BatchResult] = []
        while not steps or not steps[-1].is_up_to_date:
            steps.append(model.advance(log, most=4))
        assert [step.events for step in steps] == [4, 4, 4, 4, 1]
        assert contents(db) == contents(built(facts))

    def test_two_who_take_in_the_same(self) -> None:
        facts = flight(
            "apple",
            ("launched", "2020-01-01T10:00:00Z", {"crew": ["ann"]}),
            ("docked", "2020-01-01T14:00:00Z", {"station": "pear"}),
            ("landed", "2020-06-01T10:00:00Z", {"crew": ["ann"]}),
        )
        db, log = in_memory(), ListLog(facts[:1])
        one, other = ReadModel(db), ReadModel(db)
        for end in (1, 2, 3):
            log.events = facts[:end]
            taken = [model.advance(log).events for model in (one, other, one)]
            assert taken == [1, 0, 0]
        assert contents(db) == contents(built(facts))

    def test_a_batch_that_fails_at_its_end_is_done_again_as_a_whole(self) -> None:
        facts = flight(
            "apple",
            ("launched", "2020-01-01T10:00:00Z", {"crew": ["ann"]}),
            ("landed", "2020-06-01T10:00:00Z", {"crew": ["ann"]}),
        )
        db, log = in_memory(), ListLog(facts[:1])
        model = ReadModel(db)
        model.catch_up(log)
        log.events = facts

        def fail(done: int, total: int) -> None:
            raise KeyboardInterrupt

        for _ in range(3):
            with pytest.raises(KeyboardInterrupt):
                model.advance(log, progress=fail)
        assert model.advance(log).events == 1
        assert contents(db) == contents(built(facts))


@settings(max_examples=10, deadline=None)
@given(data=st.data(), history=histories())
def test_however_it_is_built_it_is_the_same(data: st.DataObject, history: list[Event]) -> None:
    """One by one, in batches, by several, beside the old one, or at once."""
    events = data.draw(st.permutations(history))
    db, log = in_memory(), ListLog()
    models = [ReadModel(db), ReadModel(db)]
    for end in sorted(data.draw(st.sets(st.integers(1, len(events)), max_size=6)) | {len(events)}):
        log.events = list(events[:end])
        most = data.draw(st.integers(1, 7))
        while not data.draw(st.sampled_from(models)).advance(log, most).is_up_to_date:
            pass
    grown = contents(db)
    assert grown == contents(built(events))
    models[0].rebuild(log)
    assert contents(db) == grown


@pytest.mark.parametrize("processes", [1, 2])
def test_processes_that_share_the_work_build_the_same(processes: int, place: Where) -> None:
    db = in_memory()
    with open_log(place) as log:
        log.record(HISTORY)
        assert ReadModel(db, processes=processes).rebuild(log) == len(HISTORY)
    assert contents(db) == contents(built(HISTORY))
