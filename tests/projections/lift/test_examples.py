"""The worked examples at the top of the lift and of what is known are true."""

from __future__ import annotations

import doctest
from typing import TYPE_CHECKING

import pytest

from aboard.projections.lift import known_facts, lift

if TYPE_CHECKING:
    from types import ModuleType


@pytest.mark.parametrize("module", [lift, known_facts], ids=lambda one: one.__name__)
def test_a_worked_example(module: ModuleType) -> None:
    done = doctest.testmod(module)
    assert (done.failed, done.attempted > 3) == (0, True)
