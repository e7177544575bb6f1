"""Names: what a person types, to what it means.

A name is compared without accents, case, spaces and punctuation, so that ``Soyuz MS-22``,
``soyuz ms22`` and ``soyuz-ms-22`` are one.
"""

from __future__ import annotations

import unicodedata


def key_of(name: str) -> str:
    """Return the form in which names are compared."""
    bare = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in bare if letter.isalnum())


def near(name: str, candidates: dict[str, str]) -> list[str]:
    """Return up to three of the candidates, a mapping of keys to names, that look like `name`."""
    import difflib  # noqa: PLC0415 - only a miss needs it

    key = key_of(name)
    found = difflib.get_close_matches(key, candidates, n=6, cutoff=0.6)
    found += [other for other in candidates if len(key) > 3 and key in other and other not in found]
    return list(dict.fromkeys(candidates[match] for match in found))[:3]
