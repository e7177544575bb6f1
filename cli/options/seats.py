"""The options that say whose flights count: those of an agency, or of people of a nationality."""

from __future__ import annotations

from typing import Annotated

import typer

AgencyOption = Annotated[
    str,
    typer.Option(
        "--agency", metavar="AGENCY", help="Only flights for one agency: NASA, Roscosmos, ..."
    ),
]

NationalityOption = Annotated[
    str,
    typer.Option(
        "--nationality",
        metavar="COUNTRY",
        help="Only flights of people of one country, as it was then: Japan, Soviet Union, ...",
    ),
]
