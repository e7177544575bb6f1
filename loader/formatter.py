"""The canonical form of a ledger file: the content stays, the layout changes.

The fields of an entry come in the order of `field_order`, with their comments. The file is parsed
with tree-sitter and put together again from the same pieces. A list with one item per line keeps
its lines.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aboard.loader.amend import as_value
from aboard.loader.field_order import class_of_entry, field_order, in_order
from aboard.loader.ledger import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

BARE = re.compile(r"[\"']([A-Za-z0-9_-]+)[\"']")
"""A key that needs no quotes."""

INDENT = " " * 4


class FormatError(Exception):
    """A file that cannot be formatted without changing its content."""


@dataclass(slots=True)
class _Piece:
    """A header or a pair: the comments above it, `""` for a blank line, and the one behind it."""

    text: str = ""
    above: list[str] = field(default_factory=list)
    behind: str = ""
    key: str = ""

    def line(self) -> str:
        return f"{self.text}  {self.behind}" if self.behind else self.text


@dataclass(slots=True)
class _Section:
    """A table with its pairs, and the comments behind the last; the top of a file has no header."""

    header: _Piece | None = None
    table: str = ""
    pairs: list[_Piece] = field(default_factory=list)
    tail: list[str] = field(default_factory=list)


def canonical(text: str) -> str:
    """Return a ledger file in the canonical form.

    Raises `tomllib.TOMLDecodeError`, and `FormatError` where formatting would change the content.
    """
    text = text.replace("\r\n", "\n")
    content = tomllib.loads(text)
    root = _parsed(text)
    if root.has_error:
        raise FormatError("it uses TOML syntax that ledger files do not support")
    made = _printed(_sections(root), content)
    if tomllib.loads(made) != content or _comments(root) != _comments(_parsed(made)):
        raise FormatError("formatting it would change what it says")
    return made


def _parsed(text: str) -> Node:
    import tree_sitter_toml  # noqa: PLC0415 - heavy
    from tree_sitter import Language, Parser  # noqa: PLC0415

    return Parser(Language(tree_sitter_toml.language())).parse(text.encode("utf-8")).root_node


def _comments(node: Node) -> list[str]:
    """Return every comment, sorted: those of a field move with it."""
    if node.type == "comment":
        return [_text(node).rstrip()]
    return sorted(comment for child in node.children for comment in _comments(child))


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8")


def _items(root: Node) -> Iterator[Node]:
    """Yield headers, as their tables, pairs and comments in order; none from inside a value."""
    for node in root.named_children:
        if node.type.endswith("_key"):
            continue  # that of a header
        yield node
        if node.type == "pair":
            yield from (child for child in node.named_children if child.type == "comment")
        elif node.type in ("table", "table_array_element"):
            yield from _items(node)


def _sections(root: Node) -> list[_Section]:
    """Return the sections of a file, the top first."""
    sections = [_Section()]
    last: _Piece | None = None  # what a comment on the same line is behind
    row = -1  # the last line of what was met last
    above: list[tuple[int, str]] = []
    for node in _items(root):
        start = node.start_point[0]
        if node.type == "comment":
            if last is not None and start == row and not above:
                last.behind = _text(node).rstrip()
            else:
                above.append((start, _text(node).rstrip()))
            continue
        if node.type == "pair":
            last = _pair(node)
            last.above = _spaced(above, row, start)
            sections[-1].pairs.append(last)
            row = _value_node(node).end_point[0]
        else:
            tail, lead = _parted(above, row, start)
            sections[-1].tail = tail
            key = node.named_children[0]
            last = _Piece(_header(node), lead)
            table = _key(key) if node.type == "table_array_element" else ""
            sections.append(_Section(last, table))
            row = key.end_point[0]
        above = []
    sections[-1].tail = _spaced(above, row, None)
    return sections


def _value_node(pair: Node) -> Node:
    """Return the value of a pair."""
    return next(child for child in pair.named_children[1:] if child.type != "comment")


def _parted(above: list[tuple[int, str]], row: int, start: int) -> tuple[list[str], list[str]]:
    """Part the comments before a header: those of the section that ends, and its own."""
    number = 0
    while number < len(above) and row >= 0 and above[number][0] == row + 1 + number:
        number += 1
    if number == len(above) and (not above or above[-1][0] + 1 == start):
        number = 0  # it is right above the header
    tail, lead = above[:number], above[number:]
    return [text for _, text in tail], _spaced(lead, lead[0][0], start) if lead else []


def _spaced(comments: list[tuple[int, str]], row: int, start: int | None) -> list[str]:
    """Return comments with a blank line where there were any, in between or before what follows."""
    found: list[str] = []
    last = row
    for at, text in comments:
        if at > last + 1 and last >= 0:
            found.append("")
        found.append(text)
        last = at
    if start is not None and last >= 0 and start > last + 1:
        found.append("")
    return found


def _header(node: Node) -> str:
    name = _key(node.named_children[0])
    return f"[[{name}]]" if node.type == "table_array_element" else f"[{name}]"


def _pair(node: Node) -> _Piece:
    """Return a pair; the first part of its key is what it is sorted by."""
    key = first = node.named_children[0]
    while first.type == "dotted_key":
        first = first.named_children[0]
    return _Piece(f"{_key(key)} = {_value(_value_node(node))}", key=_key(first))


def _key(node: Node) -> str:
    """Return a key, without the quotes that it does not need."""
    if node.type == "dotted_key":
        return ".".join(_key(child) for child in node.named_children)
    text = _text(node)
    bare = BARE.fullmatch(text)
    return bare[1] if bare else text


def _value(node: Node) -> str:
    """Return a value in its form; a list with comments in it is left as it is."""
    text = _text(node)
    match node.type:
        case "string" if text.startswith("'") and not text.startswith("'''"):
            return _quoted(text)
        case "offset_date_time" | "local_date_time":
            return text.replace(" ", "T").upper()
        case "array" | "inline_table" if _has_lines(node):
            return text
        case "array" if "\n" in text:
            items = [f"{INDENT}{_value(child)},\n" for child in node.named_children]
            return f"[\n{''.join(items)}]" if items else "[]"
        case "array":
            return f"[{', '.join(_value(child) for child in node.named_children)}]"
        case "inline_table":
            inside = ", ".join(_pair(child).text for child in node.named_children)
            return f"{{ {inside} }}" if inside else "{}"
        case _:
            return text


def _has_lines(node: Node) -> bool:
    """Whether something inside a value has lines, or is a comment."""
    return any(
        child.type == "comment" or "\n" in _text(child) or _has_lines(child)
        for child in node.named_children
    )


def _quoted(literal: str) -> str:
    """Return a text in double quotes; one that would then need a backslash stays as it is."""
    inside = literal[1:-1]
    return literal if re.search(r'[\\"\t]', inside) else as_value(inside)


def _printed(sections: list[_Section], content: dict[str, Any]) -> str:
    """Return the text of a file."""
    lines: list[str] = []
    numbers = dict.fromkeys(TABLES, 0)
    for section in sections:
        if section.header is not None:
            if lines:
                lines.append("")
            lines += [*section.header.above, section.header.line()]
        for pair in _ordered(section, content, numbers):
            above = pair.above if section.header is None else filter(None, pair.above)
            lines += [*above, pair.line()]
        lines += section.tail
    return "\n".join([*lines, ""]) if lines else ""


def _ordered(section: _Section, content: dict[str, Any], numbers: dict[str, int]) -> list[_Piece]:
    """Return the pairs of a section in order, where it is an entry."""
    table = section.table
    if table not in numbers:
        return section.pairs
    data = content[table][numbers[table]]
    numbers[table] += 1
    stream = data.get("stream", content.get("stream"))
    order = field_order(table, class_of_entry(table, stream, data.get("type")))
    names = in_order(dict.fromkeys(pair.key for pair in section.pairs), order)
    return sorted(section.pairs, key=lambda pair: names.index(pair.key))
