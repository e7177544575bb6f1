"""The Python interface: an object that asks a log, and records in it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from aboard.app.answers.base import answer_of
from aboard.app.answers.recording import AmendAnswer, RecordAnswer
from aboard.app.arguments import name_or_empty, not_empty
from aboard.app.clock import now
from aboard.app.errors import UsageError
from aboard.app.instants import as_time
from aboard.app.log_reader import LogReader
from aboard.events.time import Time

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from aboard.app.instants import Moment
    from aboard.app.record import Outcome
    from aboard.storage.connection import Connection


class Client(LogReader):
    """A log to ask and to record in; :func:`aboard.open` returns one."""

    def record(
        self,
        type: str,  # noqa: A002 - the word of a ledger
        stream: str,
        *,
        source: str | Sequence[str] = (),
        happened: Moment | None = None,
        known: Moment | None = None,
        note: str | None = None,
        id: str | None = None,  # noqa: A002 - the word of a ledger
        by: str | None = None,
        ledger: Path | None = None,
        preview: bool = False,
        fields: Mapping[str, Any] | None = None,
    ) -> RecordAnswer:
        """Record an event; with `preview` record nothing, and return what would change.

        `fields` are those of the type, with ids and times as a ledger file has them; `aboard record
        TYPE --help` lists them. With `ledger`, a folder, it is written there too. Raises
        :class:`aboard.RecordingRefused` with every finding.
        """
        not_empty("type", type)
        not_empty("stream", stream)
        envelope = {
            "id": name_or_empty("id", id),
            "happened": _written("happened", not_empty("happened", happened)),
            "known": _written("known", not_empty("known", known)),
            "note": name_or_empty("note", note),
            "source": _sources(source),
        }
        given = {name: value for name, value in envelope.items() if value}
        entry = {"type": type, "stream": stream, **(fields or {}), **given}
        return self.record_all([entry], by=by, ledger=ledger, preview=preview)

    def record_all(
        self,
        events: Iterable[Mapping[str, Any]],
        *,
        by: str | None = None,
        ledger: Path | None = None,
        preview: bool = False,
    ) -> RecordAnswer:
        """Record events, all of them or none; each is a dictionary as `aboard record -` takes it.

        An event that is recorded already, by its id, is skipped.
        """
        from aboard.app.record import open_to_record, record  # noqa: PLC0415 - heavy
        from aboard.loader.record_input import JsonLines, completed  # noqa: PLC0415

        recorder = name_or_empty("by", by)
        stated = [{name: _written(name, value) for name, value in one.items()} for one in events]
        with self._errors(), open_to_record(self._database, self._reporter) as opened:
            for entry in stated:
                _resolve(opened.before, entry)
            file = JsonLines(json.dumps(entry).encode() for entry in stated)
            file.content = {"event": completed(file.entries, opened.log, opened.instant)}
            outcome = record(
                opened, file, by=recorder, preview=preview, ledger=ledger, reporter=self._reporter
            )
        return answer_of(RecordAnswer, _recorded_answer(outcome))

    def correct(
        self,
        event: str,
        changes: Mapping[str, Any],
        *,
        reason: str,
        source: str | Sequence[str],
        known: Moment | None = None,
        transcription: bool = False,
        note: str | None = None,
        by: str | None = None,
        ledger: Path | None = None,
        preview: bool = False,
    ) -> AmendAnswer:
        """Record what an event should have said; a new value of None takes a field away.

        With `transcription` the error was made in writing the fact down, and as known before the
        correction the right value is the answer too. With `ledger`, a folder, it is written there
        too.
        """
        said = {
            "changes": {
                name: _written(name, value) for name, value in changes.items() if value is not None
            },
            "removes": [name for name, value in changes.items() if value is None],
        }
        return self._amend(
            "corrected", event, said, reason=reason, source=source, known=known, note=note,
            transcription=transcription, by=by, ledger=ledger, preview=preview,
        )  # fmt: skip

    def retract(
        self,
        event: str,
        *,
        reason: str,
        source: str | Sequence[str],
        known: Moment | None = None,
        transcription: bool = False,
        note: str | None = None,
        by: str | None = None,
        ledger: Path | None = None,
        preview: bool = False,
    ) -> AmendAnswer:
        """Record that an event, or every event of a batch, does not hold."""
        return self._amend(
            "retracted", event, {}, reason=reason, source=source, known=known, note=note,
            transcription=transcription, by=by, ledger=ledger, preview=preview,
        )  # fmt: skip

    def _amend(
        self,
        kind: str,
        event: str,
        said: dict[str, Any],
        *,
        reason: str,
        source: str | Sequence[str],
        known: Moment | None,
        note: str | None,
        transcription: bool,
        by: str | None,
        ledger: Path | None,
        preview: bool,
    ) -> AmendAnswer:
        from aboard.app.record import amend  # noqa: PLC0415 - heavy

        for name, value in (("event", event), ("reason", reason), ("ledger", ledger)):
            not_empty(name, value)
        recorder = name_or_empty("by", by)
        today = Time(Time.at(now()).fields[:3])
        said = {
            "source": _sources(source),
            **said,
            "reason": reason,
            "transcription": transcription or None,
            "note": name_or_empty("note", note) or None,
            "known": str(today if known is None else as_time(not_empty("known", known), "known")),
        }
        with self._errors():
            done = amend(
                self._database, kind, event, said,
                by=recorder, ledger=ledger, preview=preview, reporter=self._reporter,
            )  # fmt: skip
        data = {"ids": [event["id"] for event in done.events], "toml": done.toml}
        return answer_of(AmendAnswer, _recorded_answer(done) | data)


def open_client(
    database: str | os.PathLike[str] | None = None,
    *,
    create: bool = False,
    plugins: Sequence[Path] = (),
    progress: Callable[[str, int, int], None] | None = None,
    note: Callable[[str], None] | None = None,
) -> Client:
    """Open a log to ask and to record in.

    `database` is the path of a file or a ``postgresql://`` URL. Without it, it is found as the
    command line finds it: ``ABOARD_DATABASE``, then the configuration file, then the user's data
    folder. A file that is named and does not exist is refused, unless `create` is given; only the
    one in the data folder is created without that. The first question that is asked of an empty log
    loads the ledger that comes with the program.

    `plugins` are files with projections of your own. While something long is done, `progress` is
    called with what it is, how much is done, and the total. `note` is called with what should be
    known about an answer, such as that an event could not be read.
    """
    return Client(database, create=create, plugins=plugins, progress=progress, note=note)


def _sources(given: str | Sequence[str]) -> list[str]:
    sources = [given] if isinstance(given, str) else list(given)
    return [not_empty("source", one) for one in sources]


def _written(name: str, value: Any) -> Any:
    """Return a value of an event as JSON has it: times become texts, and parts dictionaries."""
    if isinstance(value, Time | datetime):
        return str(as_time(value, name))
    if isinstance(value, Mapping):
        return {key: _written(f"{name}.{key}", one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_written(name, one) for one in value]
    return value


def _resolve(db: Connection, entry: dict[str, Any]) -> None:
    """Replace the type, the stream and the sources of an entry by what their names mean.

    What has no form of its own is left to the checks, which say where it is.
    """
    from aboard.app.event_types import types_called, unknown_type  # noqa: PLC0415 - heavy
    from aboard.app.names import NameResolver  # noqa: PLC0415

    name, stream = entry.get("type"), entry.get("stream")
    if not isinstance(name, str) or not isinstance(stream, str):
        return
    classes = types_called(name)
    kind = stream.partition("/")[0]
    meant = [cls for cls in classes if cls.TOPIC.partition(".")[0] == kind] or classes
    if not meant:
        raise unknown_type(name)
    if len(meant) > 1:
        raise UsageError(
            f"{name} could be any of: {', '.join(cls.TOPIC for cls in meant)}",
            "give the whole type, or the whole stream",
            argument="type",
        )
    names = NameResolver(db)
    entry["type"] = meant[0].TOPIC
    entry["stream"] = names.stream(meant[0], stream)
    sources = entry.get("source")
    if isinstance(sources, list):
        entry["source"] = [
            names.id("source", "source", one) if isinstance(one, str) else one for one in sources
        ]


def _recorded_answer(outcome: Outcome) -> dict[str, Any]:
    return {
        "recorded": outcome.recorded,
        "events": outcome.events,
        "already": outcome.already,
        "changes": outcome.changes,
        "findings": [
            {"rule": one.rule, "message": one.message, "hint": one.hint, "missing": one.missing}
            for one in outcome.notes
        ],
        "batch": outcome.batch,
        "position": outcome.position,
        "ledger": outcome.files,
    }
