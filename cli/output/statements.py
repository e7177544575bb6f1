"""What is said beside the facts, told to a person: claims, rulings and gaps; and who says so."""

from __future__ import annotations

from typing import Any

from aboard.cli.output.render import say


def print_disputes(answer: dict[str, Any]) -> None:
    """Print the claims that an answer has beside it, each with its ruling, and the gaps."""
    if answer["claims"]:
        say("\nClaims that do not hold, or are too vague to be facts:")
    for claim in answer["claims"]:
        ruling = claim["ruling"]
        why = f"; {ruling['holds']} holds: {ruling['reason']}" if ruling else ""
        say(f"  {known_since(claim)}  {_phrase(claim['says'])} ({said_by(claim)}){why}")
    print_gaps(answer)


def print_gaps(answer: dict[str, Any]) -> None:
    """Print what is not known and touches an answer."""
    for gap in answer.get("gaps", ()):
        say(f"\nNot known: {_phrase(gap['what'])} ({gap['id']})")


def _phrase(sentence: str) -> str:
    """Return a sentence as it stands before something in brackets."""
    return sentence.removesuffix(".")


def known_since(one: dict[str, Any]) -> str:
    """Return since when something is known, and whether that is assumed."""
    return f"{one['known']}{' assumed' if one['known_assumed'] else ''}"


def said_by(one: dict[str, Any]) -> str:
    """Return who says something, each publisher once."""
    return "; ".join(dict.fromkeys(source["publisher"] for source in one["sources"]))
