"""Normalisers: what counts as the same word. A file each, with `VERSION` and `normalize(text)`.

A normaliser can create a gap between groups or hide one: map "gonna" and leave "finna", and a
dialect pays for the difference. So each is a list of named steps, is applied to reference and
hypothesis alike, has a version that stands in every signature (`norm:en-1`), and is specified
by a table of input → expected in tests/measures. Report the same comparison under several.

none      white space only
minimal   Unicode form, case, punctuation; any language
en        English: contractions, reductions, spelling, numbers, money, times
fr        French: elisions, numbers, money, hours, ordinals
spelled   letters and digits one by one: spelt names, telephone numbers (English)

Laws, tested on any text: normalising twice changes nothing more; nothing raises.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from biasbench import registry

Step = Callable[[str], str]


@dataclass(frozen=True)
class Normalizer:
    """A normaliser by name and version."""

    name: str
    version: int
    normalize: Step

    @property
    def label(self) -> str:
        """As in the signature: "en-1"."""
        return f"{self.name}-{self.version}"

    def all(self, texts: pd.Series) -> list[str]:
        """Every text normalised, a missing one as ""; equal texts are normalised once."""
        filled = texts.where(texts.notna(), "").tolist()
        done = {text: self.normalize(text) for text in set(filled)}
        return [done[text] for text in filled]


def find_normalizer(name: str) -> Normalizer:
    """The normaliser of that name. Raises NotFoundError, with the nearest name, if none is.

    >>> find_normalizer("minimal").label
    'minimal-1'
    """
    leaf = registry.find("measures.normalize", name)
    return Normalizer(name.replace("_", "-"), leaf.VERSION, leaf.normalize)
