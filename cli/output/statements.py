"""Claims, rulings and gaps in text: what sources say about an answer that it does not contain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aboard.cli.output.phrases import known_since, said_by

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from aboard.cli.output.answer import AnswerForms


def dispute_lines(answer: dict[str, Any]) -> Iterator[str]:
    """Yield the claims about an answer, each with its ruling, and the gaps."""
    if answer["claims"]:
        yield ""
        yield "Claims that do not hold, or are too vague to be facts:"
    for claim in answer["claims"]:
        ruling = claim["ruling"]
        why = f"; {ruling['holds']} holds: {ruling['reason']}" if ruling else ""
        yield f"  {known_since(claim)}  {_phrase(claim['says'])} ({said_by(claim)}){why}"
    yield from gap_lines(answer)


def amended_lines(shown: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Yield which events of an answer are amended, and where to see what they said before."""
    found = {
        key: f"{one['amended']} by {', '.join(one['amended_by'])}"
        for one in shown
        if one.get("amended")
        for key in one.get("amended_events") or [one["id"]]
    }
    if found:
        yield ""
    for key, by in found.items():
        yield f"{key} is {by}: `aboard show {key}` shows what it said before"


def with_gaps(answer: AnswerForms, found: dict[str, Any]) -> AnswerForms:
    """Return an answer whose text ends with what is not known and affects it."""
    text = answer.text
    return answer._replace(text=lambda: [*text(), *gap_lines(found)]) if text else answer


def gap_lines(answer: dict[str, Any]) -> Iterator[str]:
    """Yield what is not known and affects an answer."""
    for gap in answer.get("gaps", ()):
        yield ""
        yield f"Not known: {_phrase(gap['what'])} ({gap['id']})"


def _phrase(sentence: str) -> str:
    """Return a sentence without its full stop, for use before a bracket."""
    return sentence.removesuffix(".")
