"""Bulk work does without the garbage collector, and leaves it as it was; what it made is old."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import pytest

from aboard.events.gc_pause import collected_later, uncollected

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    """Leave the collector as it was found."""
    was_on = gc.isenabled()
    yield
    gc.unfreeze()
    (gc.enable if was_on else gc.disable)()


def test_garbage_is_looked_for_again_afterwards() -> None:
    assert gc.isenabled()
    with uncollected():
        assert not gc.isenabled()
        with uncollected():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()


def test_garbage_is_looked_for_again_after_a_failure() -> None:
    with pytest.raises(RuntimeError), uncollected():
        raise RuntimeError
    assert gc.isenabled()


def is_old(one: object) -> bool:
    """Whether an object is in the oldest generation."""
    return any(other is one for other in gc.get_objects(generation=2))


def test_what_was_made_is_old() -> None:
    gc.enable()
    with uncollected():
        assert not gc.isenabled()
        made: list[object] = [[]]
        assert not is_old(made)
    assert gc.isenabled()
    assert is_old(made)
    assert gc.get_freeze_count() == 0


def test_what_was_off_stays_off() -> None:
    gc.disable()
    with uncollected():
        made: list[object] = [[]]
    assert not gc.isenabled()
    assert not is_old(made)


def test_what_somebody_froze_stays_frozen() -> None:
    gc.enable()
    gc.freeze()
    frozen = gc.get_freeze_count()
    with uncollected():
        pass
    assert gc.isenabled()
    assert 0 < gc.get_freeze_count() <= frozen


def test_who_is_waited_for_looks_for_garbage_later() -> None:
    gc.enable()
    with collected_later():
        assert not gc.isenabled()
        with collected_later():
            made: list[object] = [[]]
        assert not gc.isenabled()
    assert gc.isenabled()
    assert not is_old(made), "what becomes garbage soon is not kept"
    with pytest.raises(RuntimeError), collected_later():
        raise RuntimeError
    assert gc.isenabled()


def test_where_it_is_off_it_stays_off_afterwards() -> None:
    gc.disable()
    with collected_later():
        pass
    assert not gc.isenabled()
