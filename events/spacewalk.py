"""What happens on a spacewalk's stream, `spacewalk/<id>`.

It has a stream of its own because people who go out together may have arrived on different flights,
and a station has too many spacewalks to read them all for each one.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from aboard.events.envelope import CraftId, Event, People, StationId, Text


class SpacewalkBegan(Event):
    """People go outside; by the convention of the source, at hatch opening or depressurisation."""

    TOPIC: ClassVar[str] = "spacewalk.began"
    RANK: ClassVar[int] = 28

    people: Annotated[People, Field(min_length=1)]
    """The ids of the people who go outside."""
    station: StationId | None = None
    """The id of the station they leave."""
    craft: CraftId | None = None
    """The craft they leave, where it is not a station: a flight's id, or a further craft's."""
    name: Text | None = None
    """What it is called, such as US EVA-81."""

    @model_validator(mode="after")
    def _leaves_one_place(self) -> Self:
        if (self.station is None) == (self.craft is None):
            raise ValueError("a spacewalk leaves a station or a craft: name one of them")
        return self


class SpacewalkEnded(Event):
    """Everyone who went outside is back in."""

    TOPIC: ClassVar[str] = "spacewalk.ended"
    RANK: ClassVar[int] = 29


SpacewalkEvent = SpacewalkBegan | SpacewalkEnded
"""Every event that can be on a spacewalk's stream."""
