"""News of a log: heard of at once, and never waited for in vain."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import psycopg
import pytest

from aboard.domain.eventlog.log import open_log
from aboard.domain.eventlog.notifications import open_notifications
from tests.domain.eventlog.test_log import waved
from tests.homes import Where, carry_out, log_of

if TYPE_CHECKING:
    from pathlib import Path

    from tests.homes import Databases


def test_what_is_recorded_is_heard_of(place: Where) -> None:
    with open_log(place) as log, open_notifications(place) as news:
        log.record([waved(1)])
        assert news.wait(0, 0) == 1
        writer = threading.Timer(0.2, log.record, [[waved(2)]])
        writer.start()
        begun = time.monotonic()
        assert news.wait(1, 30) == 2
        assert time.monotonic() - begun < 10
        writer.join()
        assert news.wait(0, 30) == 2, "what is there already is not waited for"


def test_nobody_waits_for_longer_than_they_would(place: Where) -> None:
    with open_log(place) as log, open_notifications(place) as news:
        log.record([waved(1)])
        begun = time.monotonic()
        assert news.wait(1, 0.1) == 1
        assert news.wait(1, 0) == 1
        assert 0.1 <= time.monotonic() - begun < 10


def test_a_log_that_is_not_there_yet_has_no_news_until_it_is(place: Where) -> None:
    with open_notifications(place) as news:
        assert news.wait(0, 0.01) == 0
        with open_log(place) as log:
            assert news.wait(0, 0.01) == 0
            log.record([waved(1)])
        assert news.wait(0, 30) == 1


def test_a_notification_that_is_lost_makes_it_late_and_no_more(databases: Databases) -> None:
    url = databases.new()
    row = "INSERT INTO stored_events VALUES (1, 'flight/apple', 1, 'flight.launched', '')"
    with open_log(url), open_notifications(url) as news:
        assert news.wait(0, 0) == 0
        writer = threading.Timer(0.2, carry_out, [log_of(url), row])  # and tells nobody
        writer.start()
        assert news.wait(0, 30) == 1
        writer.join()


def test_a_notification_says_how_far_the_log_goes(
    databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = databases.new()
    with open_log(url) as log, open_notifications(url) as news:
        log.record([waved(1)])
        assert news.wait(0, 0) == 1
        monkeypatch.setattr(news, "_look", lambda _db: 1)  # who only hears must hear of it
        writer = threading.Timer(0.2, log.record, [[waved(2), waved(3)]])
        writer.start()
        assert news.wait(1, 30) == 3
        writer.join()


def test_a_notification_of_what_is_known_or_of_nothing_is_no_news(databases: Databases) -> None:
    url = databases.new()
    with open_log(url) as log, open_notifications(url) as news:
        log.record([waved(1)])
        assert news.wait(0, 0) == 1
        with psycopg.connect(url, autocommit=True) as db:
            for said in ("1", "", "plum", "-7"):
                db.execute("SELECT pg_notify('aboard_log', %s)", (said,))
        assert news.wait(1, 0.3) == 1


def test_a_connection_that_is_lost_is_made_again(databases: Databases, server: str) -> None:
    url = databases.new()
    with open_log(url) as log, open_notifications(url) as news:
        assert news.wait(0, 0) == 0
        with psycopg.connect(server, autocommit=True) as db:
            db.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' "
                "OR query LIKE 'SELECT max(notification_id)%'"
            )
        log.record([waved(1)])
        assert news.wait(0, 30) == 1


def test_a_server_that_is_not_there_is_an_error_in_the_end(tmp_path: Path) -> None:
    with (
        open_notifications(f"postgresql:///aboard?host={tmp_path}") as news,
        pytest.raises(ConnectionError, match="connection"),
    ):
        news.wait(0, 0.3)
