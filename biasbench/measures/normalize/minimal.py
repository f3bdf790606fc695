"""Unicode form, case and punctuation; for any language, and nothing that needs to know one.

Rules. An apostrophe inside a word stays (it's, aujourd'hui), any other goes. A hyphen is a
space: a compound is written either way (T-shirt, T shirt). A point, comma or colon between two
digits stays (3.5, 10:30). Marks that are read aloud (% & @ # § + = ° and currencies) stay, each
a word of its own: to remove them would erase a word. Everything else is a space.
"""

from __future__ import annotations

import re

from biasbench.measures.normalize._steps import Marks, Step, fold_form, run

VERSION = 1

_ALOUD = "%&@#§+=°$€£¥¢"
_MARKS = Marks(kept="'.,:" + _ALOUD)
_LOOSE_APOSTROPHE = re.compile(r"(?<!\w)'|'(?!\w)")
_LOOSE_POINT = re.compile(r"(?<!\d)[.,:]|[.,:](?!\d)")
_ALOUD_MARK = re.compile(f"([{re.escape(_ALOUD)}])")


def normalize(text: str) -> str:
    """The words of the text in lower case without punctuation.

    >>> normalize("“It’s 22,50 €”, she said.")
    "it's 22,50 € she said"
    """
    return run(STEPS, text)


def drop_punctuation(text: str) -> str:
    """Without marks that nobody pronounces."""
    text = text.translate(_MARKS)
    return _LOOSE_POINT.sub(" ", _LOOSE_APOSTROPHE.sub(" ", text))


def part_symbols(text: str) -> str:
    """With a space on both sides of marks that are read aloud."""
    return _ALOUD_MARK.sub(r" \1 ", text)


STEPS: tuple[Step, ...] = (fold_form, drop_punctuation, part_symbols)
