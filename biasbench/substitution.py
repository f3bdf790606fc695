"""The test of mechanism in one call: the same scoring on the automatic and the human transcript.

`substitute` runs a scorer of text twice over the same calls, on what the recogniser wrote and on
what people wrote, and asks what became of the gap. What is compared, and with what right, is in
`consequences.substitution`. Word times count only in calls of which both transcripts have them:
silence measured between words on one side and in the sound on the other would be another
calculation.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path

from biasbench.consequences.substitution import Substitution, assess_substitution
from biasbench.corpus import Corpus
from biasbench.errors import InsufficientDataError, OptionError, not_found
from biasbench.evidence.intake import covariates
from biasbench.evidence.options import check_plain_options, margins_asked, other_side
from biasbench.evidence.sufficiency import FEWEST_TO_TEST, Audience
from biasbench.measures import Measures, measure
from biasbench.runs import Run, read_run, run
from biasbench.runs.transcripts import REFERENCE, given_transcripts, timed_alike
from biasbench.systems import ToneSystem, load_system
from biasbench.tables import REST
from biasbench.tables.grouping import By, group_labels, grouping_columns
from biasbench.tables.labels import label_codes

#: What is scored when nothing else is asked for.
SCORER = "tone:interact"
METRIC = "mean_score:quality"


@dataclass(frozen=True)
class Substituted:
    """What the substitution showed, with both scorings it stands on."""

    outcome: Substitution
    automatic: Run
    human: Run
    measures: Measures  # of both, as two systems
    n_untimed: int = 0  # transcripts whose word times were left out: the other one had none


def substitute(
    transcripts: Run | str | Path,
    corpus: Corpus,
    *,
    scorer: ToneSystem | str = SCORER,
    metric: str = METRIC,
    by: By,
    group: str,
    margin: float,
    against: str = REST,
    threshold: float | None = None,
    period: str | None = None,
    level: float = 0.95,
    audience: Audience = "public",
    seed: int = 0,
    n_resamples: int = 1999,
    output: str | Path | None = None,
    workers: int = 1,
    progress: bool = True,
) -> Substituted:
    """Score what a recogniser wrote and what people wrote, and say what became of the gap.

    Parameters
    ----------
    transcripts, corpus
        A recogniser's run (or its folder), and its corpus with references.
    scorer, metric
        A scorer of text, and the score to follow, as to `measure`.
    by, group, against, margin
        The question, as to `assess`; `margin` in the score's unit, declared before.
    threshold, period
        The score from which a person passes, and a column of months: to count who changes side.
    level, audience, seed, n_resamples
        As to `assess_substitution`.
    output, workers, progress
        As to `run`; both scorings are kept in folders of `output`, 'automatic' and 'human'.

    Raises
    ------
    OptionError, NotFoundError, TableError
        The scorer reads no transcripts, the corpus has no references, or something asked for is
        not there; nothing is scored or written then.
    InsufficientDataError
        The scorer gave no value to compare, with the reason it gave most.
    """
    loaded = load_system(scorer) if isinstance(scorer, str) else scorer
    name = loaded.info.name
    if "transcript" not in loaded.info.reads or not isinstance(loaded, ToneSystem):
        raise OptionError(
            f"{name} does not stand on transcripts, so that there is nothing to substitute. Use a "
            "scorer of text, such as tone:interact"
        )
    check_plain_options(level=level, audience=audience, seed=seed, n_resamples=n_resamples)
    _check_question(corpus, by, group, against, margin, threshold, period)
    for given in (transcripts, REFERENCE):  # told before anything is scored, let alone written
        given_transcripts(given, corpus)
    _check_metric(corpus, loaded, metric)
    heard = transcripts if isinstance(transcripts, Run) else read_run(transcripts)
    heard, corpus, n_untimed = timed_alike(heard, corpus)
    folder = None if output is None else Path(output)
    scored = [
        run(
            corpus,
            loaded,
            transcripts=given,
            output=None if folder is None else folder / kept,
            workers=workers,
            progress=progress,
        )
        for given, kept in ((heard, "automatic"), (REFERENCE, "human"))
    ]
    for one, what in zip(scored, ("the automatic", "the human"), strict=True):
        _check_scored(one, metric, what)
    both = measure(scored, corpus, metrics=[metric])
    outcome = assess_substitution(
        both,
        by=by,
        group=group,
        against=against,
        metric=metric,
        automatic=str(scored[0].scores["system"].iloc[0]),
        human=str(scored[1].scores["system"].iloc[0]),
        margin=margin,
        threshold=threshold,
        period=period,
        level=level,
        audience=audience,
        seed=seed,
        n_resamples=n_resamples,
    )
    return Substituted(outcome, scored[0], scored[1], both, n_untimed)


def _check_question(
    corpus: Corpus,
    by: By,
    group: str,
    against: str,
    margin: float,
    threshold: float | None,
    period: str | None,
) -> None:
    """Raise what the comparison would raise in the end, before hours of scoring."""
    columns = grouping_columns(by, corpus.utterances)
    codes, known = label_codes(group_labels(corpus.utterances, columns))
    name = ",".join(columns)
    if group not in known:
        raise not_found(f"group of {name}", group, known)
    against = other_side(against, known, name)
    if against == group:
        raise OptionError(f"group and against are both '{group}'; name two different sides")
    in_group = codes == known.index(group)
    others = (codes >= 0) & ~in_group if against == REST else codes == known.index(against)
    if "speaker_id" in corpus.utterances.columns:
        for side, mask in ((group, in_group), (against, others)):
            n = corpus.utterances.loc[mask, "speaker_id"].nunique()
            if n < FEWEST_TO_TEST:
                people = "1 person" if n == 1 else f"{n} people"
                raise InsufficientDataError(
                    f"'{side}' has {people} in corpus '{corpus.name}': a change in the gap takes "
                    f"at least {FEWEST_TO_TEST} on each side"
                )
    margins_asked(margin, {"score": "mean"})
    if threshold is not None and not math.isfinite(threshold):
        raise OptionError(f"threshold={threshold:g}: give the score from which a person passes")
    if period is not None and threshold is None:
        raise OptionError(f"period='{period}' counts crossings of a threshold; give threshold= too")
    if period is not None and period not in corpus.utterances.columns:
        raise not_found("period column", period, covariates(corpus.utterances))


def _check_metric(corpus: Corpus, scorer: ToneSystem, metric: str) -> None:
    """Raise NotFoundError for a score that the scorer does not give, from one call alone.

    A scorer gives the same scores for every call; one that fails on this call gives no names.
    """
    family, _, score = metric.partition(":")
    if family != "mean_score" or not score:
        return
    first = replace(corpus, utterances=corpus.utterances.head(1).reset_index(drop=True))
    names = run(first, scorer, transcripts=REFERENCE, progress=False).scores["score"]
    if names.notna().any() and score not in set(names):
        raise not_found("score", score, set(names.dropna()))


def _check_scored(scored: Run, metric: str, what: str) -> None:
    score = metric.partition(":")[2]
    own = scored.scores[scored.scores["score"] == score]
    if own.empty:  # where every call failed nobody knows what the scores are called
        own = scored.scores
    if len(own) and own["status"].eq("missing").all():
        said = own["error"].dropna()
        reason = said.mode().iloc[0] if len(said) else "no reason is given"
        raise InsufficientDataError(
            f"score '{score or metric}' has no value on {what} transcript of any of the "
            f"{own['unit_id'].nunique()} calls: {reason}"
        )
