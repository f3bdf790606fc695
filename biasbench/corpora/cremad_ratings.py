"""CREMA-D, the ratings (Cao et al., IEEE Trans. Affective Computing 2014). ODbL 1.0 / DbCL 1.0.

7,442 clips of 91 actors saying twelve sentences in six acted emotions, and how many of 4 to 12
people who heard the voice alone chose each emotion. Groups: sex, age, race, ethnicity of the actor,
under the corpus's own labels. Ratings only here: no audio.

Traps. emotion_intended is what the actor was asked for, not what anybody felt. The clips are the
same for every actor, but not everybody has all of them, and intensity is 'XX' (not asked for) in
most. voice_vote is the emotion most people chose; where several tie they stand together
('anger:fear'), and a tie agrees with no single emotion. Race is 'Unknown' for one actor: read as
unknown. Three races have 7, 22 and 61 actors.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from biasbench.corpora._aliases import under_our_names
from biasbench.corpora._files import heading_of, nobody_knows
from biasbench.corpus.drafts import Corpus, Draft
from biasbench.corpus.settling import settle
from biasbench.tables import read_table

LOOKS_FOR = "ratings.csv.gz with the columns emotion_intended, voice_vote, n_anger … n_raters"

CARD = {
    "name": "cremad-ratings",
    "language": "en",
    "licence": "ODbL 1.0 / DbCL 1.0",
    "speakers": "actors",
    "labels": "corpus",
    "design": "same-script",
    "origin": "github.com/CheyneyComputerScience/CREMA-D",
}

#: The columns that count votes, and the emotion that each counts.
VOTES: Mapping[str, str] = {
    "n_anger": "anger",
    "n_disgust": "disgust",
    "n_fear": "fear",
    "n_happiness": "happiness",
    "n_neutral": "neutral",
    "n_sadness": "sadness",
}


def fits(source: object) -> bool:
    """A folder whose ratings.csv.gz is this corpus's."""
    if not isinstance(source, Path):
        return False
    wanted = {"emotion_intended", "voice_vote", *VOTES}
    return set(heading_of(source / "ratings.csv.gz")) >= wanted


def load(root: str | Path) -> Corpus:
    """All clips, the votes on each as columns."""
    return settle(read(Path(root)))


def read(source: Path, *, encoding: str = "utf-8-sig", delimiter: str | None = None) -> Draft:
    """All clips, with votes as counts; the table is comma-separated whatever `delimiter`."""
    del delimiter
    path = source / "ratings.csv.gz"
    table, _ = read_table(path, encoding=encoding)
    frame, problems = under_our_names(table, file=str(path))
    frame = nobody_knows(frame, "Unknown", ("race", "ethnicity"))
    facts = {"reader": "cremad-ratings"}
    return Draft(frame, source, str(path), CARD, facts, tuple(problems))
