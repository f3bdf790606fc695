"""Berlin Database of Emotional Speech (Burkhardt et al., Interspeech 2005). Free with citation.

535 clips of ten German actors saying ten sentences in seven acted emotions. Groups: sex, age;
emotion is what the actor was asked for, not what anybody felt.

Traps. 196 clips are copies at 22.05 kHz cut or padded to 2.0 s (column copy); their text is blank.
The emotion goes with the copy: fear, boredom and disgust exist only as such copies.
"""

from __future__ import annotations

from pathlib import Path

from biasbench.corpora._files import first_cell, heading_of, spread_json
from biasbench.corpus.drafts import Corpus, Draft
from biasbench.corpus.settling import settle
from biasbench.tables import read_table

LOOKS_FOR = "utterances.csv with ids 'emodb_…' and a column extra"

CARD = {
    "name": "emodb",
    "language": "de",
    "licence": "free to use with citation",
    "speakers": "actors",
    "labels": "corpus",
    "design": "same-script",
    "clips": "yes",  # published to be heard
    "origin": "Berlin Database of Emotional Speech",
}


def fits(source: object) -> bool:
    """A folder whose utterances.csv is this corpus's."""
    if not isinstance(source, Path):
        return False
    table = source / "utterances.csv"
    return first_cell(table).startswith("emodb_") and "extra" in heading_of(table)


def load(root: str | Path) -> Corpus:
    """All utterances, the details of each as columns."""
    return settle(read(Path(root)))


def read(source: Path, *, encoding: str = "utf-8-sig", delimiter: str | None = None) -> Draft:
    """All rows, with the JSON of `extra` spread to columns."""
    path = source / "utterances.csv"
    frame, _ = read_table(path, encoding=encoding, delimiter=delimiter)
    facts = {"reader": "emodb"}
    return Draft(spread_json(frame, "extra"), source, str(path), CARD, facts)
