"""Loading: all or nothing, once, and in any order."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from aboard.app.build import build
from aboard.app.database import FileDatabase
from aboard.domain.eventlog.log import VersionConflict, open_log
from aboard.loader.check import check
from aboard.loader.ledger import shipped_ledger
from aboard.loader.load import load
from aboard.loader.record import ATTEMPTS, RecordResult
from aboard.projections.read_model.read_model import catch_up, ignore, open_to_write, rebuild
from tests.conftest import NOW
from tests.folders import CORPUS
from tests.loader.content import comparable, content, ids, position, tables

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aboard.events.envelope import Event

SHIPPED = shipped_ledger()
FLIGHTS = sorted(
    path.relative_to(SHIPPED / "flights").as_posix()
    for path in (SHIPPED / "flights").rglob("*.toml")
)
SPACEWALKS = SHIPPED / "spacewalks"
REGISTERS = [SHIPPED / name for name in ("sources.toml", "people.toml", "stations", "agreements")]


def loaded(log: Path, *paths: Path) -> RecordResult:
    with open_log(log) as opened:
        return load(opened, paths, NOW, ignore)


def told(outcome: RecordResult) -> tuple[int, int, int]:
    """Return how many events were recorded, how many had been, and the position after it."""
    assert outcome.findings == ()
    return len(outcome.events), outcome.already, outcome.position


def levelled(log: Path) -> Path:
    """Bring the read model of a log level; return it."""
    read_model = FileDatabase(log).read_model
    with open_log(log) as opened, open_to_write(read_model) as db:
        catch_up(db, opened)
    return read_model


def meta(log: Path) -> dict[str, str]:
    """Return what the read model of a log says of itself."""
    return dict(tables(FileDatabase(log).read_model)["meta"])


def test_a_ledger_is_recorded_whole(tmp_path: Path) -> None:
    log = tmp_path / "log.sqlite"
    stated = sorted(event.id for event in check([SHIPPED], NOW).events)

    outcome = loaded(log, SHIPPED)

    assert told(outcome) == (len(stated), 0, len(stated) + 12), "and a guard of each station"
    assert ids(log) == stated


def test_loading_twice_changes_nothing(database: Path) -> None:
    before = content(database)

    outcome = loaded(database, SHIPPED)
    levelled(database)

    assert told(outcome) == (0, len(ids(database)), position(database))
    assert content(database) == before


def test_loading_later_changes_nothing(database: Path) -> None:
    before = content(database)

    with open_log(database) as opened:
        outcome = load(opened, [SHIPPED], NOW + 86_400, ignore)

    assert (len(outcome.events), outcome.findings) == (0, ())
    assert content(database) == before


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        ("2022-09-21T17:06:34Z", "2022-09-21T17:06:33Z", "happened"),
        ('port = "rassvet-nadir"', 'port = "poisk-zenith"', "port"),
        ('port = "rassvet-nadir"\n', "", "port"),
        ('"scitechdaily-2022-09-21", "gcat"', '"gcat"', "source"),
        ('port = "rassvet-nadir"', 'port = "rassvet-nadir"\nnote = "And so it was."', "note"),
    ],
)
def test_a_changed_fact_is_refused(
    database: Path, tmp_path: Path, old: str, new: str, changed: str
) -> None:
    file = tmp_path / "soyuz-ms-22.toml"
    shutil.copy(SHIPPED / "flights/soyuz-ms-22.toml", file)
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")
    before = content(database)

    outcome = loaded(database, file)

    assert (len(outcome.events), outcome.position) == (0, position(database))
    assert [(one.rule, one.message) for one in outcome.findings] == [
        ("changed-fact", f"soyuz-ms-22/docked is already recorded, and differs in {changed}")
    ]
    assert content(database) == before


def test_an_order_of_keys_or_entries_is_no_change(database: Path, tmp_path: Path) -> None:
    file = tmp_path / "any-name.toml"
    text = (SHIPPED / "flights/soyuz-ms-22.toml").read_text("utf-8")
    head, *parts = re.split(r"^(\[\[\w+\]\])$", text, flags=re.MULTILINE)
    entries = list(zip(parts[::2], parts[1::2], strict=True))
    turned = [
        "\n".join([table, *reversed(re.split(r"\n(?=\w+ = )", keys.strip()))])
        for table, keys in reversed(entries)
    ]
    file.write_text("\n\n".join([head, *turned]), "utf-8")

    outcome = loaded(database, file)

    assert (len(outcome.events), outcome.already, outcome.findings) == (0, len(entries), ())


def test_a_file_less_is_loaded_later(tmp_path: Path) -> None:
    log, whole = tmp_path / "log.sqlite", tmp_path / "whole.sqlite"
    part = Path(shutil.copytree(SHIPPED, tmp_path / "part"))
    (part / "flights/ax-4.toml").unlink()  # which no other file names

    first = loaded(log, part)
    levelled(log)
    second = loaded(log, SHIPPED)
    third = loaded(log, SHIPPED)
    loaded(whole, SHIPPED)

    assert first.refusal == second.refusal == ()
    assert len(first.events) > 0
    assert len(second.events) > 0
    assert second.already == len(first.events)
    assert told(third) == (0, len(ids(log)), second.position)
    assert ids(log) == ids(whole)
    assert comparable(levelled(log)) == comparable(levelled(whole))


def test_a_file_at_a_time_beside_the_rest(tmp_path: Path) -> None:
    log = tmp_path / "log.sqlite"
    loaded(log, CORPUS / "before")

    outcome = loaded(log, CORPUS / "before" / "flights", CORPUS / "before" / "flights/dove-1.toml")

    assert told(outcome) == (0, 3, 8)


def test_nothing_is_recorded_while_one_of_many_files_is_bad(tmp_path: Path) -> None:
    log = tmp_path / "log.sqlite"
    ledger = Path(shutil.copytree(SHIPPED, tmp_path / "ledger"))
    (ledger / "flights/zz.toml").write_text("[[event]]\n", "utf-8")

    outcome = loaded(log, ledger)

    assert (len(outcome.events), outcome.position) == (0, 0)
    assert [one.rule for one in outcome.findings] == ["missing-field"]
    assert ids(log) == []


def test_what_was_recorded_by_another_meanwhile_is_decided_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "log.sqlite"
    with open_log(log) as ours:
        record, calls = ours.record, 0

        def beaten(events: Sequence[Event], **more: Any) -> int:
            nonlocal calls
            calls += 1
            if calls == 1:
                loaded(log, CORPUS / "before")
            return record(events, **more)

        monkeypatch.setattr(ours, "record", beaten)
        outcome = load(ours, [CORPUS / "before"], NOW, ignore)

    assert calls == 1
    assert told(outcome) == (0, 7, 8)
    assert len(ids(log)) == 7


def test_who_is_always_beaten_gives_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_log(tmp_path / "log.sqlite") as log:
        calls = 0

        def refuse(_events: Sequence[Event], **_more: object) -> int:
            nonlocal calls
            calls += 1
            raise VersionConflict("always")

        monkeypatch.setattr(log, "record", refuse)
        with pytest.raises(VersionConflict, match="always"):
            load(log, [CORPUS / "before"], NOW, ignore)

    assert calls == ATTEMPTS


def test_progress_is_told(tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []

    with open_log(tmp_path / "log.sqlite") as log:
        load(log, [CORPUS / "before"], NOW, lambda done, total: steps.append((done, total)))

    assert steps == [(0, 3), (1, 3), (2, 3), (3, 3)]


def test_the_read_model_catches_up_with_a_log_that_went_ahead(tmp_path: Path) -> None:
    """As after a crash between the commit of the log and that of the read model."""
    log = tmp_path / "log.sqlite"
    loaded(log, CORPUS / "before")
    levelled(log)
    loaded(log, CORPUS / "left-behind", SHIPPED)
    older = meta(log)

    build(FileDatabase(log))

    assert older["position"] == "8"
    assert meta(log)["position"] == str(position(log))
    incremental = comparable(FileDatabase(log).read_model)
    FileDatabase(log).read_model.unlink()
    assert comparable(levelled(log)) == incremental


def announce(folder: Path) -> Path:
    """Write the flights' first events alone: an id is to be registered before it is named."""
    for name in FLIGHTS:
        head, *entries = (SHIPPED / "flights" / name).read_text("utf-8").split("[[event]]")
        planned = [entry for entry in entries if '\ntype = "planned"\n' in entry]
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("[[event]]".join([head, *planned]), "utf-8")
    return folder


