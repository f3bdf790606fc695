"""AfriSpeech-200, development split (Olatunji et al., TACL 2023). CC BY-NC-SA 4.0.

3,227 read utterances, general and clinical, with the texts of some thirty recognisers. Groups:
accent (the corpus's own label), sex, age_group, country, domain. Texts only here: the
recognisers' columns (hyp_…) are left aside and come in by the importer.

Traps. Some speakers dictated punctuation ("comma", "full stop") and some recognisers wrote it out:
word errors that are nobody's accent. Not for commercial use.
"""

from __future__ import annotations

from pathlib import Path

from biasbench.corpora._aliases import under_our_names, with_end
from biasbench.corpora._files import heading_of, without_transcripts
from biasbench.corpus.drafts import Corpus, Draft
from biasbench.corpus.settling import settle

LOOKS_FOR = "transcripts_wide.csv.gz with the columns speaker, accent, domain, hyp_aws_transcribe"

CARD = {
    "name": "afrispeech-dev",
    "language": "en",
    "licence": "CC BY-NC-SA 4.0",
    "labels": "corpus",
    "design": "observational",
    "origin": "github.com/intron-innovation/AfriSpeech-200",
}
_WANTED = {"speaker", "accent", "domain", "hyp_aws_transcribe"}


def fits(source: object) -> bool:
    """A folder whose transcripts_wide.csv.gz is this corpus's."""
    if not isinstance(source, Path):
        return False
    return set(heading_of(source / "transcripts_wide.csv.gz")) >= _WANTED


def load(root: str | Path) -> Corpus:
    """The utterances, without the recognisers' transcripts."""
    return settle(read(Path(root)))


def read(source: Path, *, encoding: str = "utf-8-sig", delimiter: str | None = None) -> Draft:
    """The utterances; the table is comma-separated whatever `delimiter`."""
    del delimiter
    path = source / "transcripts_wide.csv.gz"
    table = without_transcripts(path, encoding=encoding)
    frame, problems = under_our_names(table, file=str(path))
    frame["reference"] = frame["reference"].str.strip()
    frame, more = with_end(frame, file=str(path))
    facts = {"reader": "afrispeech-dev"}
    return Draft(frame, source, str(path), CARD, facts, tuple(problems + more))
