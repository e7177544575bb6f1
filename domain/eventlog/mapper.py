"""The mapper between events and what the library stores.

The library's own mapper stores the import path of a class and fails on nested models. This one
stores the event's topic and the bytes of :mod:`aboard.events.encoding.codec`, and keeps the
library's compressor and cipher.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from eventsourcing.persistence import Mapper, MapperDeserialisationError, StoredEvent

from aboard.events.encoding import codec

if TYPE_CHECKING:
    from eventsourcing.domain import DomainEventProtocol

    from aboard.events.envelope import Event


class EventMapper(Mapper[str]):
    """Maps the events of the vocabulary."""

    def to_stored_event(self, domain_event: DomainEventProtocol[str]) -> StoredEvent:
        """Return the stored form of an event."""
        event = cast("Event", domain_event)
        state = codec.encode(event)
        if self.compressor:
            state = self.compressor.compress(state)
        if self.cipher:
            state = self.cipher.encrypt(state)
        return StoredEvent(event.originator_id, event.originator_version, event.TOPIC, state)

    def to_domain_event(self, stored_event: StoredEvent) -> DomainEventProtocol[str]:
        """Return the event of a stored form, or raise `MapperDeserialisationError`."""
        state = stored_event.state
        try:
            if self.cipher:
                state = self.cipher.decrypt(state)
            if self.compressor:
                state = self.compressor.decompress(state)
            return codec.decode(stored_event.topic, state)
        except Exception as error:
            raise MapperDeserialisationError(
                f"cannot read version {stored_event.originator_version} of "
                f"{stored_event.originator_id}, stored as {stored_event.topic}: {error}"
            ) from error
