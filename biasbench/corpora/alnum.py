"""Alphanumeric Audio Dataset (Sakshee Patil, Duke University, 2024). Licence MIT.

70 people, each saying a name spelled letter by letter, a telephone number digit by digit, and a
street address; 16 kHz, recorded by the speakers themselves with a phone or a computer.
Groups: accent (the corpus's label, after the first language), first_language, country, sex, age,
familiarity with English, self-rated accent_strength_0_10 and difficulty_with_automated_systems.

Traps. Addresses were sometimes spelled and sometimes said, more of the one in some groups, and the
text does not tell which: word errors above 1. They are left out here. Names are spelled aloud, so
their reference is letters ('s a f f r o n'); numbers are read digit by digit. A few numbers have
fewer than ten digits (a spreadsheet drops leading zeros; one is '7'): kept as the corpus has them.
Half of the accents have one or two speakers.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from biasbench.corpora._files import first_cell, heading_of, spread_json
from biasbench.corpus.drafts import Corpus, Draft
from biasbench.corpus.settling import settle
from biasbench.tables import read_table

LOOKS_FOR = "utterances.csv with ids 'alnum_…' and a column extra"

CARD = {
    "name": "alnum",
    "version": "2024",
    "language": "en",
    "licence": "MIT",
    "speakers": "volunteers",
    "labels": "corpus",
    "design": "observational",
    "clips": "yes",  # published to be heard
    "origin": "github.com/Sakshee5/alphanumeric-audio-dataset",
}


def fits(source: object) -> bool:
    """A folder whose utterances.csv is this corpus's."""
    if not isinstance(source, Path):
        return False
    table = source / "utterances.csv"
    return first_cell(table).startswith("alnum_") and "extra" in heading_of(table)


def load(root: str | Path) -> Corpus:
    """Names and numbers; addresses are left out, which the provenance says."""
    return settle(read(Path(root)))


def read(source: Path, *, encoding: str = "utf-8-sig", delimiter: str | None = None) -> Draft:
    """All rows, with those of addresses marked as left out."""
    path = source / "utterances.csv"
    frame, _ = read_table(path, encoding=encoding, delimiter=delimiter)
    frame = spread_json(frame, "extra").drop(columns="spelled")
    # Letters and digits are said one by one; 'Saffron Robles' was heard as 's a f f r o n r …'.
    frame["reference"] = frame["reference"].map(spelled)
    kept = frame["kind"] != "Addresses"
    excluded = (
        f"{int((~kept).sum())} addresses: some were spelled and some said, unequally by group"
    )
    facts = {"reader": "alnum", "excluded": excluded}
    return Draft(frame, source, str(path), CARD, facts, kept=pd.Series(kept))


def spelled(text: str) -> str:
    """Letters and digits one by one, lower case.

    >>> spelled("Saffron 42")
    's a f f r o n 4 2'
    """
    return " ".join(sign for sign in text.casefold() if sign.isalnum())
