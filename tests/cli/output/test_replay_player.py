"""Playing a replay on a terminal: by the clock, by the keys, and through a pager."""

from __future__ import annotations

import io
import json
import os
import pty
import re
import select
import signal
import subprocess
import termios
import time
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, NoReturn

import pytest
from rich.console import Console

from aboard.cli.output import replay_player as playing
from aboard.cli.output.keys import Key, _pressed, _signalled, meant, undisturbed
from aboard.cli.output.pager import paged
from aboard.cli.output.replay_player import Screen, Shot, Visited, play_by_hand, play_by_time
from aboard.projections.replay.by_record import ReplayByRecord
from aboard.projections.replay.replay import Replay
from aboard.projections.replay.steps import ReplayQuery
from tests.build import fact, instant
from tests.cli.output.test_terminal import on_a_terminal
from tests.cli.running import PROGRAM, environment, spawn
from tests.projections.model import built
from tests.projections.replay.test_replay import ALWAYS, LAST, STAY

if TYPE_CHECKING:
    from pathlib import Path

    from aboard.events.envelope import Event

WEEK = ("replay", "iss", "--from", "2022-09-29", "--to", "2022-10-07", "--known", "2023-01-01")
OTHER_SCREEN, FIRST_SCREEN, CURSOR = "\x1b[?1049h", "\x1b[?1049l", "\x1b[?25h"
ASKED = ReplayQuery(None, "happened", LAST, instant("2020-01-01"), instant("2020-07-02"))


class Terminal:
    """A program on a terminal, to press keys and to see what is shown."""

    def __init__(self, *arguments: str, **env: str) -> None:
        self.ours, theirs = pty.openpty()
        termios.tcsetwinsize(theirs, (40, 100))
        self.before = termios.tcgetattr(theirs)
        self.process = subprocess.Popen(
            [*PROGRAM, *arguments],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=environment(**{"TERM": "xterm", **env}),
            start_new_session=True,
        )
        self.theirs = theirs
        self.shown = ""

    def until(self, *texts: str) -> str:
        """Read on until some texts are shown; return what was shown since the last time."""
        end, seen = time.monotonic() + 30, ""
        while not all(text in seen for text in texts):
            ready, _, _ = select.select([self.ours], [], [], end - time.monotonic())
            if not ready:
                self._give_up(f"{texts} are not in {seen!r}")
            seen += os.read(self.ours, 65_536).decode(errors="replace")
        self.shown += seen
        return seen

    def _give_up(self, why: str) -> NoReturn:
        self.process.kill()
        self.process.wait()
        pytest.fail(why)

    def press(self, keys: str) -> None:
        os.write(self.ours, keys.encode())

    def end(self) -> int:
        """Return the exit code; the terminal is then as it was."""
        try:
            code = self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self._give_up(f"it goes on after {self.shown!r}")
        while select.select([self.ours], [], [], 0.2)[0]:
            self.shown += os.read(self.ours, 65_536).decode(errors="replace")
        assert termios.tcgetattr(self.theirs) == self.before
        for end in (self.ours, self.theirs):
            os.close(end)
        return code


# By hand


def test_step_by_step_there_and_back(answering: Path) -> None:
    terminal = Terminal(*WEEK, "--step")
    terminal.until("Expedition 68 began")
    for key, then in (
        ("j", "undocked with Oleg Artemyev"), ("\x1b[C", "landed with Oleg Artemyev"),
        (" ", "rolled out"), ("k", "landed with Oleg Artemyev"), ("\x1b[D", "undocked with Oleg"),
        ("\x1b[F", "hatch opened"), ("j", "hatch opened"), ("\x1b[H", "Expedition 68 began"),
        ("b", "Expedition 68 began"), ("?\x1b[5~", ""),
    ):  # fmt: skip
        terminal.press(key)
        if then:
            terminal.until(then)
    terminal.press("q")

    assert terminal.end() == 0
    assert terminal.shown.index(OTHER_SCREEN) < terminal.shown.index("Expedition 68")
    assert terminal.shown.rindex(FIRST_SCREEN) > terminal.shown.rindex("Expedition 68")
    assert CURSOR in terminal.shown


