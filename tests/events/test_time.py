"""A time: its written form, its interval, its order, and when it takes effect."""

from __future__ import annotations

import copy
import re
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from aboard.events.time import PRECISIONS, Time, TimeError, takes_effect
from tests.build import instant

FIRST, LAST = instant("1900"), Time.parse("2999").latest


def times_between(first: int, last: int) -> st.SearchStrategy[Time]:
    """Return times of every precision that start in the unit of an instant of a span."""
    return st.builds(
        lambda moment, count, approximate, net: Time(
            Time.at(moment).fields[:count], approximate, net
        ),
        st.integers(first, last),
        st.integers(1, 6),
        st.booleans(),
        st.booleans(),
    )


TIMES = times_between(FIRST, LAST)
NEAR = times_between(instant("2022-12-31T23:58Z"), instant("2023-01-01T00:02Z"))
"""Times that lie within one another, and touch."""


class Entry(BaseModel):
    when: Time


@pytest.mark.parametrize(
    ("text", "precision", "written"),
    [
        ("2022", "year", "2022"),
        ("2022-09", "month", "2022-09"),
        ("2022-09-21", "day", "2022-09-21"),
        ("2022-09-21T13Z", "hour", "2022-09-21T13Z"),
        ("2022-09-21T13:54Z", "minute", "2022-09-21T13:54Z"),
        ("2022-09-21T13:54:49Z", "second", "2022-09-21T13:54:49Z"),
        (" 2022-09-21 13:54Z\n", "minute", "2022-09-21T13:54Z"),
        ("2022-09-21~", "day", "2022-09-21~"),
        ("NET  2022-10", "month", "NET 2022-10"),
        ("NET 2022-09-21T13Z~", "hour", "NET 2022-09-21T13Z~"),
    ],
)
def test_a_time_keeps_the_precision_it_was_written_with(
    text: str, precision: str, written: str
) -> None:
    time = Time.parse(text)
    assert time.precision == precision
    assert str(time) == written
    assert time.approximate == ("~" in text)
    assert time.no_earlier_than == ("NET" in text)
    assert time.exact == (precision == "second")


@given(TIMES)
def test_what_is_written_reads_back_as_the_same_time(time: Time) -> None:
    assert Time.parse(str(time)) == time


@given(TIMES)
def test_a_copy_is_the_same_time_and_shows_itself_as_it_is_written(time: Time) -> None:
    assert copy.deepcopy(time) == time
    assert repr(time) == f"Time.parse('{time}')"


def test_a_time_does_not_change() -> None:
    time = Time.parse("2022-09-21")
    with pytest.raises(AttributeError, match="does not change: fields"):
        time.fields = (2023,)
    with pytest.raises(AttributeError, match="does not change: earliest"):
        del time.earliest
    assert time == Time.parse("2022-09-21")


@given(TIMES)
def test_a_time_survives_json_and_matches_its_own_json_schema(time: Time) -> None:
    entry = Entry(when=time)
    assert Entry.model_validate_json(entry.model_dump_json()) == entry
    assert entry.model_dump(mode="json") == {"when": str(time)}
    assert re.search(Entry.model_json_schema()["properties"]["when"]["pattern"], str(time))


def test_a_model_refuses_a_text_that_is_no_time() -> None:
    with pytest.raises(ValidationError, match="has no time zone"):
        Entry.model_validate_json('{"when": "2022-09-21T13:54"}')


@given(NEAR | TIMES, NEAR | TIMES)
def test_of_two_times_one_is_earlier_or_they_are_equal(one: Time, other: Time) -> None:
    assert [one < other, one == other, other < one].count(True) == 1
    assert (one <= other) is not (other < one)
    assert one != other or hash(one) == hash(other)


@given(NEAR, NEAR, NEAR)
def test_the_order_of_times_is_transitive(one: Time, two: Time, three: Time) -> None:
    assert not (one <= two <= three) or one <= three


@given(NEAR | TIMES, NEAR | TIMES)
def test_the_order_of_times_agrees_with_their_instants(one: Time, other: Time) -> None:
    if one.latest < other.earliest:
        assert one < other
    if one < other:
        assert (one.earliest, one.latest) <= (other.earliest, other.latest)


def test_a_time_is_not_compared_with_anything_else() -> None:
    assert Time.parse("2022") != "2022"
    with pytest.raises(TypeError):
        assert Time.parse("2022") < "2023"


@given(TIMES)
def test_a_time_ends_where_the_next_one_of_its_precision_begins(time: Time) -> None:
    count = len(time.fields)
    assert time.earliest <= time.latest == time.end - 1
    assert Time.at(time.earliest).fields[:count] == time.fields
    assert Time.at(time.latest).fields[:count] == time.fields
    if time.end <= LAST:
        following = Time(Time.at(time.end).fields[:count])
        assert following.earliest == time.end


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("2022", "2023-01-01"),
        ("2022-12", "2023-01-01"),
        ("2024-02", "2024-03-01"),
        ("1900-02", "1900-03-01"),
        ("2024-02-29", "2024-03-01"),
        ("2022-12-31T23:59Z", "2023-01-01"),
        ("NET 2022-10", "2022-11"),
    ],
)
def test_months_and_leap_years_end_where_the_calendar_says(text: str, end: str) -> None:
    assert Time.parse(text).end == instant(end)


@given(st.integers(FIRST, LAST))
def test_an_instant_is_seconds_since_1970_as_the_standard_library_counts_them(moment: int) -> None:
    time = Time.at(moment)
    assert time.exact
    assert time.earliest == moment
    assert str(time) == f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%dT%H:%M:%SZ}"