orders = st.permutations(FLIGHTS)


@settings(
    max_examples=1,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(order=orders, cuts=st.lists(st.integers(1, len(FLIGHTS) - 1), max_size=2).map(sorted))
@example(order=FLIGHTS[::-1], cuts=[70, 250])
def test_files_in_any_order_give_the_same_answers(
    order: list[str],
    cuts: list[int],
    database: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("order")
    log = folder / "log.sqlite"
    files = [SHIPPED / "flights" / name for name in order]
    batches = [files[i:j] for i, j in zip([0, *cuts], [*cuts, len(files)], strict=True)]

    for batch in [[*REGISTERS, announce(folder)], *filter(None, batches)]:
        assert loaded(log, *batch).refusal == ()
        levelled(log)
    # Last, since some are from craft that no first event of a flight registers.
    assert loaded(log, SPACEWALKS).refusal == ()
    levelled(log)

    assert ids(log) == ids(database)
    assert comparable(FileDatabase(log).read_model) == comparable(FileDatabase(database).read_model)


def test_rebuilding_equals_catching_up(tmp_path: Path) -> None:
    log = tmp_path / "log.sqlite"
    for batch in (REGISTERS, *([SHIPPED / "flights" / name] for name in FLIGHTS[:8])):
        loaded(log, *batch)
        levelled(log)
    read_model = FileDatabase(log).read_model
    incremental = comparable(read_model), tables(read_model)["meta"]

    with open_log(log) as opened, open_to_write(read_model) as db:
        rebuild(db, opened)

    assert (comparable(read_model), tables(read_model)["meta"]) == incremental


def test_positions_have_no_gap_but_for_guards_and_batches_a_correlation(tmp_path: Path) -> None:
    with open_log(tmp_path / "log.sqlite") as log:
        load(log, [CORPUS / "before"], NOW, ignore)
        load(log, [CORPUS / "left-behind"], NOW, ignore)
        load(log, [CORPUS / "flight-unnamed"], NOW, ignore)

        correlations = {event.correlation_id for _, event in log.read()}
        guards = {8, 14}
        assert [at for at, _ in log.read()] == [
            at for at in range(1, log.position + 1) if at not in guards
        ]
    assert len(correlations) == 2
    assert None not in correlations
