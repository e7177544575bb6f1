"""A time with its precision: what a source said, no finer and no coarser.

A source that says "18 September 2022" names a day, not a midnight. `Time` keeps what was said:
the fields that were given, whether it was marked approximate (``~``), and whether it was only a
lower bound (``NET``, "no earlier than"). All times are UTC; the finest grain is one second.

Written form, the same in ledger strings, JSON and output::

    2022-09-21T13:54:49Z   second        2022-09-21   day
    2022-09-21T13:54Z      minute        2022-09      month
    2022-09-21T13Z         hour          2022         year
    2022-09-21~            approximate   NET 2022-10  no earlier than

Instants are whole seconds since 1970-01-01T00:00:00Z, negative before it.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache, total_ordering
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic_core import CoreSchema

PRECISIONS = ("year", "month", "day", "hour", "minute", "second")
"""The precisions, coarsest first; a time of precision *n* has *n + 1* fields."""

FIRST_YEAR, LAST_YEAR = 1900, 2999
"""The years a time may name: a year outside them is a mistake."""

_FORM = re.compile(
    r"(?P<net>NET\s+)?"
    r"(?P<year>\d{4})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d)"
    r"(?:[T ](?P<hour>\d\d)(?::(?P<minute>\d\d)(?::(?P<second>\d\d))?)?"
    r"(?P<zone>Z|[+-]\d\d:\d\d))?)?)?"
    r"(?P<approximate>~)?",
    re.ASCII,
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)
_LENGTH = {"day": 86_400, "hour": 3_600, "minute": 60, "second": 1}


FOREVER = 2**62
"""The open end of an interval, in Unix seconds. It is stored, and no output shows it."""


class TimeError(ValueError):
    """A text that is not a time; the message says what is wrong and what a time looks like."""


@total_ordering
class Time:
    """A time as a source states it; immutable.

    `fields` holds year, month, day, hour, minute, second, as many as were stated. Times are
    ordered by earliest instant, then latest, then the two flags: a total order that agrees with
    equality.

    It is not a dataclass: creating that class would take longer than the fastest query does.
    """

    __slots__ = ("_text", "approximate", "earliest", "end", "fields", "no_earlier_than")

    fields: tuple[int, ...]
    approximate: bool
    """Whether the source marks it as approximate."""
    no_earlier_than: bool
    """Whether it is only a lower bound."""
    earliest: int
    """The first instant it can mean."""
    _text: str
    """Its written form, once it has been asked for."""
    end: int
    """The first instant after it: `[earliest, end)` is the stated interval.

    For a time that is no earlier than another this is the end of what was stated all the same: the
    bound has no end of its own, and a target counts as passed when the stated interval has.
    """

    def __init__(
        self,
        fields: tuple[int, ...],
        approximate: bool = False,
        no_earlier_than: bool = False,
    ) -> None:
        if not 1 <= len(fields) <= 6:
            raise TimeError(f"a time has one to six fields, not {len(fields)}")
        for name, value in (
            ("fields", tuple(fields)),
            ("approximate", approximate),
            ("no_earlier_than", no_earlier_than),
        ):
            object.__setattr__(self, name, value)
        year = self.fields[0]
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise TimeError(f"year {year:04} is outside {FIRST_YEAR} to {LAST_YEAR}")
        try:
            start = datetime(*(self.fields + (1, 1)[len(self.fields) - 1 :]), tzinfo=UTC)  # type: ignore[misc,arg-type]
        except ValueError as error:
            raise TimeError(f"no such time: {error}") from None
        earliest = (start - _EPOCH) // _SECOND
        match self.precision:
            case "year":
                end = (datetime(year + 1, 1, 1, tzinfo=UTC) - _EPOCH) // _SECOND
            case "month":
                following = (year + 1, 1) if start.month == 12 else (year, start.month + 1)
                end = (datetime(*following, 1, tzinfo=UTC) - _EPOCH) // _SECOND
            case precision:
                end = earliest + _LENGTH[precision]
        object.__setattr__(self, "earliest", earliest)
        object.__setattr__(self, "end", end)
        object.__setattr__(self, "_text", "")

    @property
    def precision(self) -> str:
        """One of `PRECISIONS`."""
        return PRECISIONS[len(self.fields) - 1]

    @property
    def latest(self) -> int:
        """The last instant it can mean (see `end` for "no earlier than")."""
        return self.end - 1

    @property
    def exact(self) -> bool:
        """Whether it names one single instant."""
        return self.end == self.earliest + 1

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a time does not change: {name}")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"a time does not change: {name}")

    def __reduce__(self) -> tuple[type[Time], tuple[object, ...]]:
        return Time, (self.fields, self.approximate, self.no_earlier_than)

    def __repr__(self) -> str:
        return f"Time.parse({str(self)!r})"

    def __hash__(self) -> int:
        return hash(self._key)

    def __eq__(self, other: object) -> bool:
        return self._key == other._key if isinstance(other, Time) else NotImplemented

    def __lt__(self, other: object) -> bool:
        return self._key < other._key if isinstance(other, Time) else NotImplemented

    @property
    def _key(self) -> tuple[int, int, bool, bool]:
        return self.earliest, self.end, self.no_earlier_than, self.approximate

    def __str__(self) -> str:
        if not self._text:
            object.__setattr__(self, "_text", self._written())
        return self._text

    def _written(self) -> str:
        names = ("", "-", "-", "T", ":", ":")
        text = "".join(
            f"{mark}{value:0{4 if not mark else 2}}"
            for mark, value in zip(names, self.fields, strict=False)
        )
        return (
            ("NET " if self.no_earlier_than else "")
            + text
            + ("Z" if len(self.fields) > 3 else "")
            + ("~" if self.approximate else "")
        )

    @classmethod
    def parse(cls, text: str) -> Time:
        """Read the written form; raise `TimeError` for anything else.

        A clock time needs its zone: ``Z``, or an offset, which is converted to UTC.
        """
        return _parsed(text)

    @classmethod
    def of(cls, value: object) -> Time:
        """Take a time, its written form, or one of TOML's own dates and date-times.

        A date-time must carry its offset and no fraction of a second.
        """
        if isinstance(value, Time):
            return value
        if isinstance(value, str):
            return cls.parse(value)
        if isinstance(value, datetime):
            if value.tzinfo is None:
                raise TimeError(f"{value.isoformat()} has no time zone: end it with Z for UTC")
            if value.microsecond:
                raise TimeError("times are in whole seconds: remove the fraction")
            try:
                return cls(value.astimezone(UTC).timetuple()[:6])
            except OverflowError:
                year = value.year
                raise TimeError(f"year {year:04} is outside {FIRST_YEAR} to {LAST_YEAR}") from None
        if isinstance(value, date):
            return cls((value.year, value.month, value.day))
        raise TimeError(f"a time is text such as 2022-09-21T13:54Z, not {type(value).__name__}")

    @classmethod
    def at(cls, instant: int) -> Time:
        """The time of precision second that names `instant`."""
        try:
            return cls((_EPOCH + instant * _SECOND).timetuple()[:6])
        except OverflowError:
            raise TimeError(f"instant {instant} is outside the years that can be written") from None

    @classmethod
    def __get_pydantic_core_schema__(
        cls, _source: type[Any], _handler: Callable[[Any], CoreSchema]
    ) -> CoreSchema:
        """Let models have `Time` fields, read and written as text."""
        from pydantic_core import core_schema  # noqa: PLC0415 - readers do without pydantic

        return core_schema.no_info_plain_validator_function(
            cls.of,
            serialization=core_schema.plain_serializer_function_ser_schema(
                str, return_schema=core_schema.str_schema()
            ),
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, _schema: CoreSchema, _handler: object) -> dict[str, Any]:
        """Describe the written form in JSON Schema."""
        return json_schema("Time", "NET before it means no earlier than.", bound="(NET )?")


@lru_cache(maxsize=50_000)
def _parsed(text: str) -> Time:
    """Return a time by its written form. Times are immutable, so one can be shared."""
    if text[4:8:3] == "--" and text[10::3] == _MARKS.get(len(text)) and text[5:7].isdigit():
        try:
            return _usual(text)
        except ValueError:
            pass  # which is said in words below
    match = _FORM.fullmatch(text.strip())
    if match is None:
        raise TimeError(_explain(text))
    names = [name for name in PRECISIONS if match[name] is not None]
    time = Time(
        tuple(int(match[name]) for name in names),
        approximate=match["approximate"] is not None,
        no_earlier_than=match["net"] is not None,
    )
    zone = match["zone"]
    if zone in (None, "Z", "+00:00"):
        return time
    hours, minutes = int(zone[1:3]), int(zone[4:6])
    if hours > 14 or minutes > 59:
        raise TimeError(f"no such offset from UTC: {zone}")
    if minutes and time.precision == "hour":
        raise TimeError(f"an hour at offset {zone} is not a whole hour in UTC: give the minutes")
    offset = timedelta(hours=hours, minutes=minutes) * (-1 if zone[0] == "-" else 1)
    utc = datetime(*time.fields, tzinfo=timezone(offset)).astimezone(UTC)  # type: ignore[misc,arg-type]
    return Time(utc.timetuple()[: len(time.fields)], time.approximate, time.no_earlier_than)


_MARKS = {20: "T::Z", 17: "T:Z", 10: ""}
"""The marks between the numbers of a time, by the length of what is written: as most are."""

_FIRST_DAY = _EPOCH.toordinal()


def _usual(text: str) -> Time:
    """Return a time that is a day, a minute or a second: this is several times as fast."""
    read = datetime.fromisoformat(text)
    if not FIRST_YEAR <= read.year <= LAST_YEAR:
        raise ValueError
    fields: tuple[int, ...] = (read.year, read.month, read.day)
    earliest, length = (read.toordinal() - _FIRST_DAY) * 86_400, 86_400
    if len(text) > 10:
        fields += (read.hour, read.minute)
        earliest, length = earliest + read.hour * 3_600 + read.minute * 60, 60
    if len(text) == 20:
        fields += (read.second,)
        earliest, length = earliest + read.second, 1
    time = _new(Time)
    _set(time, "fields", fields)
    _set(time, "approximate", False)  # noqa: FBT003 - an attribute of its own
    _set(time, "no_earlier_than", False)  # noqa: FBT003
    _set(time, "earliest", earliest)
    _set(time, "end", earliest + length)
    _set(time, "_text", text)
    return time


_new, _set = object.__new__, object.__setattr__


def json_schema(title: str, more: str = "", *, bound: str = "") -> dict[str, Any]:
    """Return the JSON Schema of the written form; `bound` is the pattern of a prefix."""
    of_day = "T([01][0-9]|2[0-3])(:[0-5][0-9](:[0-5][0-9])?)?Z"
    of_year = f"(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01])({of_day})?)?"
    said = (
        "A time in UTC, as precise as its source states it and no more: a year, a month, a day, an "
        "hour, a minute or a second. It is an interval, the whole of that day or of that minute. "
        "A ~ at the end means that it is approximate."
    )
    examples = ["2022-09-21T13:54:49Z", "2022-09-21T13:54Z", "2022-09-21", "2022-09~"]
    return {
        "title": title,
        "description": f"{said} {more}".rstrip(),
        "type": "string",
        "pattern": f"^{bound}(19|2[0-9])[0-9]{{2}}(-{of_year})?~?$",
        "examples": [*examples, *(["NET 2022-10"] if bound else [])],
    }


def _explain(text: str) -> str:
    if re.search(r":\d\d\.\d", text):
        return f"{text!r}: times are in whole seconds: remove the fraction"
    if re.fullmatch(r"\s*\d{4}-\d\d-\d\d[T ]\d\d(:\d\d){0,2}\s*", text):
        return f"{text!r} has no time zone: end it with Z for UTC"
    return (
        f"{text!r} is not a valid time. Use 2022-09-21T13:54:49Z, 2022-09-21T13:54Z, 2022-09-21, "
        "2022-09 or 2022"
    )


def takes_effect(known: Time, happened: Time) -> int:
    """Return the instant from which a fact counts as known.

    A stated day or finer counts from its start, a coarser time from its end, and never before the
    fact's own `happened`: so an event and its first report on the same day never look
    clairvoyant, and "known in May" is not known on 1 May.
    """
    stated = known.end if len(known.fields) <= 2 else known.earliest  # a year, or a month
    return max(stated, happened.earliest)
