"""An answer in each format; and that no command knows what the formats are."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

import pytest
import typer

from aboard.app.errors import UsageError
from aboard.cli.output.answer import AnswerForms
from aboard.cli.output.render import Format, render
from tests.folders import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COMMANDS = sorted((ROOT / "cli" / "commands").rglob("*.py"))


def format_branches(source: str) -> list[int]:
    """Return the lines on which a module compares or matches something with a format."""
    lines = []
    for node in ast.walk(ast.parse(source)):
        compared: list[ast.expr] = []
        if isinstance(node, ast.Compare):
            compared = [node.left, *node.comparators]
        elif isinstance(node, ast.MatchValue):
            compared = [node.value]
        elif isinstance(node, ast.Dict):
            compared = [key for key in node.keys if key]
        for one in compared:
            members = (inner for inner in ast.walk(one) if isinstance(inner, ast.Attribute))
            if any(member.attr in Format.__members__ for member in members):
                lines.append(node.lineno if hasattr(node, "lineno") else one.lineno)
    return lines


@pytest.mark.parametrize("module", COMMANDS, ids=lambda path: path.stem)
def test_no_command_depends_on_the_format(module: Path) -> None:
    assert format_branches(module.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        "match form:\n    case Format.json | Format.jsonl: pass",
        "if form is Format.csv: pass",
        "if form in (None, Format.table): pass",
        "print_json(answer, lines=form is render.Format.jsonl)",
        "{Format.json: print_json}[form](answer)",
    ],
)
def test_the_test_sees_a_branch(source: str) -> None:
    assert format_branches(source)


def computed(name: str, calls: list[str], value: Any) -> Any:
    """Return a form of an answer that notes when it is computed."""

    def form() -> Any:
        calls.append(name)
        return value

    return form


@pytest.mark.parametrize(
    ("form", "wanted", "printed"),
    [
        (Format.table, "text", "one\n\ntwo\n"),
        (Format.json, "data", '{\n  "a": 1\n}\n'),
        (Format.jsonl, "records", '{"a": 1}\n{"a": 2}\n'),
        (Format.csv, "rows", "a,b\n1,\ntrue,é\n"),
    ],
)
def test_only_the_form_that_is_wanted_is_computed(
    form: Format, wanted: str, printed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    calls: list[str] = []
    answer = AnswerForms(
        data=computed("data", calls, {"a": 1}),
        records=computed("records", calls, [{"a": 1}, {"a": 2}]),
        columns=("a", "b"),
        rows=computed("rows", calls, [{"a": 1, "b": None, "c": 3}, {"a": True, "b": "é"}]),
        text=computed("text", calls, ["one", "", "two"]),
        notes=lambda: ["it is so"],
    )

    render(answer, form)

    assert calls == [wanted]
    assert capsys.readouterr() == (printed, "note: it is so\n")


def test_an_answer_of_a_value_is_one_record(capsys: pytest.CaptureFixture[str]) -> None:
    render(AnswerForms.of([1, 2]), Format.jsonl)

    assert capsys.readouterr().out == "[1, 2]\n"


@pytest.mark.parametrize("form", [Format.jsonl, Format.csv])
def test_what_comes_slowly_is_printed_as_it_comes(
    form: Format, capsys: pytest.CaptureFixture[str]
) -> None:
    printed: list[str] = []

    def slowly() -> Iterator[dict[str, int]]:
        for number in range(3):
            yield {"n": number}
            printed.append(capsys.readouterr().out)

    render(AnswerForms(records=slowly, columns=("n",), rows=slowly), form)

    first = {Format.jsonl: '{"n": 0}\n', Format.csv: "n\n0\n"}
    assert printed[0] == first[form]
    assert len(printed) == 3
    assert all(printed)


@pytest.mark.parametrize("form", [Format.table, Format.csv])
def test_an_answer_without_the_form_is_refused(
    form: Format, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = AnswerForms(records=lambda: [1], unavailable=("lines only", "say jsonl"))

    with pytest.raises(UsageError, match=r"lines only \(say jsonl\)"):
        render(answer, form)

    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("form", Format)
def test_details_are_printed_where_the_data_is_not(
    form: Format, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = AnswerForms.of(
        {"findings": ["f"]}, text=lambda: ["t"], rows=list, details=lambda: ["f"]
    )

    render(answer, form)

    assert capsys.readouterr().err == ("" if form is Format.json else "f\n")


def test_an_empty_text_has_a_note_in_its_place(capsys: pytest.CaptureFixture[str]) -> None:
    answer = AnswerForms.of([], text=list, columns=("a",), rows=list, if_empty="nothing")

    render(answer, Format.table)
    render(answer, Format.csv)

    assert capsys.readouterr() == ("a\n", "note: nothing\n")


def test_the_exit_code_comes_after_the_answer(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as end:
        render(AnswerForms.of(1, exit_code=4, notes=lambda: ["late"]), Format.json)

    assert end.value.exit_code == 4
    assert capsys.readouterr() == ("1\n", "note: late\n")
