"""Waiting for a log to grow: every recording ends the wait, whichever process it is of."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from aboard.domain.eventlog.log import open_log
from aboard.domain.eventlog.notifications import open_notifications
from tests.domain.eventlog.test_log import waved
from tests.homes import Where, carry_out, log_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.homes import Databases

LONG = 300
"""Seconds that no wait takes which an event ends, however busy the machine is."""


@contextmanager
def in_the_background(work: Callable[..., object], *arguments: Any) -> Iterator[None]:
    """Do some work in another thread meanwhile."""
    thread = threading.Thread(target=work, args=arguments)
    thread.start()
    try:
        yield
    finally:
        thread.join()


def test_what_is_recorded_is_heard_of(place: Where) -> None:
    with open_log(place) as log, open_notifications(place) as notifications:
        log.record([waved(1)])
        assert notifications.wait(0, 0) == 1
        with in_the_background(log.record, [waved(2)]):
            assert notifications.wait(1, LONG) == 2
        assert notifications.wait(0, LONG) == 2, "what is there already is not waited for"


def test_a_wait_ends_with_its_timeout(place: Where) -> None:
    with open_log(place) as log, open_notifications(place) as notifications:
        log.record([waved(1)])
        begun = time.monotonic()
        assert notifications.wait(1, 0.1) == 1
        assert time.monotonic() - begun >= 0.1
        assert notifications.wait(1, 0) == 1


def test_a_log_that_is_not_there_yet_has_no_news_until_it_is(place: Where) -> None:
    with open_notifications(place) as notifications:
        assert notifications.wait(0, 0.01) == 0
        with open_log(place) as log:
            assert notifications.wait(0, 0.01) == 0
            log.record([waved(1)])
        assert notifications.wait(0, LONG) == 1


def test_a_notification_that_is_lost_makes_it_late_and_no_more(databases: Databases) -> None:
    url = databases.new()
    row = "INSERT INTO stored_events VALUES (1, 'flight/apple', 1, 'flight.launched', '')"
    with open_log(url), open_notifications(url) as notifications:
        assert notifications.wait(0, 0) == 0
        with in_the_background(carry_out, log_of(url), row):  # which notifies nobody
            assert notifications.wait(0, LONG) == 1


def test_a_notification_says_how_far_the_log_goes(
    databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = databases.new()
    with open_log(url) as log, open_notifications(url) as notifications:
        log.record([waved(1)])
        assert notifications.wait(0, 0) == 1
        monkeypatch.setattr(notifications, "_look", lambda _db: 1)  # only a notification can say so
        with in_the_background(log.record, [waved(2), waved(3)]):
            assert notifications.wait(1, LONG) == 3


def test_a_notification_of_what_is_known_or_of_nothing_is_no_news(databases: Databases) -> None:
    url = databases.new()
    with open_log(url) as log, open_notifications(url) as notifications:
        log.record([waved(1)])
        assert notifications.wait(0, 0) == 1
        with psycopg.connect(url, autocommit=True) as db:
            for said in ("1", "", "plum", "-7"):
                db.execute("SELECT pg_notify('aboard_log', %s)", (said,))
        assert notifications.wait(1, 0.3) == 1


def test_a_connection_that_is_lost_is_made_again(databases: Databases, server: str) -> None:
    url = databases.new()
    with open_log(url) as log, open_notifications(url) as notifications:
        assert notifications.wait(0, 0) == 0
        with psycopg.connect(server, autocommit=True) as db:
            db.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' "
                "OR query LIKE 'SELECT max(notification_id)%'"
            )
        log.record([waved(1)])
        assert notifications.wait(0, LONG) == 1


def test_a_server_that_is_not_there_is_an_error_in_the_end(tmp_path: Path) -> None:
    with (
        open_notifications(f"postgresql:///aboard?host={tmp_path}") as notifications,
        pytest.raises(ConnectionError, match="connection"),
    ):
        notifications.wait(0, 0.3)