@pytest.mark.parametrize("moment", [10**30, 10**12, -(10**12), FIRST - 1, LAST + 1])
def test_an_instant_outside_the_years_of_spaceflight_is_no_time(moment: int) -> None:
    with pytest.raises(TimeError, match=r"is outside the years|is outside 1900 to 2999"):
        Time.at(moment)


@given(st.integers(FIRST + 86_400, LAST - 86_400), st.integers(-14 * 60, 14 * 60))
def test_an_offset_is_converted_to_utc(moment: int, minutes: int) -> None:
    local = datetime.fromtimestamp(moment, timezone(timedelta(minutes=minutes)))
    assert Time.parse(local.isoformat()) == Time.at(moment)
    assert Time.of(local) == Time.at(moment)


def test_an_offset_changes_neither_the_precision_nor_the_flags() -> None:
    assert str(Time.parse("NET 2022-09-21T01:30+03:00~")) == "NET 2022-09-20T22:30Z~"
    assert str(Time.parse("2022-09-21T22-03:00")) == "2022-09-22T01Z"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("2022-09-21T13:54:49.5Z", "remove the fraction"),
        ("2022-09-21T13:54:49", "has no time zone: end it with Z"),
        ("2022-09-21 13:54", "has no time zone: end it with Z"),
        ("2022-09-21T13", "has no time zone: end it with Z"),
        ("2022-13", "month must be in 1..12"),
        ("2022-02-30", "no such time: day"),
        ("2022-09-21T24:00Z", "hour must be in 0..23"),
        ("2016-12-31T23:59:60Z", "second must be in 0..59"),
        ("0202-09-21", "year 0202 is outside 1900 to 2999"),
        ("1900-01-01T00:00+01:00", "year 1899 is outside 1900 to 2999"),
        ("2999-12-31T23:59-01:00", "year 3000 is outside 1900 to 2999"),
        ("2022-09-21T13:54+15:00", "no such offset from UTC: +15:00"),
        ("2022-09-21T13:54+03:60", "no such offset from UTC: +03:60"),
        ("2022-09-21T13+05:30", "give the minutes"),
        ("２０２２-０９-２１", "Use 2022-09-21T13:54:49Z"),
        ("2022-09-21Z", "Use 2022-09-21T13:54:49Z"),
        ("2022-9-1", "Use 2022-09-21T13:54:49Z"),
        ("yesterday", "'yesterday' is not a valid time"),
        ("", "'' is not a valid time"),
    ],
)
def test_a_bad_text_is_refused_with_what_is_wrong_with_it(text: str, complaint: str) -> None:
    with pytest.raises(TimeError, match=re.escape(complaint)):
        Time.parse(text)


@given(st.text(alphabet="0123456789-:TZ+~. NET２", max_size=25))
def test_any_text_is_a_time_or_refused_as_none(text: str) -> None:
    with suppress(TimeError):
        assert Time.parse(text).precision in PRECISIONS


@pytest.mark.parametrize("fields", [(), (2022, 9, 21, 13, 54, 49, 0)])
def test_a_time_has_one_to_six_fields(fields: tuple[int, ...]) -> None:
    with pytest.raises(TimeError, match="one to six fields"):
        Time(fields)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Time((2022,)), "2022"),
        ("2022-09", "2022-09"),
        (date(2022, 9, 21), "2022-09-21"),
        (datetime(2022, 9, 21, 13, 54, 49, tzinfo=UTC), "2022-09-21T13:54:49Z"),
    ],
)
def test_a_time_is_made_of_a_text_or_of_the_dates_of_toml(value: object, written: str) -> None:
    assert str(Time.of(value)) == written


@pytest.mark.parametrize(
    ("value", "complaint"),
    [
        (datetime(2022, 9, 21, 13, 54), "has no time zone"),  # noqa: DTZ001 - that is the point
        (datetime(2022, 9, 21, 13, 54, 49, 1, tzinfo=UTC), "remove the fraction"),
        (datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-1))), "is outside 1900"),
        (date(202, 9, 21), "is outside 1900 to 2999"),
        (2022, "not int"),
        (None, "not NoneType"),
    ],
)
def test_what_is_neither_is_refused(value: object, complaint: str) -> None:
    with pytest.raises(TimeError, match=complaint):
        Time.of(value)


@pytest.mark.parametrize(
    ("known", "happened", "effect"),
    [
        ("2022-09-21", "2022-07", "2022-09-21T00:00:00Z"),
        ("2022-09-21T13Z", "2022-07", "2022-09-21T13:00:00Z"),
        ("2022-09-21T13:54:49Z", "2022-07", "2022-09-21T13:54:49Z"),
        ("2022-09", "2022-07", "2022-10-01T00:00:00Z"),
        ("2022", "2022-07", "2023-01-01T00:00:00Z"),
        ("2022-09-21", "2022-09-21T13:54:49Z", "2022-09-21T13:54:49Z"),
        ("2022-09-21", "2022-09-21", "2022-09-21T00:00:00Z"),
    ],
)
def test_a_day_counts_from_its_start_a_month_or_year_from_its_end_and_none_before_it_happened(
    known: str, happened: str, effect: str
) -> None:
    assert str(Time.at(takes_effect(Time.parse(known), Time.parse(happened)))) == effect


@given(TIMES, TIMES)
def test_nothing_is_known_before_it_happened(known: Time, happened: Time) -> None:
    assert takes_effect(known, happened) >= happened.earliest
