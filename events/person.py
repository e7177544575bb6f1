"""What happens on a person's stream, `person/<id>`."""

from __future__ import annotations

from typing import Annotated, ClassVar

from aboard.events.envelope import Event, Id, Text
from aboard.events.reference import Reference


class PersonRegistered(Event):
    """A person is registered under one id, however the name is spelt.

    An act of the log's keeper: `happened` is the moment of recording.
    """

    TOPIC: ClassVar[str] = "person.registered"
    STAMPED: ClassVar[bool] = True
    REGISTERS: ClassVar[tuple[str, ...]] = ("person",)

    name: Text
    """The name as the person's own agency spells it in English."""
    family_name: Text
    """The family name, by which they can be found too."""
    aliases: tuple[Text, ...] = ()
    """Every other spelling that the sources use."""
    agency: Text
    """Whose astronaut they are now. What a seat says of its own flight goes before it."""
    nationality: Text | None = None
    """Their country now. What a seat says of its own flight goes before it."""


class Died(Event):
    """A person dies: from then on they are no longer counted among those present."""

    TOPIC: ClassVar[str] = "person.died"
    RANK: ClassVar[int] = 49  # before a landing of the same instant

    flight: Annotated[Id, Reference("flight", in_story=True)] | None = None
    """The flight they were on, if they were on one."""


PersonEvent = PersonRegistered | Died
"""Every event that can be on a person's stream."""
