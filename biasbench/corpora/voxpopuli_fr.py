"""VoxPopuli, French test split (Wang et al., ACL 2021), and seven recognisers. Text CC0.

1,742 utterances of speeches in the European Parliament. Group: sex. Texts only here: the
recognisers' columns (hyp_…) are left aside and come in by the importer.

Traps. **No speaker ids**: nobody can tell how many people stand behind a difference, so nothing can
be inferred about groups. 'None' in accent and age means that the corpus does not say: unknown.
"""

from __future__ import annotations

from pathlib import Path

from biasbench.corpora._aliases import under_our_names
from biasbench.corpora._files import first_cell, nobody_knows, without_transcripts
from biasbench.corpus.drafts import Corpus, Draft
from biasbench.corpus.settling import settle

LOOKS_FOR = "transcripts_wide.csv.gz with ids 'vofr…'"

CARD = {
    "name": "voxpopuli-fr",
    "language": "fr",
    "licence": "CC0-1.0 (text)",
    "labels": "corpus",
    "design": "observational",
    "origin": "VoxPopuli, French test split; transcripts from marcvanzee/asr-fairness",
}


def fits(source: object) -> bool:
    """A folder whose transcripts_wide.csv.gz is this corpus's."""
    table = "transcripts_wide.csv.gz"
    return isinstance(source, Path) and first_cell(source / table).startswith("vofr")


def load(root: str | Path) -> Corpus:
    """The utterances, without the recognisers' transcripts and without speakers."""
    return settle(read(Path(root)))


def read(source: Path, *, encoding: str = "utf-8-sig", delimiter: str | None = None) -> Draft:
    """The utterances; the table is comma-separated whatever `delimiter`."""
    del delimiter
    path = source / "transcripts_wide.csv.gz"
    table = without_transcripts(path, encoding=encoding)
    frame, problems = under_our_names(table, file=str(path))
    frame = nobody_knows(frame, "None", ("sex", "accent", "age"))
    facts = {"reader": "voxpopuli-fr"}
    return Draft(frame, source, str(path), CARD, facts, tuple(problems))
