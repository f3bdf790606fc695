"""Edinburgh International Accents of English Corpus (Sanabria et al., ICASSP 2023). CC BY-SA / MIT.

9,177 utterances of video-call conversations, 60 people. Group: accent, the corpus's own label for
the variety of English; `audited` is the corpus's own mark. Texts only here: the transcripts of
seven recognisers lie beside, in transcripts.csv.gz, and come in by the importer.

Traps. References and hypotheses are already normalised: measure with the normaliser 'none'. 684
references are empty after that: whatever a system wrote there counts as insertions in the pooled
rate. The label "Don't know" (93 utterances) is read as unknown. The two sides of a call are
different people with ids of their own.
"""

from __future__ import annotations

from pathlib import Path

from biasbench.corpora._files import heading_of, nobody_knows
from biasbench.corpus.drafts import Corpus, Draft
from biasbench.corpus.settling import settle
from biasbench.tables import read_table

LOOKS_FOR = "utterances.csv.gz with the columns accent and audited"

CARD = {
    "name": "edacc",
    "language": "en",
    "licence": "CC BY-SA / MIT",
    "labels": "corpus",
    "design": "observational",
    "origin": "Edinburgh International Accents of English Corpus",
}
_HEADING = ["utterance_id", "speaker_id", "reference", "accent", "audited"]


def fits(source: object) -> bool:
    """A folder whose utterances.csv.gz is this corpus's."""
    return isinstance(source, Path) and heading_of(source / "utterances.csv.gz") == _HEADING


def load(root: str | Path) -> Corpus:
    """The utterances, without the recognisers' transcripts."""
    return settle(read(Path(root)))


def read(source: Path, *, encoding: str = "utf-8-sig", delimiter: str | None = None) -> Draft:
    """The utterances as they stand; the table is comma-separated whatever `delimiter`."""
    del delimiter
    path = source / "utterances.csv.gz"
    frame = nobody_knows(read_table(path, encoding=encoding)[0], "Don't know", ("accent",))
    return Draft(frame, source, str(path), CARD, {"reader": "edacc"})
