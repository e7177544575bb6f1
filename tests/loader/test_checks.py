"""Looking up what a fact may be at odds with finds what looking at everything does."""

from __future__ import annotations

import random
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aboard.domain.eventlog.log import Log, open_log
from aboard.domain.problem import Problem, Refused
from aboard.domain.rules.cross_stream import conflicts, new_conflicts
from aboard.domain.rules.decisions import Decisions
from aboard.events.amendments import AT_LAST, amended
from aboard.events.fact import Amendment
from aboard.events.flight import Docked, Launched
from aboard.events.order import in_order
from aboard.loader.baseline import Baseline, LogBaseline
from tests import build
from tests.build import instant
from tests.conftest import NOW
from tests.projections.histories import histories

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import pytest

    from aboard.events.envelope import Event

PORTS = ("port-1", "port-2", None)


@contextmanager
def a_log(folder: Path) -> Iterator[Log]:
    with open_log(folder / "log.sqlite") as log:
        yield log


def whole(before: Sequence[Event], after: Sequence[Event]) -> set[Problem]:
    """Return what is wrong across streams only with what was added, looking at everything."""
    return set(conflicts(amended(after, AT_LAST))) - set(conflicts(amended(before, AT_LAST)))


def one_by_one(facts: Sequence[Event], log: Log) -> list[set[Problem]]:
    """Record facts one by one, whatever is wrong across streams; return what was found of each.

    Each is examined by lookups in the log and in memory, and held against looking at everything.
    """
    recorded: list[Event] = []
    found = []
    for fact in facts:
        with log.snapshot() as snapshot:
            base = LogBaseline(snapshot)
            deciding = Decisions(base.stream, NOW)
            try:
                deciding.accept(fact)
            except Refused:
                continue
            narrow, guards = new_conflicts(deciding.changed().values(), base), deciding.guards()
        in_memory = Baseline(recorded)
        same = Decisions(in_memory.stream, NOW)
        same.accept(fact)
        assert narrow == whole(recorded, [*recorded, *deciding.accepted])
        assert new_conflicts(same.changed().values(), in_memory) == narrow
        log.record([*deciding.accepted, *guards])
        recorded += deciding.accepted
        found.append(narrow)
    assert [event for _, event in log.read()] == recorded
    return found


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data(), facts=histories())
def test_over_histories(
    data: st.DataObject, facts: list[Event], tmp_path_factory: pytest.TempPathFactory
) -> None:
    facts = [
        fact.model_copy(update={"port": data.draw(st.sampled_from(PORTS))})
        if isinstance(fact, Docked) and fact.station
        else fact
        for fact in facts
    ]
    order = data.draw(st.permutations(facts))
    with a_log(tmp_path_factory.mktemp("narrow")) as log:
        one_by_one(order, log)


def test_over_the_shipped_ledger_in_several_orders(database: Path, tmp_path: Path) -> None:
    with open_log(database) as shipped:
        facts = [event for _, event in shipped.read()]
    # Not all of history: looking at everything for each fact takes the square of their number.
    since = instant("2022-03-18")
    late = {
        fact.originator_id
        for fact in facts
        if isinstance(fact, Launched) and fact.happened.earliest >= since
    }
    bearing = [
        fact
        for fact in facts
        if fact.originator_id in {*late, "station/iss"}
        if isinstance(fact, Amendment)
        or fact.TOPIC.partition(".")[2]
        in ("launched", "docked", "relocated", "undocked", "landed", "port_added", "port_removed")
    ]
    shuffled = random.Random(1971).sample(bearing, len(bearing))  # noqa: S311 - any order will do
    for number, order in enumerate((in_order(bearing), bearing[::-1], shuffled)):
        folder = tmp_path / str(number)
        with a_log(folder) as log:
            found = one_by_one(order, log)
            assert log.position > len(bearing)
        assert any(found) == (number > 0), "in the order of happening nothing is wrong"


def test_over_ports_that_come_and_go(tmp_path: Path) -> None:
    """Facts of two flights at a port that was not there yet, or is gone, and what mends them."""
    port: dict[str, Any] = {"stream": "station/pear", "port": "port-1"}
    facts = [
        build.fact("port_added", "2022-02-01", id="pear/added", name="One", **port),
        build.fact("port_removed", "2022-06-01", id="pear/removed", **port),
        build.fact("docked", "2022-01-02", id="apple/docked", station="pear", port="port-1"),
        build.fact("undocked", "2022-03-01", id="apple/undocked", crew=[]),
        build.fact("docked", "2022-02-14", id="plum/docked", station="pear", port="port-1",
                   stream="flight/plum"),
        build.fact("relocated", "2022-07-01", id="plum/relocated", undocked_at="2022-07-01",
                   to_port="port-2", stream="flight/plum"),
        build.fact("fact.corrected", "2023", id="pear/added-earlier", stream="station/pear",
                   target="pear/added", reason="misread", changes={"happened": "2022-01-01"}),
        build.fact("fact.corrected", "2023", id="apple/undocked-earlier", target="apple/undocked",
                   reason="misread", changes={"happened": "2022-02-01"}),
    ]  # fmt: skip
    orders = random.Random(1998)  # noqa: S311 - any orders will do
    rules: set[str] = set()
    for number in range(30):
        with a_log(tmp_path / str(number)) as log:
            found = one_by_one(orders.sample(facts, len(facts)), log)
        rules |= {problem.rule for problems in found for problem in problems}
    assert rules == {"no-such-port-yet", "port-gone", "port-taken"}
