"""Reading: names, sentences, and what an answer says of itself."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

import pytest

from aboard.domain.eventlog.log import open_log
from aboard.projections.queries import reader
from aboard.projections.queries.event_text import SENTENCES, listed, sentence
from aboard.projections.queries.flight import story
from aboard.projections.queries.who import who
from aboard.projections.read_model.read_model import catch_up, open_to_write, position, rebuild
from aboard.projections.tables.fold_versions import BUILT_TO
from aboard.projections.tables.name_keys import key_of, near
from aboard.storage import log_header
from tests.build import fact, instant, seats
from tests.memory import in_memory
from tests.projections.model import ListLog, ask, built, flight, tables

if TYPE_CHECKING:
    from pathlib import Path

    from aboard.events.envelope import Event


def person(key: str, name: str, family: str, *aliases: str) -> Any:
    return fact("registered", "2020-01-01", stream=f"person/{key}", name=name, family_name=family,
                aliases=list(aliases), agency="Orchard")  # fmt: skip


STATION = fact("registered", "2019-01-01", stream="station/pear", name="Pear Station",
               aliases=["PS"], operators=["Orchard"])  # fmt: skip
PORT = fact("port_added", "2019-01-01", stream="station/pear", port="north", name="North port")
PEOPLE = [
    person("ann-o-hara", "Ann O'Hara", "O'Hara"),
    person("zoe-munoz", "Zoë Muñoz", "Muñoz", "Зоя"),
    person("ann-munoz", "Ann Muñoz", "Muñoz"),
]
SOURCE = fact("registered", "2019-01-01", stream="source/gcat", kind="catalogue",
              publisher="J. McDowell", url="https://example.org")  # fmt: skip
UP = flight(
    "apple",
    ("planned", "2020-01-01", {"name": "Apple 1", "spacecraft": "Fruit", "operator": "Orchard",
                               "vehicle": "Pip"}),
    ("launched", "2020-03-01T10:00:00Z", {"crew": ["zoe-munoz"]}),
)  # fmt: skip


class TestNames:
    @pytest.mark.parametrize(
        "name", ["zoe-munoz", "Zoë Muñoz", "zoe munoz", "ZOE MUNOZ", "зоя", " Zoe-Muñoz "]
    )
    def test_a_person_is_found_by_any_name(self, name: str) -> None:
        assert reader.resolve(built(PEOPLE), ("person",), name) == ("person", "zoe-munoz")

    @pytest.mark.parametrize("name", ["O'Hara", "ohara", "o’hara"])
    def test_an_apostrophe_does_not_matter(self, name: str) -> None:
        assert reader.resolve(built(PEOPLE), ("person",), name)[1] == "ann-o-hara"

    def test_a_name_two_people_bear_is_ambiguous(self) -> None:
        with pytest.raises(reader.AmbiguousName, match="ann-munoz, zoe-munoz") as miss:
            reader.resolve(built(PEOPLE), ("person",), "munoz")
        assert miss.value.hint == "give the id"

    def test_a_flight_is_found_by_its_vehicle(self) -> None:
        assert reader.resolve(built(UP), ("station", "flight"), "pip") == ("flight", "apple")

    def test_a_miss_offers_near_names(self) -> None:
        with pytest.raises(reader.UnknownName, match="no person is called 'Munos'") as miss:
            reader.resolve(built(PEOPLE), ("person",), "Munos")
        assert "munoz" in miss.value.hint
        with pytest.raises(reader.UnknownName) as wrong_kind:
            reader.resolve(built([*PEOPLE, *UP]), ("person",), "apple 1")
        assert wrong_kind.value.hint == "apple 1 is a flight"
        with pytest.raises(reader.UnknownName) as far:
            reader.resolve(built(PEOPLE), ("person",), "xyzzyx")
        assert far.value.hint == "people are: zoe-munoz, ann-o-hara, ann-munoz"

    def test_a_part_of_a_name_is_near_it(self) -> None:
        assert near("hara", {"annohara": "ann-o-hara", "bob": "bob"}) == ["ann-o-hara"]
        assert key_of("Prokop'ev, Сергей") == "prokopevсергеи"


class TestAnswers:
    def test_an_answer_says_what_it_is_as_of(self) -> None:
        answer = ask([STATION, *UP], "pear", "2020-03-02")
        assert answer["as_of"] == {"position": 3, "recorded": "2026-01-01T00:00:00Z"}
        assert who(built([]), ("station", "pear"), 0, 0)["as_of"] == {
            "position": 0, "recorded": None,
        }  # fmt: skip

    def test_people_have_their_registered_name_and_others_their_id(self) -> None:
        both = flight("apple", ("launched", "2020-03-01T10:00:00Z", {"crew": ["zoe-munoz", "bob"]}))
        people = ask([*PEOPLE, *both], "apple", "2020-03-02")["people"]
        assert [(one["name"], one["agency"]) for one in people] == [
            ("Zoë Muñoz", "Orchard"), ("bob", None),
        ]  # fmt: skip

    def test_everyone_is_grouped_by_place_with_stations_first(self) -> None:
        facts = [
            STATION,
            *UP,
            *flight(
                "quince",
                ("launched", "2020-01-01T00:00:00Z", {"crew": ["ann-o-hara"]}),
                ("docked", "2020-01-01T04:00:00Z", {"station": "pear", "port": "north"}),
            ),
        ]
        answer = ask(facts, None, "2020-03-02")
        assert answer["places"] == [
            {"id": "pear", "kind": "station", "name": "Pear Station", "count": 1},
            {"id": "apple", "kind": "flight", "name": "Apple 1", "count": 1},
        ]
        assert answer["docked"][0]["station"] == "pear"

    def test_a_place_that_is_not_registered_is_told_by_its_id(self) -> None:
        facts = flight("quince", ("launched", "2020-01-01T00:00:00Z", {"crew": ["ann-o-hara"]}))
        answer = ask(facts, None, "2020-03-02")
        assert answer["places"][0]["name"] == "quince"

    def test_outside_what_is_covered_the_answer_says_so(self) -> None:
        covered = fact("coverage_stated", "2026-01-01", stream="station/pear", since="2020-01-01",
                       until="2021-01-01")  # fmt: skip
        facts = [STATION, covered]
        gap = [{"station": "pear", "since": "2020-01-01", "until": "2021-01-01"}]
        assert "uncertain" not in ask(facts, "pear", "2020-06-01")
        assert ask(facts, "pear", "2021-01-01")["uncertain"]["coverage"] == gap
        assert ask(facts, "pear", "2019-12-31")["uncertain"]["coverage"] == gap
        assert ask(facts, "plum", "2019-12-31").get("uncertain") is None
        wider = fact("coverage_stated", "2026-02-01", stream="station/pear", since="2019-01-01",
                     until="2021-01-01")  # fmt: skip
        assert "uncertain" not in ask([*facts, wider], "pear", "2019-12-31")

    def test_everywhere_rests_on_what_is_claimed_of_each_station(self) -> None:
        covered = fact("coverage_stated", "2026-01-01", stream="station/pear", since="2020-01-01",
                       until="2021-01-01")  # fmt: skip
        facts = [
            STATION,
            covered,
            *flight(
                "quince",
                ("launched", "2020-05-01T00:00:00Z", {"crew": ["ann-o-hara"]}),
                ("docked", "2020-05-02T00:00:00Z", {"station": "plum"}),
                ("undocked", "2021-05-02T00:00:00Z", {"crew": []}),
            ),
        ]
        pear = {"station": "pear", "since": "2020-01-01", "until": "2021-01-01"}
        plum = {"station": "plum", "since": None, "until": None}

        def rests_on(at: str) -> list[dict[str, str]]:
            found: list[dict[str, str]] = ask(facts, None, at)["uncertain"]["coverage"]
            return found

        assert rests_on("2019-12-31") == []
        assert rests_on("2020-02-01") == [pear]
        assert rests_on("2020-06-01") == [plum, pear]
        assert rests_on("2021-03-01") == [plum]

    def test_everywhere_rests_on_a_station_with_an_empty_vehicle_too(self) -> None:
        facts = flight("quince", ("launched", "2020-05-01T00:00:00Z", {"crew": []}),
                       ("docked", "2020-05-02T00:00:00Z", {"station": "pear"}))  # fmt: skip
        answer = ask([STATION, *facts], None, "2020-06-01")
        assert answer["uncertain"] == {
            "coverage": [{"station": "pear", "since": None, "until": None}]
        }


class TestSentences:
    """What an event says, with the names the catalogue has."""

    @pytest.mark.parametrize(
        ("kind", "said", "says"),
        [
            ("crew_assigned", {"crew": [{"person": "zoe-munoz", "role": "pilot"}]},
             "Zoë Muñoz (pilot) assigned"),
            ("crew_replaced", {"off": ["zoe-munoz"]}, "Zoë Muñoz taken off"),
            ("crew_replaced", {"on": seats("bob"), "condition": "it rains"},
             "bob assigned, on condition: it rains"),
            ("crew_replaced", {"off": ["zoe-munoz"], "on": seats("bob")},
             "bob assigned in place of Zoë Muñoz"),
            ("homeward_vehicle_assigned", {"people": ["bob"]}, "bob to return on it"),
            ("launch_planned", {"target": "2020-03", "rocket": "Kite", "site": "the lawn"},
             "launch planned for 2020-03 on a Kite from the lawn"),
            ("docking_planned", {"target": "2020-03", "station": "pear"},
             "docking with the Pear Station planned for 2020-03"),
            ("undocking_planned", {"target": "NET 2020-03"}, "undocking planned for NET 2020-03"),
            ("return_planned", {"target": "2020-03", "duration_days": 9, "crew": []},
             "return planned for 2020-03, 9 days, with nobody aboard"),
            ("launch_scrubbed", {}, "launch scrubbed: no reason given"),
            ("rolled_out", {"site": "the lawn"}, "rolled out from the lawn"),
            ("launched", {"crew": [], "payload_kg": 5}, "lifted off with nobody, 5 kg of payload"),
            ("launched", {"crew": ["bob"], "payload_kg": 5, "payload_approximate": True},
             "lifted off with bob, about 5 kg of payload"),
            ("docked", {"station": "pear", "port": "north"},
             "docked with the Pear Station at North port"),
            ("docked", {"station": "pear"}, "docked with the Pear Station at a port not named"),
            ("hatch_opened", {}, "hatch opened"),
            ("hatch_closed", {}, "hatch closed"),
            ("anomaly", {"what": "A leak."}, "anomaly: A leak."),
            ("seat_moved", {"person": "bob"}, "seat of bob moved to Apple 1"),
            ("relocated", {"undocked_at": "2020", "from_port": "north"},
             "relocated from North port to a port not named, riders unknown; undocked at 2020"),
            ("relocated", {"undocked_at": "2019-12-31", "to_port": "nook", "crew": ["bob", "cat"]},
             "relocated from a port not named to nook with bob and cat; undocked at 2019-12-31"),
            ("undocked", {"crew": ["a", "b", "c"]}, "undocked with a, b and c"),
            ("landed", {"crew": [], "place": "the sea"}, "landed with nobody at the sea"),
        ],
    )  # fmt: skip
    def test_it_says(self, kind: str, said: dict[str, Any], says: str) -> None:
        event = fact(kind, "2020-01-01", stream="flight/apple", **said)
        db = built([STATION, PORT, *PEOPLE, *UP[:1], event])
        body = event.model_dump(mode="json", exclude_defaults=True)
        assert sentence(db, "flight/apple", event.TOPIC, body) == says

    @pytest.mark.parametrize(
        ("said", "station"),
        [
            ({"undocked_at": "2020-03-02", "from_port": "north"}, "Apricot"),
            ({"undocked_at": "2020-03-06", "from_port": "north"}, "Banana"),
            ({"undocked_at": "2020-03", "from_port": "north"}, "Banana"),
            ({"target": "2020-03-02", "from_port": "north"}, "Apricot"),
            ({"target": "2020-03-06", "from_port": "north"}, "Banana"),
            ({"target": "2020-02-06", "from_port": "north"}, "Cherry"),
        ],
    )
    def test_a_port_is_one_of_the_station_that_the_flight_is_at(
        self, said: dict[str, str], station: str
    ) -> None:
        ports = [
            fact("port_added", "2020-01-01", stream=f"station/{name.lower()}", port="north",
                 name=f"{name} north")
            for name in ("Apricot", "Banana", "Cherry")
        ]  # fmt: skip
        planned = fact("planned", "2020-01-01", name="Apple", spacecraft="Fruit",
                       operator="Orchard", destination="cherry")  # fmt: skip
        first = fact("docked", "2020-03-01", station="banana", id="first")
        right = fact("fact.corrected", "2020-03-02", stream="flight/apple", target="first",
                     changes={"station": "apricot"}, reason="slip")  # fmt: skip
        never = fact("docked", "2020-03-04", station="cherry", id="never")
        facts = [
            *ports,
            planned,
            fact("docked", "2020-03-05", station="banana"),
            first,
            right,
            never,
            fact("fact.retracted", "2020-03-05", stream="flight/apple", target="never", reason="x"),
            fact("docked", "2020-03-01T12:00Z", to_craft="quince"),
        ]
        topic = "flight.relocation_planned" if "target" in said else "flight.relocated"
        for order in (facts, facts[::-1]):
            assert f"from {station} north" in sentence(built(order), "flight/apple", topic, said)

    def test_where_it_is_bound_for(self) -> None:
        said = {
            "name": "Apple",
            "spacecraft": "Fruit",
            "operator": "Orchard",
            "destination": "pear",
        }
        assert sentence(built([STATION]), "flight/apple", "flight.planned", said) == (
            "planned: Apple, a Fruit of Orchard, bound for the Pear Station"
        )

    def test_a_spacewalk_that_ends_is_told_with_who_was_out_and_what_it_was(self) -> None:
        began = fact("began", "2020-03-01T10:00Z", stream="spacewalk/one", id="one/began",
                     people=["ann-o-hara", "bob"], station="pear", name="EVA-1")  # fmt: skip
        alone = fact("fact.corrected", "2020-03-02", stream="spacewalk/one", target="one/began",
                     changes={"people": ["bob"]}, removes=["name"], reason="slip")  # fmt: skip
        gone = fact("fact.retracted", "2020-03-03", stream="spacewalk/one", target="one/began",
                    reason="it was put off")  # fmt: skip

        def says(*facts: Event) -> str:
            return sentence(
                built([STATION, *PEOPLE, *facts]), "spacewalk/one", "spacewalk.ended", {}
            )

        assert says(began).startswith("spacewalk ended (EVA-1): ")
        assert says(began).endswith(" and bob are back inside")
        assert says(began, alone) == "spacewalk ended: bob is back inside"
        assert says(began, gone) == says() == "spacewalk ended"

    def test_every_event_of_a_flight_has_one(self) -> None:
        from aboard.events.vocabulary import type_names  # noqa: PLC0415

        told = {topic for topic in SENTENCES if topic.startswith(("flight.", "fact."))}
        assert {cls.TOPIC for cls in type_names("flight").values()} == told

    def test_another_event_is_told_by_its_type(self) -> None:
        assert sentence(built([]), "station/pear", "station.port_added", {}) == "port added"
        assert listed([]) == ""


class TestReadModel:
    def test_a_read_model_of_another_version_is_built_anew(self, tmp_path: Path) -> None:
        log = ListLog([STATION, *UP])
        with open_to_write(tmp_path / "model.sqlite") as db:
            assert position(db, log) == -1
            assert catch_up(db, log) == 3
            assert (position(db, log), reader.meta(db)["built_to"]) == (3, BUILT_TO)
            whole = tables(db)
            db.execute("UPDATE meta SET value='presence=0' WHERE key='built_to'")
            db.execute("DELETE FROM presence")
            assert position(db, log) == -1
            assert catch_up(db, log) == 3
            assert tables(db) == whole

    def test_a_read_model_of_another_log_is_built_anew(self) -> None:
        db = built([STATION, *UP])
        other = ListLog(UP)
        other.identity = "another list"
        assert position(db, other) == -1
        assert catch_up(db, other) == 2
        assert tables(db) == tables(built(UP))

    def test_a_read_model_ahead_of_its_log_is_built_anew(self) -> None:
        db = built([STATION, *UP])
        assert catch_up(db, ListLog(UP)) == 2
        assert tables(db) == tables(built(UP))

    def test_catching_up_with_nothing_new_changes_nothing(self) -> None:
        log = ListLog([STATION, *UP])
        db = built(log.events)
        before, meta = tables(db), reader.meta(db)
        assert catch_up(db, log) == 3
        assert (tables(db), reader.meta(db)) == (before, meta)

    def test_what_fails_on_the_way_leaves_everything_as_it_was(self) -> None:
        class Broken(ListLog):
            def scan(self, after: int = 0) -> Any:
                yield from super().scan(after)
                raise OSError("the disk is gone")

        db = built([STATION])
        before = tables(db)
        with pytest.raises(OSError, match="the disk is gone"):
            catch_up(db, Broken([STATION, *UP]))
        assert tables(db) == before
        with pytest.raises(OSError, match="the disk is gone"):
            rebuild(db, Broken([STATION, *UP]))
        assert tables(db) == before

    def test_a_late_link_brings_in_the_whole_stream(self) -> None:
        log = ListLog(UP[1:])
        db = built(log.events)
        log.events.append(
            fact(
                "return_planned", "2020-03-01T10:00:00Z", stream="flight/apple", target="2020-04-01"
            )
        )
        catch_up(db, log)
        (zoe,) = who(db, ("flight", "apple"), instant("2020-03-02"), instant("2020-03-03"))[
            "people"
        ]
        assert zoe["until"]["at"] == "2020-04-01"

    def test_progress_counts_the_subjects(self) -> None:
        seen: list[tuple[int, int]] = []
        db, log = in_memory(), ListLog(UP[:1])
        catch_up(db, log)
        log.events = list(UP)
        catch_up(db, log, lambda done, total: seen.append((done, total)))
        assert seen == [(1, 3), (2, 3), (3, 3)]

    def test_progress_from_nothing_counts_both_passes_over_the_positions(self) -> None:
        seen: list[tuple[int, int]] = []
        db = in_memory()
        catch_up(db, ListLog(UP), lambda done, total: seen.append((done, total)))
        assert (seen[0], seen[-1]) == ((len(UP), 2 * len(UP)), (2 * len(UP), 2 * len(UP)))
        assert seen == sorted(seen)

    def test_the_state_of_a_log_is_its_identity_and_position(self, tmp_path: Path) -> None:
        assert log_header.read_header(tmp_path / "none.sqlite") == ("", 0)
        (tmp_path / "empty.sqlite").touch()
        assert log_header.read_header(tmp_path / "empty.sqlite") == ("", 0)
        with open_log(tmp_path / "log.sqlite") as log:
            assert log_header.read_header(tmp_path / "log.sqlite") == (log.identity, 0)
            log.record([UP[0]])
            assert log_header.read_header(tmp_path / "log.sqlite") == (log.identity, 1)

    def test_a_database_of_another_program_is_no_log(self, tmp_path: Path) -> None:
        with open_to_write(tmp_path / "other.sqlite") as db:
            db.execute("CREATE TABLE stored_events (rowid INTEGER PRIMARY KEY)")
        with pytest.raises(sqlite3.DatabaseError, match="no log of Aboard"):
            log_header.read_header(tmp_path / "other.sqlite")

    def test_what_is_read_cannot_be_written(self, tmp_path: Path) -> None:
        with open_to_write(tmp_path / "model.sqlite") as db:
            catch_up(db, ListLog(UP))
        db = reader.connect(tmp_path / "model.sqlite")
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            db.execute("DELETE FROM meta")
        db.close()

    def test_a_place_nobody_ever_was_at_holds_nothing(self) -> None:
        assert list(reader.rows_at(built(UP), "presence", "plum", 0, 0)) == []


class TestAmendments:
    def corrected(self, target: Any, made: str, **said: Any) -> Any:
        return fact("fact.corrected", made, stream=target.originator_id, target=target.id,
                    reason="why", **said)  # fmt: skip

    def test_a_name_that_is_corrected_is_found_and_the_wrong_one_is_not(self) -> None:
        zoe = PEOPLE[1]
        changes = {"name": "Zora Muñoz", "aliases": []}
        db = built([*PEOPLE, self.corrected(zoe, "2021-01-01", changes=changes)])
        assert reader.resolve(db, ("person",), "zora munoz") == ("person", "zoe-munoz")
        with pytest.raises(reader.UnknownName):
            reader.resolve(db, ("person",), "Зоя")

    def test_a_retracted_station_has_no_name(self) -> None:
        gone = fact("fact.retracted", "2021-01-01", stream="station/pear", target=STATION.id,
                    reason="why")  # fmt: skip
        db = built([STATION, gone])
        with pytest.raises(reader.UnknownName):
            reader.resolve(db, ("station",), "PS")

    def test_coverage_is_as_corrected(self) -> None:
        covered = fact("coverage_stated", "2026-01-01", stream="station/pear", since="2020-01-01",
                       until="2021-01-01")  # fmt: skip
        wider = self.corrected(covered, "2026-01-02", changes={"until": "2022-01-01"})
        assert "uncertain" not in ask([STATION, covered, wider], "pear", "2021-06-01")

    def test_an_amendment_of_what_comes_later_takes_hold_when_it_comes(self) -> None:
        late = self.corrected(UP[1], "2020-03-02", changes={"crew": ["ann-o-hara"]})
        log = ListLog([UP[0], late])
        db = built(log.events)
        log.events.append(UP[1])
        catch_up(db, log)
        assert tables(db) == tables(built([UP[0], late, UP[1]]))
        answer = who(db, ("flight", "apple"), instant("2020-03-05"), instant("2020-04-01"))
        assert [one["id"] for one in answer["people"]] == ["ann-o-hara"]


class TestAPlanWhoseConditionIsMet:
    """A conditional plan that has become firm is known since its condition was met."""

    FACTS = (
        *flight("apple", ("planned", "2020-01-01", {"name": "Apple", "spacecraft": "Fruit",
                                                    "operator": "Orchard"})),
        fact("crew_assigned", "2020-01-02", id="apple/if", crew=seats("zoe-munoz"),
             condition="a treaty"),
        fact("launch_planned", "2020-01-03", id="apple/launch-if", target="2020-06",
             condition="a treaty"),
        fact("condition_met", "2020-02-01", "2020-02-02", id="apple/met", plan="apple/if"),
        fact("condition_met", "2020-02-03", id="apple/met-2", plan="apple/launch-if"),
    )  # fmt: skip

    def test_before_it_is_met(self) -> None:
        db = built([*PEOPLE, *self.FACTS])
        told = story(db, "apple", instant("2020-02-01"), instant("2020-02-01"))
        assert told["crew"]["planned"] == []
        assert [one["known"] for one in told["crew"]["conditional"]] == ["2020-01-02"]
        (launch,) = told["milestones"]
        assert [one["known"] for one in launch["conditional"]] == ["2020-01-03"]

    def test_from_when_it_is_met(self) -> None:
        db = built([*PEOPLE, *self.FACTS])
        told = story(db, "apple", instant("2020-03-01"), instant("2020-03-01"))
        (seat,) = told["crew"]["planned"]
        assert (seat["known"], seat["event"]) == ("2020-02-02", "apple/if")
        (launch,) = told["milestones"]
        assert launch["planned"]["events"] == ["apple/launch-if", "apple/met-2"]
        assert launch["planned"]["known"] == "2020-02-03"

    def test_it_says_which_and_what_it_was_about(self) -> None:
        db = built([*PEOPLE, *self.FACTS])
        said = {"plan": "apple/if"}
        assert sentence(db, "flight/apple", "flight.condition_met", said) == (
            "condition met, a treaty: Zoë Muñoz assigned"
        )
        said = {"plan": "apple/launch-if"}
        assert sentence(db, "flight/apple", "flight.condition_met", said) == (
            "condition met, a treaty: launch planned for 2020-06"
        )
        said = {"plan": "apple/met"}
        assert sentence(db, "flight/apple", "flight.condition_met", said) == (
            "the condition of apple/met is met"
        )
