"""Whether what is asked for can be had from these runs: said before anything is computed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from biasbench.errors import OptionError, not_found
from biasbench.measures.catalogue import (
    EDIT_METRICS,
    EVENT_METRICS,
    KEYWORD_METRICS,
    METRICS,
    NAMED_METRICS,
    SCORE_METRICS,
    STATUS_METRICS,
    TIME_METRICS,
)

if TYPE_CHECKING:
    from biasbench.runs import Run


def check_metrics(metrics: Sequence[str], runs: Sequence[Run]) -> None:
    """Raise NotFoundError for an unknown metric or score, OptionError for one nobody can give."""
    if isinstance(metrics, str):
        raise OptionError(f"metrics is the text {metrics!r}, not a list. Write [{metrics!r}]")
    if not metrics:
        raise OptionError(f"no metric was asked for. Known: {', '.join(sorted(METRICS))}")
    if not runs:
        raise OptionError("there is no run to measure")
    repeated = sorted({name for name in metrics if list(metrics).count(name) > 1})
    if repeated:
        raise OptionError(f"metric '{repeated[0]}' is asked for twice")
    has_transcripts = any(len(run.transcripts) for run in runs)
    known_scores = sorted({str(name) for run in runs for name in run.scores["score"].unique()})
    for name in metrics:
        kind, _, of = name.partition(":")
        if kind not in METRICS or (of and kind not in NAMED_METRICS):
            raise not_found("metric", name, METRICS)
        if kind in SCORE_METRICS:
            _check_scores(name, of, known_scores)
        elif kind in EVENT_METRICS:
            _check_events(name, runs)
        elif not has_transcripts and kind in (*EDIT_METRICS, *STATUS_METRICS):
            raise OptionError(
                f"{name} needs transcripts, and the run has none: its system gives scores "
                f"({', '.join(known_scores) or 'none'}). Metric of scores: mean_score"
            )
        elif kind in (*KEYWORD_METRICS, *TIME_METRICS) and not (has_transcripts or _events(runs)):
            raise OptionError(
                f"{name} needs transcripts or events, and the run has neither: its system gives "
                f"scores ({', '.join(known_scores) or 'none'})"
            )
    for kind in NAMED_METRICS:
        if kind in metrics and any(name.startswith(f"{kind}:") for name in metrics):
            every = "score" if kind in SCORE_METRICS else "label"
            raise OptionError(f"'{kind}' is every {every} already; ask for it or for single ones")
    _check_systems(runs)


def _check_scores(name: str, score: str, known: Sequence[str]) -> None:
    if not known:
        raise OptionError(
            f"{name} needs scores, and the run has none: its system writes transcripts. "
            f"Metrics of transcripts: {', '.join([*EDIT_METRICS, *STATUS_METRICS])}"
        )
    if score and score not in known:
        raise not_found("score", score, known)


def _check_events(name: str, runs: Sequence[Run]) -> None:
    if not any(_events([run]) or len(run.scores) for run in runs):
        raise OptionError(
            f"{name} needs prompts, and the run has no events: its system writes transcripts. "
            "Score them first, as with tone:interact, or import what the system in use showed"
        )


def _events(runs: Sequence[Run]) -> bool:
    return any(len(run.events) for run in runs)


def _check_systems(runs: Sequence[Run]) -> None:
    seen: set[str] = set()
    for run in runs:
        tables = (run.transcripts, run.scores, run.events)
        systems = {str(name) for table in tables for name in table["system"].unique()}
        twice = sorted(seen & systems)
        if twice:
            raise OptionError(
                f"system '{twice[0]}' stands in two of the runs; the same name must be the same "
                "system. Measure them apart"
            )
        seen |= systems