def test_the_screen_of_a_step(answering: Path) -> None:
    terminal = Terminal(*WEEK, "--step", NO_COLOR="1")
    terminal.until("q: quit")
    terminal.press("G")
    shown = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", terminal.until("hatch opened", "q: quit"))
    terminal.press("q")

    assert terminal.end() == 0
    assert "International Space Station: 11 people at 2022-10-06T22:49:00Z" in shown
    assert re.search(r"Frank Rubio +aboard +2022-09-21T17:06:34Z +Soyuz MS-22", shown)
    assert re.search(r"Crew-5 +Harmony forward +docked +2022-10-06T21:01Z", shown)


def test_an_interrupt_gives_the_terminal_back(answering: Path) -> None:
    terminal = Terminal(*WEEK, "--step")
    terminal.until("q: quit")
    os.kill(terminal.process.pid, signal.SIGINT)

    assert terminal.end() == 130
    assert FIRST_SCREEN in terminal.shown
    assert "Traceback" not in terminal.shown


def test_an_interrupt_waits_for_the_end_of_a_picture() -> None:
    drawn: list[str] = []

    def draw() -> None:
        with undisturbed():
            signal.raise_signal(signal.SIGINT)
            drawn.append("all of it")

    with pytest.raises(KeyboardInterrupt):
        draw()
    assert drawn == ["all of it"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_signal_that_interrupts_nothing_is_no_key() -> None:
    heard: list[int] = []
    before = signal.signal(signal.SIGUSR1, lambda number, _: heard.append(number))
    ours, theirs = os.pipe()
    try:
        with _signalled() as signalled:
            os.kill(os.getpid(), signal.SIGUSR1)
            os.write(theirs, b"j")
            assert next(_pressed(ours, signalled)) is Key.next
            os.close(theirs)
            assert list(_pressed(ours, signalled)) == [Key.quit]
    finally:
        signal.signal(signal.SIGUSR1, before)
        os.close(ours)
    assert heard == [signal.SIGUSR1]
    assert signal.set_wakeup_fd(-1) == -1


@pytest.mark.parametrize(
    ("sent", "keys"),
    [
        (b" ", "next"), (b"jj", "next next"), (b"\x1b[A\x1b[B", "back next"), (b"\x1b", "quit"),
        (b"\x1bOC", "next"), (b"\x1b[1~\x1b[4~", "home end"), (b"\x1b[5~", ""), (b"x?", ""),
        (b"\x1b[1;5C", ""), (b"\x04", "quit"), (b"gG", "home end"), (b"\x7f", "back"),
    ],
)  # fmt: skip
def test_keys(sent: bytes, keys: str) -> None:
    assert [key.name for key in meant(sent)] == keys.split()


def test_what_has_been_seen() -> None:
    db = built(STAY)
    steps = Visited(Shot(step.instant, step, None) for step in Replay(db, ASKED))
    whole = list(Replay(db, ASKED))
    seen = []
    for key in (Key.next, Key.next, Key.back, Key.end, Key.next, Key.home, Key.back):
        steps.move(key)
        assert steps.here
        seen.append(whole.index(steps.here.step))

    last = len(whole) - 1
    assert seen == [1, 2, 1, last, last, 0, 0]


def test_where_there_is_no_step_at_all() -> None:
    steps = Visited([])
    steps.move(Key.next)
    steps.move(Key.end)

    assert steps.here is None


# By the clock


def played(asked: ReplayQuery, speed: float) -> int:
    db = built(STAY)
    return play_by_time(db, asked, Replay(db, asked), speed)


class Clock:
    """A clock that goes on only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What is shown on a terminal of a hundred columns."""
    text = io.StringIO()
    monkeypatch.setattr(
        playing,
        "Console",
        lambda: Console(file=text, force_terminal=True, width=100, height=40, color_system=None),
    )
    return text


def frames(text: str) -> list[str]:
    """Return what each picture says of the count and of the instant."""
    return re.findall(r"In space: (\d+ \w+ at \S+Z)", text)


def test_so_many_days_a_second(screen: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(playing, "time", clock)

    assert played(ASKED, 10) == 0
    seconds = (ASKED.until - instant("2020-01-04T10:00:00Z")) / 86_400 / 10
    assert clock.now - 100 == pytest.approx(seconds, abs=0.2)
    pictures = frames(screen.getvalue())
    assert pictures[0] == "2 people at 2020-01-04T10:00:00Z"
    assert pictures[-1] == "0 people at 2020-07-02T00:00:00Z"
    assert 12 * seconds - 5 < len(pictures) < 12 * seconds + 5
    assert "Apple: relocated from fore to aft" in screen.getvalue()
    behind = screen.getvalue().rpartition(FIRST_SCREEN)[2]
    assert "Apple: landed with ann and cat" in behind


def test_a_time_in_which_nothing_happens(
    screen: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(playing, "time", Clock())
    asked = ASKED._replace(since=instant("2021-01-01"), until=instant("2021-01-03"))

    assert played(asked, 1) == 0
    assert "nothing has happened yet" in screen.getvalue()


def test_who_interrupts_sees_the_first_screen_again(
    screen: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Interrupted(Clock):
        def sleep(self, seconds: float) -> None:  # noqa: ARG002
            raise KeyboardInterrupt

    monkeypatch.setattr(playing, "time", Interrupted())

    assert played(ASKED, 1) == 130
    assert FIRST_SCREEN in screen.getvalue()
    assert "landed" not in screen.getvalue()


def test_playing_on_a_terminal(answering: Path) -> None:
    shown = on_a_terminal(*WEEK, "--speed", "100")

    assert OTHER_SCREEN in shown
    last = shown.rpartition(FIRST_SCREEN)[2]
    assert "International Space Station: 11 people at 2022-10-07T23:59:59Z" in last
    assert "hatch opened" in last


def test_an_interrupt_ends_the_playing(answering: Path) -> None:
    terminal = Terminal(*WEEK, "--speed", "0.001")
    terminal.until("Ctrl-C ends it")
    os.kill(terminal.process.pid, signal.SIGINT)

    assert terminal.end() == 130
    assert FIRST_SCREEN in terminal.shown
    assert "Traceback" not in terminal.shown


# The pager


def test_what_is_long_goes_through_the_pager(answering: Path) -> None:
    plain = spawn(*WEEK)
    paged_by_sed = on_a_terminal(*WEEK, PAGER="sed -e s/^/paged:/", NO_COLOR="1", COLUMNS="80")

    assert paged_by_sed == "".join(f"paged:{line}\n" for line in plain.stdout.splitlines())


@pytest.mark.parametrize(
    ("arguments", "env"),
    [(("--no-pager",), {"PAGER": "sed -e s/^/paged:/"}), ((), {"PAGER": ""}),
     ((), {"PAGER": "cat"}), ((), {"PAGER": "no-such-pager"}), ((), {"PAGER": "'"}),
     (("-f", "jsonl"), {"PAGER": "sed -e s/^/paged:/"})],
    ids=str,
)  # fmt: skip
def test_no_pager(arguments: tuple[str, ...], env: dict[str, str], answering: Path) -> None:
    shown = on_a_terminal(*WEEK, *arguments, **env, NO_COLOR="1", COLUMNS="80")

    assert shown == spawn(*WEEK, *arguments).stdout


def test_less_is_told_to_end_by_itself(answering: Path) -> None:
    shown = on_a_terminal(*WEEK, PAGER="sh -c 'echo LESS=$LESS; cat >/dev/null'")
    mine = on_a_terminal(*WEEK, PAGER="sh -c 'echo LESS=$LESS; cat >/dev/null'", LESS="S")

    assert (shown, mine) == ("LESS=FRX\n", "LESS=S\n")


def test_a_pager_that_leaves_early_is_no_error(answering: Path) -> None:
    shown = on_a_terminal("replay", "--by", "known", PAGER="head -1", NO_COLOR="1")

    first, *notes = shown.splitlines()
    assert first.startswith("In space: news from the beginning")
    assert all(line.startswith("note: ") for line in notes)


def test_a_pipe_has_no_pager(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setenv("PAGER", "sed -e s/^/paged:/")
    with paged(print, wanted=True) as write:
        write("a line")

    assert capsys.readouterr().out == "a line\n"


def test_a_picture_of_everywhere() -> None:
    unnamed = [
        *STAY,
        fact("launched", "2020-02-01T10:00:00Z", stream="flight/quince", crew=["dan"]),
        fact("docked", "2020-02-02T10:00:00Z", stream="flight/quince", station="plum"),
    ]
    text = io.StringIO()
    db, asked = built(unnamed), ReplayQuery(None, "known", LAST, ALWAYS, LAST)
    screen, there = Screen(db, asked), Replay(db, asked).scene
    Console(file=text, width=100).print(screen.picture(there(instant("2020-02-03")), None, ""))

    assert "In space: 3 people at 2020-02-03T00:00:00Z" in text.getvalue()
    assert re.search(r"dan +plum +aboard", text.getvalue())
    assert re.search(r"quince +not recorded +docked +2020-02-02T10:00:00Z", text.getvalue())
    Console(file=text, width=100).print(screen.picture(there(instant("2020-07-02")), None, ""))
    assert "In space: 1 person at 2020-07-02T00:00:00Z" in text.getvalue()


def test_by_hand_with_keys_that_are_given(
    screen: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(playing, "keys", lambda: nullcontext(iter([Key.next, Key.end, Key.quit])))

    db = built(STAY)
    assert play_by_hand(db, ASKED, Replay(db, ASKED)) == 0
    assert screen.getvalue().index("lifted off") < screen.getvalue().index("docked with") < (
        screen.getvalue().index("landed with")
    )  # fmt: skip


# The log


def of_the_log(facts: list[Event], since: int = 1) -> tuple[ReplayQuery, ReplayByRecord]:
    asked = ReplayQuery(None, "recorded", LAST, since, len(facts))
    return asked, ReplayByRecord(built(facts), asked, enumerate(facts, 1))


SLIP = fact("fact.corrected", "2020-08-01", stream="flight/apple", id="apple/slip",
            target="apple/docked", changes={"station": "plum"}, removes=["port"],
            reason="a slip")  # fmt: skip


def test_so_many_positions_a_second(screen: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(playing, "time", clock)
    asked, steps = of_the_log([*STAY, SLIP])

    assert play_by_time(built([*STAY, SLIP]), asked, steps, 2) == 0
    assert clock.now - 100 == pytest.approx(len(STAY) / 2, abs=0.2)
    assert "2 positions a second" in screen.getvalue()
    pictures = re.findall(r"In space: (.*, position \d+)", screen.getvalue())
    assert list(dict.fromkeys(pictures))[:2] == [
        "0 people at 2019-01-01T00:00:00Z, position 1",
        "0 people at 2019-02-01T00:00:00Z, position 2",
    ]
    assert pictures[-1] == f"2 people at 2020-01-04T12:00:00Z, position {len(STAY) + 1}"
    assert re.search(r"ann +plum +aboard", screen.getvalue())


def test_the_log_by_hand_there_and_back(
    screen: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    pressed = [Key.end, Key.back, Key.home, Key.quit]
    monkeypatch.setattr(playing, "keys", lambda: nullcontext(iter(pressed)))
    asked, steps = of_the_log([*STAY, SLIP], since=11)

    assert play_by_hand(built([*STAY, SLIP]), asked, steps) == 0
    ends = (11, len(STAY) + 1, len(STAY), 11)
    assert [int(one) for one in re.findall(r"position (\d+)", screen.getvalue())] == [*ends]
    docked, corrected, landed, _ = screen.getvalue().split("position ")[1:]
    assert re.search(r"ann +pear +aboard +2020-01-04T12:00:00Z +Apple", docked)
    assert re.search(r"Apple +pear/fore +docked +2020-01-04T12:00:00Z", docked)
    assert re.search(r"Apple +not recorded +docked +2020-01-04T12:00:00Z", corrected)
    assert "Apple: landed with ann and cat" in landed


def test_a_log_in_which_there_is_nothing(
    screen: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(playing, "time", Clock())
    asked, steps = of_the_log([])
    assert play_by_time(built([]), asked, steps, 1) == 0
    monkeypatch.setattr(playing, "keys", lambda: nullcontext(iter([Key.next, Key.quit])))
    asked, steps = of_the_log([])
    assert play_by_hand(built([]), asked, steps) == 0

    assert "nothing has happened yet" in screen.getvalue()
    assert "position" not in screen.getvalue().replace("positions", "")


def test_what_the_log_had_at_a_position_is_what_who_says_of_it(answering: Path) -> None:
    terminal = Terminal("replay", "iss", "--by", "recorded", "--from", "4000", "--step",
                        NO_COLOR="1")  # fmt: skip
    shown = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", terminal.until("position", "q: quit"))
    terminal.press("q")

    assert terminal.end() == 0
    found = re.search(r"Station: (\d+) \w+ at (\S+), position (\d+)", shown)
    assert found
    count, at, position = found.groups()
    ran = spawn("who", "iss", "--at", at, "--recorded", position, "-f", "json")
    assert json.loads(ran.stdout)["count"] == int(count)
