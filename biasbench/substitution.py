"""The test of mechanism in one call: the same scoring on the automatic and the human transcript.

`substitute` runs a scorer of text twice over the same calls, on what the recogniser wrote and on
what people wrote, and asks what became of the gap. What is compared, and with what right, is in
`consequences.substitution`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from biasbench.consequences.substitution import Substitution, assess_substitution
from biasbench.corpus import Corpus
from biasbench.errors import InsufficientDataError, OptionError
from biasbench.evidence.sufficiency import Audience
from biasbench.measures import Measures, measure
from biasbench.runs import Run, run
from biasbench.runs.transcripts import REFERENCE
from biasbench.systems import ToneSystem, load_system
from biasbench.tables import REST
from biasbench.tables.grouping import By

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
    OptionError
        The scorer reads no transcripts.
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
        for given, kept in ((transcripts, "automatic"), (REFERENCE, "human"))
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
    return Substituted(outcome, scored[0], scored[1], both)


def _check_scored(scored: Run, metric: str, what: str) -> None:
    score = metric.partition(":")[2]
    own = scored.scores[scored.scores["score"] == score]
    if len(own) and own["status"].eq("missing").all():
        said = own["error"].dropna()
        reason = said.mode().iloc[0] if len(said) else "no reason is given"
        raise InsufficientDataError(
            f"score '{score}' has no value on {what} transcript of any of the {len(own)} calls: "
            f"{reason}"
        )
