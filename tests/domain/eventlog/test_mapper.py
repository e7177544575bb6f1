"""The mapper: an event to what is stored of it, and back, pressed and locked or not."""

from __future__ import annotations

import pytest
from eventsourcing.compressor import ZlibCompressor
from eventsourcing.persistence import (
    Cipher,
    JSONTranscoder,
    MapperDeserialisationError,
    StoredEvent,
)
from eventsourcing.utils import Environment

from aboard.domain.eventlog.mapper import EventMapper
from aboard.events.encoding import codec
from tests.build import fact

EVENT = fact("launched", "2022-09-21T13:54:49Z", version=3, crew=[f"ann-{n}" for n in range(20)])


class Mirror(Cipher):
    """A cipher that hides a text by turning it round."""

    def __init__(self, environment: Environment) -> None:
        self.environment = environment

    def encrypt(self, plaintext: bytes) -> bytes:
        return plaintext[::-1]

    def decrypt(self, ciphertext: bytes) -> bytes:
        return ciphertext[::-1]


PLAIN = EventMapper(JSONTranscoder())
PRESSED = EventMapper(JSONTranscoder(), compressor=ZlibCompressor())
LOCKED = EventMapper(JSONTranscoder(), cipher=Mirror(Environment()))
BOTH = EventMapper(JSONTranscoder(), ZlibCompressor(), Mirror(Environment()))


def test_what_is_stored_is_the_topic_and_the_bytes_of_the_codec() -> None:
    assert PLAIN.to_stored_event(EVENT) == StoredEvent(
        "flight/apple", 3, "flight.launched", codec.encode(EVENT)
    )


@pytest.mark.parametrize("mapper", [PLAIN, PRESSED, LOCKED, BOTH])
def test_what_is_stored_reads_back_as_the_event(mapper: EventMapper) -> None:
    assert mapper.to_domain_event(mapper.to_stored_event(EVENT)) == EVENT


def test_the_compressor_makes_it_smaller_and_the_cipher_unreadable() -> None:
    plain, pressed, locked, both = (
        mapper.to_stored_event(EVENT).state for mapper in (PLAIN, PRESSED, LOCKED, BOTH)
    )
    assert len(pressed) < len(plain)
    assert locked == plain[::-1]
    assert both == pressed[::-1]


@pytest.mark.parametrize(
    ("topic", "state"),
    [("flight.evaporated", codec.encode(EVENT)), ("flight.launched", b"{}")],
)
def test_what_cannot_be_read_is_said_to_be_where_it_stands(topic: str, state: bytes) -> None:
    stored = StoredEvent("flight/apple", 3, topic, state)
    with pytest.raises(
        MapperDeserialisationError,
        match=f"cannot read version 3 of flight/apple, stored as {topic}: ",
    ):
        PLAIN.to_domain_event(stored)
