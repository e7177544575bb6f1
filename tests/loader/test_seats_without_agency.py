"""A seat without an agency is a finding, wherever else the seat may be stated."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from aboard.loader.check import check
from aboard.loader.tiers import Tier
from tests.conftest import NOW

if TYPE_CHECKING:
    from pathlib import Path

LEDGER = """
[[source]]
key = "news"
kind = "report"
publisher = "The News"
"""
PEOPLE = """
[[person]]
id = "ann-lee"
name = "Ann Lee"
family_name = "Lee"
agency = "ESA"
source = ["news"]
"""
FLIGHT = """
stream = "flight/lark-1"

[[event]]
id = "lark-1/planned"
type = "planned"
happened = 2021-01-01
known = 2021-01-01
source = ["news"]
name = "Lark 1"
spacecraft = "Lark"
operator = "ESA"

[[event]]
id = "lark-1/crew-assigned"
type = "crew_assigned"
known = 2021-02-01
source = ["news"]
crew = [{ person = "ann-lee"ASSIGNED }]

[[event]]
id = "lark-1/launched"
type = "launched"
happened = 2021-03-01
source = ["news"]
crew = ["ann-lee"]
LAUNCHED
"""
AGENCY = ', agency = "ESA"'
SEATS = 'seats = [{ person = "ann-lee", agency = "ESA" }]'


@pytest.mark.parametrize(
    ("assigned", "launched", "lines"),
    [("", "", [19]), (AGENCY, "", []), ("", SEATS, []), (AGENCY, SEATS, [])],
)
def test_one_finding_for_each_seat(
    tmp_path: Path, assigned: str, launched: str, lines: list[int]
) -> None:
    (tmp_path / "sources.toml").write_text(LEDGER)
    (tmp_path / "people.toml").write_text(PEOPLE)
    text = FLIGHT.replace("ASSIGNED", assigned).replace("LAUNCHED", launched)
    (tmp_path / "lark-1.toml").write_text(text)

    found = check([tmp_path], NOW, tier=Tier.sources).findings

    assert [(one.rule, one.line) for one in found] == [("agency-missing", line) for line in lines]
    assert check([tmp_path], NOW).findings == []


@pytest.mark.parametrize(
    ("seats", "message"),
    [
        ('[{ person = "bob-ray", agency = "ESA" }]', "bob-ray is not in it"),
        ('[{ person = "ann-lee" }, { person = "ann-lee" }]', "each of the crew has one seat"),
    ],
)
def test_the_seats_of_a_launch_are_those_of_its_crew(
    tmp_path: Path, seats: str, message: str
) -> None:
    (tmp_path / "sources.toml").write_text(LEDGER)
    (tmp_path / "people.toml").write_text(PEOPLE)
    text = FLIGHT.replace("ASSIGNED", "").replace("LAUNCHED", f"seats = {seats}")
    (tmp_path / "lark-1.toml").write_text(text)

    [finding] = check([tmp_path], NOW).findings
    assert message in finding.message
