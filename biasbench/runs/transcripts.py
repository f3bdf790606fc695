"""The transcripts that a text scorer reads: another run's, or what people wrote down.

The same scoring on both is the test of mechanism: what changes, changes because of what the
recogniser wrote.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from biasbench.corpus import Corpus, told_seconds
from biasbench.errors import OptionError, TableError
from biasbench.provenance import Step, fingerprint
from biasbench.runs.folder import Run, read_run
from biasbench.systems import Transcript, Word
from biasbench.systems.words import words_of
from biasbench.tables import TRANSCRIPTS, is_empty, place_of

#: What a scorer reads when it is given what people wrote.
REFERENCE = "reference"

#: Where transcripts come from: a run, its folder, or "reference".
Transcripts = Run | str | Path


@dataclass(frozen=True)
class Given:
    """Transcripts by utterance id; `lacking` says why an utterance has none.

    `name` is whose they are and `label` the same with a version; `digest` is of what was written,
    and `steps` are those of the run that wrote it.
    """

    name: str
    label: str
    digest: str
    transcripts: Mapping[str, Transcript]
    lacking: Mapping[str, str]
    seconds: Mapping[str, float]
    steps: tuple[Step, ...] = ()

    @property
    def facts(self) -> dict[str, str]:
        """What the "run" step of the scorer says of them."""
        return {"transcripts": f"{self.name} {self.digest}"}


def given_transcripts(transcripts: Transcripts, corpus: Corpus) -> Given:
    """The transcripts to be read, for the utterances of `corpus`.

    Raises OptionError for a run of several recognisers or of none, TableError for a corpus
    without references, or words that are not the JSON they should be.
    """
    if isinstance(transcripts, str) and transcripts == REFERENCE:
        return _references(corpus)
    run = transcripts if isinstance(transcripts, Run) else read_run(transcripts)
    return _of_run(run, corpus)


def timed_alike(run: Run, corpus: Corpus) -> tuple[Run, Corpus, int]:
    """Both with word times for the same utterances only, and how many lost theirs.

    A scorer that measures silence between words where there are times, and in the sound where
    there are none, would else do another calculation on one transcript than on the other.
    """
    heard = TRANSCRIPTS.check(run.transcripts, source="transcripts")
    said = corpus.utterances
    both = set(_timed(heard, "utterance_id", "words")) & set(
        _timed(said, "utterance_id", "reference_words")
    )
    lost = 0
    if "words" in heard.columns:
        here = heard["utterance_id"].isin(both)
        lost += int((~here & ~is_empty(heard["words"])).sum())
        heard = TRANSCRIPTS.check(heard.assign(words=heard["words"].where(here, None)))
    if "reference_words" in said.columns:
        here = said["utterance_id"].isin(both)
        lost += int((~here & ~is_empty(said["reference_words"])).sum())
        said = said.assign(reference_words=said["reference_words"].where(here, None))
    return replace(run, transcripts=heard), replace(corpus, utterances=said), lost


def _timed(table: pd.DataFrame, key: str, words: str) -> list[str]:
    if words not in table.columns:
        return []
    return [str(one) for one in table.loc[~is_empty(table[words]), key]]


def _references(corpus: Corpus) -> Given:
    utterances = corpus.utterances
    if "reference" not in utterances.columns or is_empty(utterances["reference"]).all():
        raise TableError(
            f"corpus '{corpus.name}' has no reference transcripts. Add a column 'reference' with "
            "what was said, or give a recogniser's run"
        )
    timed = "reference_words" in utterances.columns
    blank = is_empty(utterances["reference"]).to_numpy()
    written = {}
    for at, utterance_id in enumerate(utterances["utterance_id"]):
        words: tuple[Word, ...] = ()
        if timed:
            place = f"{place_of(utterances, corpus.name, at)}: reference_words"
            words = words_of(utterances["reference_words"].iloc[at], place) or ()
        text = "" if blank[at] else str(utterances["reference"].iloc[at])
        written[str(utterance_id)] = Transcript(text, words)
    names = ["utterance_id", "reference", *(["reference_words"] if timed else [])]
    digest = fingerprint(utterances[names])
    return Given(REFERENCE, REFERENCE, digest, written, {}, _lengths(utterances))


def _of_run(run: Run, corpus: Corpus) -> Given:
    table = TRANSCRIPTS.check(run.transcripts, source="transcripts")
    systems = list(dict.fromkeys(table["system"]))
    if not systems:
        raise OptionError(
            "transcripts: the run has no transcripts, its system gives scores. Give the run of a "
            "recogniser, or 'reference'"
        )
    if len(systems) > 1:
        raise OptionError(
            f"transcripts: the run holds those of {len(systems)} systems ({', '.join(systems)}). "
            "Give a run of one"
        )
    known = set(corpus.utterances["utterance_id"])
    strange = [one for one in table["utterance_id"] if one not in known]
    if strange:
        raise TableError(
            f"transcripts: '{strange[0]}' is not in corpus '{corpus.name}' ({len(known)} rows). "
            "Score a run with the corpus that it was run on"
        )
    written, lacking, seconds = {}, {}, dict(_lengths(corpus.utterances))
    has_length = "audio_seconds" in table.columns
    for at, row in enumerate(table.to_dict("records")):
        name = str(row["utterance_id"])
        if has_length and not pd.isna(row["audio_seconds"]):
            seconds[name] = float(row["audio_seconds"])
        if row["status"] in ("failed", "skipped"):
            reason = row["error"] or "no reason is given"
            lacking[name] = f"{systems[0]} has no transcript ({row['status']}): {reason}"
            continue
        place = f"{place_of(table, 'transcripts', at)}: words"
        words = words_of(row.get("words"), place) or ()
        written[name] = Transcript(row["hypothesis"] or "", words)
    steps = tuple(step for step in run.provenance.steps if step.verb != "load_corpus")
    facts: dict[str, Any] = run.provenance.step("run", "system_name", systems[0])
    columns = [name for name in ("utterance_id", "hypothesis", "words") if name in table.columns]
    label = str(facts.get("system", systems[0]))
    digest = fingerprint(table[columns])
    return Given(systems[0], label, digest, written, lacking, seconds, steps)


def _lengths(utterances: pd.DataFrame) -> dict[str, float]:
    """Seconds of the utterances whose table tells them."""
    named = zip(utterances["utterance_id"], told_seconds(utterances), strict=True)
    return {str(name): float(seconds) for name, seconds in named if not pd.isna(seconds)}
