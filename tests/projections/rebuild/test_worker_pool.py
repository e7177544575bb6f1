"""Work that is shared with other processes."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING, Any

import pytest

from aboard.projections.rebuild.worker_pool import WorkerError, shared

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FAR = 2_000_000
"""More than fits between two processes at once."""


class Odd(int):
    """A value that is no plain one."""


def begin() -> Callable[[Any], Any]:
    """Return what does the work, in each process."""
    return work


def work(piece: tuple[str, Any]) -> Any:
    """Do what a piece of work says."""
    what, value = piece
    if what == "raise":
        raise LookupError(value)
    if what == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    return Odd(value) if what == "odd" else (os.getpid(), value)


def of(*pieces: tuple[str, Any]) -> list[Any]:
    """Return what comes of some pieces that two processes share."""
    return list(shared("spawn", begin, pieces, 2, iter(())))


def test_what_comes_of_the_work_comes_in_order_from_all_of_them() -> None:
    found = of(*(("tell", number) for number in range(9)))
    assert [value for _, value in found] == list(range(9))
    pids = {pid for pid, _ in found}
    assert len(pids) == 2
    assert os.getpid() not in pids


def test_pieces_of_any_size_go_there_and_back() -> None:
    found = of(*(("tell", f"{number}" * FAR) for number in range(8)))
    assert [(value[0], len(value)) for _, value in found] == [(str(n), FAR) for n in range(8)]


def test_a_value_that_is_no_plain_one_comes_back_as_it_is() -> None:
    (found,) = of(("odd", 5))
    assert (type(found), found) == (Odd, 5)


def test_what_is_raised_there_is_raised_here() -> None:
    with pytest.raises(LookupError, match="pear"):
        of(("tell", 1), ("raise", "pear"), ("tell", 2))


def test_who_is_killed_is_missed() -> None:
    with pytest.raises(WorkerError, match="has ended"):
        of(("tell", 1), ("die", 0), ("tell", 2))


def test_other_work_goes_on_meanwhile_and_to_its_end() -> None:
    done: list[int] = []

    def others() -> Iterator[None]:
        for number in range(1_000):
            done.append(number)
            yield

    found = []
    for one in shared("spawn", begin, [("tell", 1)], 1, others()):
        assert done, "a process takes longer to start than one step of this"
        found.append(one[1])
    assert (found, done) == ([1], list(range(1_000)))


def test_nobody_is_left_when_what_is_done_meanwhile_raises() -> None:
    def others() -> Iterator[None]:
        yield
        raise ZeroDivisionError

    working = shared("spawn", begin, [("tell", 1)], 1, others())
    with pytest.raises(ZeroDivisionError):
        list(working)
    assert not list(working)
