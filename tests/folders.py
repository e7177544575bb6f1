"""Where things are in the repository, whatever folder a test is in."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CORPUS = ROOT / "tests" / "corpus"
"""Small bad ledgers, a folder each; `before` is the good one around them."""
