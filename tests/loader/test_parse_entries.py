"""What is stated, as the model reads it: the JSON that is made of it says the same."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from aboard.loader.parse_entries import Recording, _as_json
from tests.conftest import NOW

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(st.dictionaries(st.text(), VALUES))
@example({"a": float("nan"), "b": [float("inf"), {"c": -float("inf")}]})
@example({"a": "\ud800"})
@example({"a": 2**70, "b": -(2**70), "c": 10**400})
@example({"a": "null", "b": None})
@example({"a": 1e300, "b": 1e-300, "c": -0.0, "d": 1e16})
def test_it_is_what_the_standard_library_makes_of_it(state: dict[str, Any]) -> None:
    # Written out again, as what is no number equals nothing.
    assert json.dumps(json.loads(_as_json(state))) == json.dumps(state)


def test_what_recording_adds_is_the_same_for_all() -> None:
    recording = Recording(NOW, "test", "batch-1")
    assert recording.stamp is recording.stamp
    assert recording.stamp["correlation_id"] == "batch-1"
    assert "correlation_id" not in Recording(NOW, "test").stamp
