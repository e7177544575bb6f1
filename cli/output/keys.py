"""The keys that are pressed on a terminal, one by one, and interrupts."""

from __future__ import annotations

import enum
import os
import re
import select
import signal
import sys
import termios
import tty
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Key(enum.Enum):
    """What a key asks for."""

    next = enum.auto()
    back = enum.auto()
    home = enum.auto()
    end = enum.auto()
    quit = enum.auto()


MEANINGS = {
    b" ": Key.next, b"j": Key.next, b"l": Key.next, b"\r": Key.next, b"\n": Key.next,
    b"\x1b[C": Key.next, b"\x1b[B": Key.next, b"\x1bOC": Key.next, b"\x1bOB": Key.next,
    b"b": Key.back, b"k": Key.back, b"h": Key.back, b"\x7f": Key.back,
    b"\x1b[D": Key.back, b"\x1b[A": Key.back, b"\x1bOD": Key.back, b"\x1bOA": Key.back,
    b"g": Key.home, b"\x1b[H": Key.home, b"\x1bOH": Key.home, b"\x1b[1~": Key.home,
    b"G": Key.end, b"\x1b[F": Key.end, b"\x1bOF": Key.end, b"\x1b[4~": Key.end,
    b"q": Key.quit, b"\x1b": Key.quit, b"\x04": Key.quit,
}  # fmt: skip
"""What terminals send for a key, in either of the two modes of the arrows."""

_ONE = re.compile(rb"\x1b[\[O][0-9;]*[A-Za-z~]|.", re.DOTALL)


@contextmanager
def keys() -> Iterator[Iterator[Key]]:
    """Make the terminal send each key at once without echo; restore it at the end."""
    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)
    try:
        tty.setcbreak(terminal)
        with _signalled() as signalled:
            yield _pressed(terminal, signalled)
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Delay interrupts while a picture is drawn, so that it is drawn whole."""
    came: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: came.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        if came:
            signal.raise_signal(signal.SIGINT)


@contextmanager
def _signalled() -> Iterator[int]:
    """Yield what can be read from once a signal has come.

    A signal that arrives just before a read would not interrupt it: Python handles the signal only
    after the read, when the next key is pressed.
    """
    signalled, written = os.pipe()
    os.set_blocking(written, False)
    before = signal.set_wakeup_fd(written, warn_on_full_buffer=False)
    try:
        yield signalled
    finally:
        signal.set_wakeup_fd(before)
        for end in (signalled, written):
            os.close(end)


def _pressed(terminal: int, signalled: int) -> Iterator[Key]:
    """Yield what each key asks for; the end of input means quit."""
    while True:
        ready, _, _ = select.select([terminal, signalled], [], [])
        if signalled in ready:
            os.read(signalled, 1_024)  # the signal has been handled by now
        if terminal not in ready:
            continue
        if not (sent := os.read(terminal, 1_024)):
            break
        yield from meant(sent)
    yield Key.quit


def meant(sent: bytes) -> Iterator[Key]:
    """Yield the meanings of the bytes that were sent; unknown ones are skipped."""
    for one in _ONE.findall(sent):
        if key := MEANINGS.get(one):
            yield key
