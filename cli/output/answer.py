"""An answer: what a command has to say, in each of the forms that it can be printed in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence


class AnswerForms(NamedTuple):
    """What a command answers. Only the form that is printed is computed.

    Each form is a function. The functions that return iterables may be generators: what they yield
    is printed at once, so a long answer begins to appear before all of it has been worked out.
    `render` says what stands in for a form that is missing.
    """

    data: Callable[[], Any] | None = None
    """One value, for JSON."""
    records: Callable[[], Iterable[Any]] | None = None
    """The values that are printed one a line, for JSON lines."""
    columns: Sequence[str] = ()
    """The names of the columns of `rows`."""
    rows: Callable[[], Iterable[dict[str, Any]]] | None = None
    """Flat rows, for CSV; a list of them is printed in one go."""
    text: Callable[[], Iterable[str]] | None = None
    """Lines of text, for a person."""
    notes: Callable[[], Iterable[str]] = tuple
    """Notes about the answer, which are printed on standard error after it, in every form."""
    details: Callable[[], Iterable[str]] = tuple
    """Lines that only `data` has a place for; in other forms they go to standard error, first."""
    if_empty: str = ""
    """The note that is printed instead of a text without lines."""
    paged: bool = False
    """Whether the text goes through a pager, where there is a terminal."""
    unavailable: tuple[str, str] = ("there is no such form of the answer", "choose another")
    """The message and the hint of the error when a form is missing and nothing can replace it."""
    exit_code: int = 0
    """The exit code of the command."""

    @classmethod
    def of(cls, data: Any, **forms: Any) -> AnswerForms:
        """Return the answer of a value, which is one record unless `forms` says otherwise."""
        return cls(**{"data": lambda: data, "records": lambda: [data], **forms})
