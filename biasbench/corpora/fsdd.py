"""Free Spoken Digit Dataset (Jakobovski and others). CC BY-SA 4.0.

1,200 recordings here: ten digits, twenty takes each, six men, 8 kHz. Groups: accent, sex.

Traps. Six people in four accents: an accent here is one or two persons, and nothing can be inferred
about accents. One word per utterance: a word error is all or nothing.
"""

from __future__ import annotations

from pathlib import Path

from biasbench.corpora._files import first_cell, heading_of, spread_json
from biasbench.corpus.drafts import Corpus, Draft
from biasbench.corpus.settling import settle
from biasbench.tables import read_table

LOOKS_FOR = "utterances.csv with ids 'fsdd_…' and a column extra"

CARD = {
    "name": "fsdd",
    "language": "en",
    "licence": "CC BY-SA 4.0",
    "speakers": "volunteers",
    "labels": "corpus",
    "design": "same-script",
    "clips": "yes",  # published to be heard
    "origin": "github.com/Jakobovski/free-spoken-digit-dataset",
}


def fits(source: object) -> bool:
    """A folder whose utterances.csv is this corpus's."""
    if not isinstance(source, Path):
        return False
    table = source / "utterances.csv"
    return first_cell(table).startswith("fsdd_") and "extra" in heading_of(table)


def load(root: str | Path) -> Corpus:
    """All utterances, the details of each as columns."""
    return settle(read(Path(root)))


def read(source: Path, *, encoding: str = "utf-8-sig", delimiter: str | None = None) -> Draft:
    """All rows, with the JSON of `extra` spread to columns."""
    path = source / "utterances.csv"
    frame, _ = read_table(path, encoding=encoding, delimiter=delimiter)
    facts = {"reader": "fsdd"}
    return Draft(spread_json(frame, "extra"), source, str(path), CARD, facts)
