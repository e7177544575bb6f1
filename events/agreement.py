"""What happens on an agreement's stream, `agreement/<id>`."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from aboard.events.envelope import Event, Text


class AgreementSigned(Event):
    """The parties sign."""

    TOPIC: ClassVar[str] = "agreement.signed"

    name: Text
    aliases: tuple[Text, ...] = ()
    parties: tuple[Text, ...] = Field(min_length=2)
    scope: Text
    """What it is about, in a sentence."""


AgreementEvent = AgreementSigned
"""Everything that can stand on an agreement's stream."""
