"""A TOML file of the ledger: read, parsed, and its entries mapped to lines.

The parser reports no lines, so lines are looked up with tree-sitter, only when a finding needs one.
The parser is a compiled version of the standard library's, which takes a third of the time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import tomli

from aboard.loader.finding import Finding

if TYPE_CHECKING:
    from pathlib import Path

    from tree_sitter import Node


@dataclass(slots=False)
class TomlFile:
    """A file and its content; `findings` if it cannot be read as TOML."""

    path: Path
    label: str
    content: dict[str, Any] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    raw: bytes = b""

    @classmethod
    def read(cls, path: Path, label: str) -> TomlFile:
        """Read a file; TOML errors become findings."""
        try:
            return cls.of(path, label, path.read_bytes())
        except OSError as error:
            file = cls(path, label)
            file._find(1, "unreadable", f"{error.strerror}", "check the path and its permissions")
            return file

    @classmethod
    def of(cls, path: Path, label: str, raw: bytes) -> TomlFile:
        """Return a file that has, or is to have, some content; TOML errors become findings."""
        file = cls(path, label, raw=raw)
        try:
            file.content = tomli.loads(raw.decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            line = file.raw.count(b"\n", 0, error.start) + 1
            byte = file.raw[error.start]
            file._find(line, "not-utf-8", f"byte 0x{byte:02x} is not UTF-8", "save it as UTF-8")
        except tomli.TOMLDecodeError as error:
            file._undecodable(str(error))
        except ValueError as error:  # a number with more digits than Python reads
            file._find(1, "syntax", _lowered(str(error)), "see https://toml.io")
        except RecursionError:
            file._find(
                1, "syntax", "it is nested too deeply", "an entry contains only values and lists"
            )
        return file

    def _find(self, line: int, rule: str, message: str, hint: str) -> None:
        self.findings.append(Finding(self.label, line, rule, message, hint))

    def _undecodable(self, message: str) -> None:
        text, _, place = message.partition(" (at ")
        where = re.search(r"line (\d+)", place)
        lines = self.raw.decode("utf-8-sig").splitlines()
        line = min(int(where[1]) if where else len(lines), max(len(lines), 1))
        if "date" in text or re.search(r"=\s*\d{4}-\d", "".join(lines[line - 1 : line])):
            hint = "write 2022-09-21 or 2022-09-21T13:54:49Z, and all else in quotes"
            self._find(line, "wrong-date", "it is not a valid date or time", hint)
        else:
            self._find(line, "syntax", _lowered(text), "see https://toml.io")

    def line(self, table: str | None, number: int = 0, key: str | None = None) -> int:
        """Return the line of a key in the `number`-th `[[table]]`, or at the top; 1 where unknown.

        Without the key, or where the table has no such key, it is the line of the table's header.
        """
        if table is None:
            return (self._keys(self._root) | self._headers).get(key or "", 1)
        nodes = self._tables.get(table, [])
        if number >= len(nodes):
            return 1
        node = nodes[number]
        return self._keys(node).get(key or "", node.start_point[0] + 1)

    @cached_property
    def _root(self) -> Node:
        import tree_sitter_toml  # noqa: PLC0415 - only a finding needs it
        from tree_sitter import Language, Parser  # noqa: PLC0415

        return Parser(Language(tree_sitter_toml.language())).parse(self.raw).root_node

    @cached_property
    def _tables(self) -> dict[str, list[Node]]:
        found: dict[str, list[Node]] = {}
        for node in self._root.children:
            if node.type == "table_array_element":
                found.setdefault(_key_of(node.named_children[0]), []).append(node)
        return found

    @cached_property
    def _headers(self) -> dict[str, int]:
        """The lines of single tables, `[name]`, by name."""
        return {
            _key_of(node.named_children[0]): node.start_point[0] + 1
            for node in self._root.children
            if node.type == "table"
        }

    @staticmethod
    def _keys(node: Node) -> dict[str, int]:
        return {
            _key_of(child.named_children[0]): child.start_point[0] + 1
            for child in node.named_children
            if child.type == "pair"
        }


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:]


def _key_of(node: Node) -> str:
    return (node.text or b"").decode("utf-8").strip("\"'")
