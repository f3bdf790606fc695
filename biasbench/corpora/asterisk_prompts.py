"""Asterisk telephone prompts: four professional voices. CC BY-SA 3.0 / BSD-like.

480 prompts, 8 kHz: Québec French (June Wallack), France French (Armelle Desjardins, GSM codec), US
English and Mexican Spanish (Allison Smith). Groups: accent, language.

Traps. One person per accent: for trials, never about accents or dialects. The France French voice
reads another script, so its text is blank except for digits.
"""

from __future__ import annotations

from pathlib import Path

from biasbench.corpora._files import first_cell, heading_of, spread_json
from biasbench.corpus.drafts import Corpus, Draft
from biasbench.corpus.settling import settle
from biasbench.tables import read_table

LOOKS_FOR = "utterances.csv with ids 'ast_…' and a column extra"

CARD = {
    "name": "asterisk-prompts",
    "licence": "CC BY-SA 3.0 / BSD-like",
    "speakers": "actors",
    "labels": "corpus",
    "design": "observational",
    "clips": "yes",  # published to be heard
    "origin": "Debian asterisk-core-sounds-*-wav 1.6.1-1, asterisk-prompt-fr-armelle 20070613",
}


def fits(source: object) -> bool:
    """A folder whose utterances.csv is this corpus's."""
    if not isinstance(source, Path):
        return False
    table = source / "utterances.csv"
    return first_cell(table).startswith("ast_") and "extra" in heading_of(table)


def load(root: str | Path) -> Corpus:
    """All utterances, the details of each as columns."""
    return settle(read(Path(root)))


def read(source: Path, *, encoding: str = "utf-8-sig", delimiter: str | None = None) -> Draft:
    """All rows, with the JSON of `extra` spread to columns."""
    path = source / "utterances.csv"
    frame, _ = read_table(path, encoding=encoding, delimiter=delimiter)
    facts = {"reader": "asterisk-prompts"}
    return Draft(spread_json(frame, "extra"), source, str(path), CARD, facts)
