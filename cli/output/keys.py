"""The keys of a terminal, one by one, as they are pressed, and interrupts as they come."""

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
    """Let the terminal give each key at once, unseen; set it back at the end."""
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
    """Let an interrupt wait while a picture is drawn: the terminal has all of it or none."""
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

    A signal that comes just before a read would not end it: Python heeds it when the read is done,
    which is when the next key is pressed.
    """
    signalled, told = os.pipe()
    os.set_blocking(told, False)
    before = signal.set_wakeup_fd(told, warn_on_full_buffer=False)
    try:
        yield signalled
    finally:
        signal.set_wakeup_fd(before)
        for end in (signalled, told):
            os.close(end)


def _pressed(terminal: int, signalled: int) -> Iterator[Key]:
    """Yield what is asked for; the end of input is as good as quitting."""
    while True:
        ready, _, _ = select.select([terminal, signalled], [], [])
        if signalled in ready:
            os.read(signalled, 1_024)  # whatever the signal does has been done by now
        if terminal not in ready:
            continue
        if not (sent := os.read(terminal, 1_024)):
            break
        yield from meant(sent)
    yield Key.quit


def meant(sent: bytes) -> Iterator[Key]:
    """Yield the meanings of what was sent; what has none is passed over."""
    for one in _ONE.findall(sent):
        if key := MEANINGS.get(one):
            yield key
