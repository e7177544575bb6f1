"""The Python example of the README prints what the README shows."""

from __future__ import annotations

import pytest

from tests.folders import ROOT
from tests.project.test_docs import blocks


@pytest.mark.usefixtures("clock", "answering")
def test_the_python_example_prints_what_the_readme_shows(
    capsys: pytest.CaptureFixture[str],
) -> None:
    [(_, code)] = blocks(ROOT / "README.md", "python")
    [(_, shown)] = blocks(ROOT / "README.md", "text")

    exec(compile(code, "README.md", "exec"), {})  # noqa: S102 - our own page

    assert capsys.readouterr().out == shown
