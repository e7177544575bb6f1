"""Processes that work is shared with: they take turns, and what comes of it comes in order.

This process has no thread for it. It gives each of the others something to do, goes on with its own
meanwhile, and takes what they send back. A pool with threads that take it in would have each of a
million rows that are written to a database wait for them.
"""

from __future__ import annotations

import marshal
import os
import signal
import threading
from collections import deque
from multiprocessing import get_context, parent_process
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkContext

    Work = Callable[[Any], Any]


class WorkerError(Exception):
    """A process that work was shared with has ended before its time."""


def shared(
    method: str,
    begin: Callable[[], Work],
    pieces: Iterable[Any],
    processes: int,
    meanwhile: Iterator[object],
) -> Iterator[Any]:
    """Yield what comes of each piece of work, in their order.

    `begin` is called in each process, and returns what does the work. `meanwhile` is advanced while
    there is no result yet, and in the end until it is exhausted.
    """
    # What is asked of it is the same in all of them.
    context = cast("ForkContext", get_context(method))
    crew: list[_Worker] = []
    try:
        while len(crew) < processes:
            crew.append(_Worker(context, begin))
        yield from _in_turns(crew, pieces, meanwhile)
    except BaseException:
        for worker in crew:
            worker.process.kill()
        raise
    finally:
        for worker in crew:
            worker.process.join()
            worker.line.close()


def _in_turns(
    crew: list[_Worker], pieces: Iterable[Any], meanwhile: Iterator[object]
) -> Iterator[Any]:
    """Give each its pieces, always one more than it is at, and yield what comes of them."""
    given: deque[_Worker] = deque()
    for number, piece in enumerate(pieces):
        done = [given.popleft().received(meanwhile)] if len(given) == 2 * len(crew) else []
        worker = crew[number % len(crew)]
        worker.send((piece,))
        given.append(worker)
        yield from done
    for worker in crew:
        worker.send(None)
    while given:
        yield given.popleft().received(meanwhile)
    for _ in meanwhile:
        pass


class _Worker:
    """A process that works, as the one that has it do so sees it."""

    def __init__(self, context: ForkContext, begin: Callable[[], Work]) -> None:
        self.line, there = context.Pipe()
        self.process = context.Process(target=_serve, args=(begin, there), daemon=True)
        self.process.start()
        there.close()

    def send(self, piece: tuple[Any] | None) -> None:
        """Give it something to do, or nothing any more."""
        try:
            self.line.send(piece)
        except ConnectionError as ended:
            raise WorkerError(f"process {self.process.pid} has ended") from ended

    def received(self, meanwhile: Iterator[object]) -> Any:
        """Return what it sends next; raise what was raised there."""
        nothing_more = object()
        while not self.line.poll() and next(meanwhile, nothing_more) is not nothing_more:
            pass
        try:
            found, error = marshal.loads(self.line.recv_bytes()), None  # noqa: S302 - our own
            if found is None:
                found, error = self.line.recv()
        except (EOFError, ConnectionError) as ended:
            raise WorkerError(f"process {self.process.pid} has ended") from ended
        if error is not None:
            raise error
        return found


def _serve(begin: Callable[[], Work], line: Connection) -> None:
    """Work, in another process, until there is nothing more to do."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the first process ends this one
    threading.Thread(target=_end_with_the_first, daemon=True).start()
    work: Work | None = None
    piece = line.recv()
    while piece is not None:
        try:
            work = work or begin()
            packed, found, error = b"", work(piece[0]), None
        except Exception as raised:  # which is raised again where the work was asked for
            packed, found, error = _NOTHING, None, raised
        # The next piece is received first, because its sender waits for that.
        piece = line.recv()
        if not packed:
            try:
                packed = marshal.dumps(found)  # in half the time of a pickle
            except ValueError:  # something other than plain values is among it
                packed = _NOTHING
        line.send_bytes(packed)
        if packed == _NOTHING:
            line.send((found, error))


_NOTHING = marshal.dumps(None)
"""What says that a pickle follows."""


def _end_with_the_first() -> None:
    """End when the process does that the work is shared with, however it ends."""
    first = parent_process()
    if first is not None:
        first.join()
        os._exit(1)
