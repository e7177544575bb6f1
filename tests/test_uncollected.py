"""Bulk work does without the garbage collector, and leaves it as it was."""

from __future__ import annotations

import gc

import pytest

from aboard.events.uncollected import uncollected


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
