"""Artie Bias Corpus (Meyer, Rauchenstein, Eisenberg & Howell, LREC 2020). Licence MPL-2.0.

1,712 read English clips of 969 people, from Common Voice. Groups: gender, age, accent, under the
corpus's own labels. Texts only here: the transcripts of nine recognisers lie beside, in
transcripts.csv.gz, and come in by the importer.

Traps. `reference` is lower-cased with ASCII punctuation removed, and so are the hypotheses beside:
measure them with the normaliser 'none'. 'NA' (as an accent, 562 clips) means that nobody knows: it
is read as unknown. Most people gave one or two clips.
"""

from __future__ import annotations

from pathlib import Path

from biasbench.corpora._files import first_cell, heading_of, nobody_knows
from biasbench.corpus.drafts import Corpus, Draft
from biasbench.corpus.settling import settle
from biasbench.tables import read_table

LOOKS_FOR = "utterances.csv with reference_raw and ids 'common_voice_en_…', transcripts.csv.gz"

CARD = {
    "name": "artie",
    "language": "en",
    "licence": "MPL-2.0",
    "labels": "corpus",
    "design": "observational",
    "origin": "Artie Bias Corpus, from Common Voice",
}


def fits(source: object) -> bool:
    """A folder whose utterances.csv is this corpus's."""
    if not isinstance(source, Path) or not (source / "transcripts.csv.gz").is_file():
        return False
    table = source / "utterances.csv"
    return "reference_raw" in heading_of(table) and first_cell(table).startswith("common_voice_en_")


def load(root: str | Path) -> Corpus:
    """The utterances, without the recognisers' transcripts."""
    return settle(read(Path(root)))


def read(source: Path, *, encoding: str = "utf-8-sig", delimiter: str | None = None) -> Draft:
    """The utterances; the text before normalisation is left aside."""
    path = source / "utterances.csv"
    frame, _ = read_table(path, encoding=encoding, delimiter=delimiter)
    frame = nobody_knows(frame.drop(columns="reference_raw"), "NA", ("gender", "age", "accent"))
    return Draft(frame, source, str(path), CARD, {"reader": "artie"})
