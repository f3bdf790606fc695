"""measure(run, corpus): what the systems wrote or scored, set against what was said.

Every utterance of the corpus has a row for every system and metric. Where a system should have
answered and did not, or failed, numerator and denominator are both NaN: a missing value, which
the evidence counts by group. Nothing is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from biasbench import registry
from biasbench.corpus import Corpus
from biasbench.errors import OptionError, TableError
from biasbench.measures.catalogue import (
    EDIT_METRICS,
    KEYWORD_METRICS,
    SCORE_METRICS,
    STATUS_METRICS,
)
from biasbench.measures.normalize import find_normalizer
from biasbench.measures.sources import events, keywords, scores, transcripts
from biasbench.measures.sources import turns as times
from biasbench.measures.sources.asked import Asked
from biasbench.measures.sources.beside import with_scores
from biasbench.measures.sources.checks import check_metrics
from biasbench.measures.sources.defaults import default_metrics
from biasbench.measures.sources.references import referenced
from biasbench.measures.sources.scores import scales_of
from biasbench.provenance import Provenance
from biasbench.systems.interact import read_rules
from biasbench.tables import MEASURES, UTTERANCES, is_empty, read_table, write_table

if TYPE_CHECKING:
    from biasbench.runs import Run

_SOURCES = (transcripts, scores, events, keywords, times)

#: Metrics that compare with what people wrote.
_OF_REFERENCES = (*EDIT_METRICS, *KEYWORD_METRICS)

# More empty references than this, and they are likelier to be unwritten than silent. In
# conversational corpora cut by a voice detector about one in fourteen is truly empty (EdAcc).
_MOST_EMPTY_REFERENCES = 0.2


@dataclass(frozen=True)
class Measures:
    """Numerators and denominators (table MEASURES), and where they come from."""

    table: pd.DataFrame
    provenance: Provenance

    def write(self, path: str | Path) -> Path:
        """Write the table; the ending chooses the format. Only .parquet keeps the provenance."""
        return write_table(self.table, path, provenance=self.provenance)


def read_measures(path: str | Path) -> Measures:
    """Measures from a file, ours or anybody's with the columns of the table.

    A wholly empty speaker_id column is dropped: nobody knows who speaks. Raises NotFoundError
    for a missing file and TableError for the first thing wrong in it.
    """
    frame, provenance = read_table(path)
    if "speaker_id" in frame and is_empty(frame["speaker_id"]).all():
        frame = frame.drop(columns="speaker_id")
    return Measures(MEASURES.check(frame, source=str(path)), provenance)


def sum_up(measures: Measures) -> pd.DataFrame:
    """Each system and metric over everybody: the rows summed first, then divided.

    Columns: system, metric, value (NaN over a denominator of 0), numerator, denominator, n_rows,
    n_missing. For a first look; nothing is compared here.
    """
    table = measures.table
    sums = (
        table.assign(missing=table["denominator"].isna())
        .groupby(["system", "metric"], sort=False)
        .agg(
            numerator=("numerator", "sum"),
            denominator=("denominator", "sum"),
            n_rows=("unit_id", "size"),
            n_missing=("missing", "sum"),
        )
        .reset_index()
    )
    value = sums["numerator"] / sums["denominator"].where(sums["denominator"] > 0)
    sums.insert(2, "value", value)
    return sums


def measure(
    run: Run | Sequence[Run],
    corpus: Corpus | None = None,
    *,
    metrics: Sequence[str] | None = None,
    references: pd.DataFrame | str | Path | None = None,
    normalizer: str | None = None,
    trust_columns: bool = False,
    rules: str | Path | None = None,
    human: Run | None = None,
    turns: pd.DataFrame | str | Path | None = None,
    beside: Sequence[Run] = (),
) -> Measures:
    """A numerator and a denominator for each system, utterance (or call) and metric.

    "mean_score" gives one metric for every score of the run, "mean_score:NAME" for one of them;
    so do "prompt_rate", "unfounded_prompt_rate" and the keyword metrics for every label.

    Parameters
    ----------
    run, corpus
        One run or several, and the corpus that they were run on. An import brings its own: with
        None, its agents' side is measured.
    metrics
        Names from METRICS; `docs/measures.md` defines each. None: "wer" where there are
        references, else, of an import, all that can be measured without them.
    references
        What people wrote for some utterances of an import (utterance_id, reference, as
        `read_sheet` gives them); only these utterances are measured.
    normalizer
        A name from `biasbench.measures.normalize`, applied to reference and hypothesis alike;
        None takes the one of the corpus's declared language.
    trust_columns
        An empty reference means that nothing was said: what the system wrote is counted as
        insertions, over no words. Where nobody wrote down what was said there is nothing to
        compare, but a table cannot tell the two apart; so a corpus without any reference is
        refused, and one in which more than a fifth are empty is asked about. So is a pair of
        columns that looks swapped. True answers both questions: they are as they should be.
    rules
        The TOML with the phrases that keywords are looked for by, and which prompts are
        opposites; None takes that of tone:interact.
    human
        The same scoring on what people wrote, for prompts that it does not give.
    turns
        When people hear speech (table TURNS); None takes the corpus's `reference_words`.
    beside
        Runs whose scores are to stand as columns beside, under their own names, to be held equal:
        the prompts "speak slower" at the same measured words per minute (`explain_gap`).

    Raises
    ------
    NotFoundError
        An unknown metric, score, label or normaliser.
    OptionError
        No normaliser was given and no language declared, or the runs hold nothing that a metric
        could read.
    TableError
        A transcript, score or event is of no utterance of the corpus.
    """
    runs = list(run) if isinstance(run, Sequence) else [run]
    if corpus is None:
        runs, corpus = _own(runs)
    if references is not None:
        runs, corpus = referenced(runs, corpus, references)
    if metrics is None:
        metrics = default_metrics(runs, corpus)
    utterances = UTTERANCES.check(corpus.utterances, source=corpus.name)
    check_metrics(metrics, runs)
    _check_columns(utterances, corpus)
    utterances = with_scores(utterances, beside, corpus)
    facts = {"metrics": ",".join(metrics)}
    if beside:
        facts["beside"] = ",".join(
            scorer for one in beside for scorer in one.scores["system"].unique()
        )
    scales = scales_of(runs, metrics)
    if scales:
        facts["scales"] = scales
    normal = None
    of_texts = [name for name in metrics if name.partition(":")[0] in _OF_REFERENCES]
    if of_texts:
        n_empty = _check_references(utterances, corpus, of_texts[0], trust=trust_columns)
        facts["empty_references"] = f"{n_empty}"
    if any(name in EDIT_METRICS for name in metrics):
        normal = find_normalizer(normalizer or _language(utterances, corpus))
        facts = {"norm": normal.label, **facts}
    given = Asked(
        corpus=corpus,
        utterances=utterances,
        metrics=tuple(metrics),
        normal=normal,
        trust_columns=trust_columns,
        rules=read_rules(rules),
        human=human,
        turns=times.turns_asked(turns),
    )
    blocks: list[pd.DataFrame] = []
    for one in runs:
        for source in _SOURCES:
            blocks += source.blocks(one, given)
    table = pd.concat(blocks, ignore_index=True)
    return Measures(
        MEASURES.check(table, source="measures"),
        _chain(runs, corpus).then("measure", facts | given.facts),
    )


def _own(runs: Sequence[Run]) -> tuple[list[Run], Corpus]:
    from biasbench.runs import agents_side, corpus_of

    if len(runs) != 1:
        raise OptionError(
            f"{len(runs)} runs and no corpus. Name the corpus, or measure imports one at a time"
        )
    return [agents_side(runs[0])], corpus_of(runs[0])


def _chain(runs: Sequence[Run], corpus: Corpus) -> Provenance:
    chain = corpus.provenance.steps
    for one in runs:
        chain += tuple(
            step
            for step in one.provenance.steps
            if step.verb != "load_corpus" and step not in chain
        )
    return Provenance(chain)


def _language(utterances: pd.DataFrame, corpus: Corpus) -> str:
    declared = corpus.card.get("language")
    languages = {declared} if declared else set()
    if not languages and "language" in utterances.columns:
        languages = set(utterances.loc[~is_empty(utterances["language"]), "language"])
    codes = sorted(
        {str(language).replace("_", "-").split("-")[0].lower() for language in languages}
    )
    known = registry.names("measures.normalize")
    choose = f"Choose one with normalizer= (--normalizer): {', '.join(known)}"
    if not codes:
        raise OptionError(
            f"corpus '{corpus.name}' declares no language, so no normaliser follows from it. "
            f"{choose}"
        )
    if len(codes) > 1:
        raise OptionError(
            f"corpus '{corpus.name}' holds several languages ({', '.join(codes)}). {choose}"
        )
    if codes[0] not in known:
        raise OptionError(f"there is no normaliser for the language '{codes[0]}'. {choose}")
    return codes[0]


def _check_columns(utterances: pd.DataFrame, corpus: Corpus) -> None:
    ours = [name for name in MEASURES.columns if name != "speaker_id"]
    clash = [name for name in ours if name in utterances.columns]
    if clash:
        raise TableError(
            f"corpus '{corpus.name}': column '{clash[0]}' has the name of a column of the "
            "measures. Rename it in the utterances"
        )


def _check_references(utterances: pd.DataFrame, corpus: Corpus, name: str, *, trust: bool) -> int:
    """How many references are empty; raises if that means that nobody wrote them."""
    n_rows = len(utterances)
    n_empty = (
        int(is_empty(utterances["reference"]).sum())
        if "reference" in utterances.columns
        else n_rows
    )
    if n_empty == n_rows:
        raise TableError(
            f"corpus '{corpus.name}' has no reference transcripts, and {name} compares with "
            "them. Add a column 'reference' with what was said; without it there are: "
            f"{', '.join([*STATUS_METRICS, *SCORE_METRICS])}"
        )
    if n_empty > _MOST_EMPTY_REFERENCES * n_rows and not trust:
        raise TableError(
            f"corpus '{corpus.name}': reference is empty in {n_empty} of {n_rows} utterances. An "
            "empty reference means that nothing was said, and whatever the system wrote counts "
            "as an error. Was nothing said, or did nobody write it down? If nothing was said, "
            "go on with trust_columns=True (--trust-columns); if nobody wrote it down, leave "
            f"those utterances out of the corpus for {name}"
        )
    return n_empty
