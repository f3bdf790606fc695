"""Annex F: the terms of the report in both languages, side by side."""

from __future__ import annotations

import unicodedata

from biasbench.report.context import Context
from biasbench.report.document import Block, Cell, Table
from biasbench.report.numbers import Lang
from biasbench.report.wording import say, templates

Blocks = tuple[Block, ...]

_TERM, _MEANING = "GLOSS-", "-MEANING"


def glossary(context: Context) -> Blocks:
    """One row for each term, in the alphabetical order of the report's language."""
    lang = context.lang
    names = sorted(terms(), key=lambda name: alphabetical(say(name, lang)))
    other: Lang = "en" if lang == "fr" else "fr"
    rows = tuple(tuple(Cell(_entry(name, column)) for column in (lang, other)) for name in names)
    heads = (say(f"H-term-{lang}", lang), say(f"H-term-{other}", lang))
    return (Table(say("CAP-glossary", lang), heads, rows, (False, False)),)


def terms() -> list[str]:
    """The ids of the terms."""
    return [name for name in templates() if name.startswith(_TERM) and not name.endswith(_MEANING)]


def alphabetical(text: str) -> tuple[str, str]:
    """What a dictionary sorts by: letters without accents first, then as written.

    >>> sorted(["transcription", "écart", "exploratoire"], key=alphabetical)
    ['écart', 'exploratoire', 'transcription']
    """
    letters = unicodedata.normalize("NFD", text.casefold())
    return "".join(one for one in letters if not unicodedata.combining(one)), text


def _entry(name: str, lang: Lang) -> str:
    values = {"term": say(name, lang), "meaning": say(name + _MEANING, lang)}
    return say("W-term", lang, values)
