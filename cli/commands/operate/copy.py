"""`aboard copy`: a log from one home to another."""

from __future__ import annotations

from typing import Annotated

import typer

from aboard.app.database import find_database, without_password
from aboard.app.errors import AboardError, NotFound
from aboard.cli.output.answer import AnswerForms
from aboard.cli.output.render import Format, FormatOption, render
from aboard.cli.output.table import table

COLUMNS = ("from", "to", "events", "position", "identity", "digest")
"""The columns of the CSV form, which has one row."""


def command(
    source: Annotated[
        str, typer.Argument(metavar="FROM", help="The log to copy: a path or a postgresql:// URL.")
    ],
    target: Annotated[
        str, typer.Argument(metavar="TO", help="An empty database to copy to: a path or URL.")
    ],
    form: FormatOption = Format.table,
) -> None:
    """Copy a log to another database.

    \b
    Examples:
      aboard copy ./log.sqlite postgresql://ann@db.example.org/aboard
      aboard copy postgresql://ann@db.example.org/aboard ./backup.sqlite
      aboard copy ./log.sqlite ./backup.sqlite --format json | jq -r .digest

    Positions, ids, the bytes of every event and the identity of the log are preserved. The copy is
    compared with the source before it becomes visible: if it is interrupted or differs, the target
    stays empty. A target that already holds events is refused. The read model is not copied: the
    next query builds it.
    """
    from aboard.cli.output.progress import progress  # noqa: PLC0415 - heavy
    from aboard.domain.eventlog.copy import CopyRefused, NoLog, NotEmpty, copy  # noqa: PLC0415

    here, there = find_database(source, "FROM"), find_database(target, "TO")
    try:
        with progress("Copying the log") as step:
            copied = copy(here.log, there.log, step)
    except NoLog as error:
        raise NotFound(
            f"FROM {without_password(here.log)}: {error}", "`aboard load` creates a log"
        ) from error
    except NotEmpty as error:
        raise AboardError(
            f"TO {without_password(there.log)}: {error}", "choose an empty database"
        ) from error
    except CopyRefused as error:
        raise AboardError(
            f"the copy differs from the source: {error}", "the copy was discarded"
        ) from error
    except OSError as error:
        raise AboardError(
            f"TO {without_password(there.log)}: {error}", "choose another database"
        ) from error
    found = {
        "from": without_password(here.log),
        "to": without_password(there.log),
        **copied._asdict(),
    }
    answer = AnswerForms.of(
        found,
        columns=COLUMNS,
        rows=lambda: [found],
        text=lambda: table(("What", "Is"), [(name, str(value)) for name, value in found.items()]),
    )
    render(answer, form)
