"""The substitution test: the same scoring on the automatic and on the human transcript.

A score made from what a recogniser wrote carries the recogniser's errors. Put what people wrote
in its place, leave the calculation as it is, and see what becomes of the gap:

    d_i     = e_i on the human transcript − e_i on the automatic one     over the same w_i
    change  = Σ d_g / W_g − Σ d_a / W_a        the gap afterwards minus the gap before, exactly

Each person is their own control: what a person, their calls and their customers are like stands
in both scores and cancels. The interval is that of `evidence.swaps` (paired CR3 t with
Welch–Satterthwaite degrees of freedom), two-sided. With 6 / 12 / 30 people a side a nominal 95 %
holds the true change in 95.8 / 95.0 / 94.7 % of studies. A scoring that depends on no transcript
but on chance (asked twice, it answers twice) is said to narrow its gap in 1.7 / 2.3 / 2.2 % of
them, and in 25 to 26 % if calls are counted as people. The variance of two independent gaps, which
pairs nobody, covers 99.9: it finds a true narrowing of 3 points in 0 / 2 / 15 % where this one
does in 17 / 49 / 90 (1,000 to 2,000 studies; a part of them in
tests/consequences/test_substitution.py).

What it says: how much of the gap stands and falls with the words the recogniser wrote, for this
scoring and these calls. What it does not: why the recogniser errs more on some; whether the human
transcript is itself as good for one side as for the other (double transcription, by group); and
nothing of a score made from the sound of a voice.

Crossings of a threshold (`crossings`) are a simulation, run only if the automatic gap has a
verdict of V-D or V-A, by the plan's margin (report.md §K); otherwise the code is PAY-NO.
"""

from __future__ import annotations

import zlib
from typing import Literal, cast

import numpy as np

from biasbench.consequences.substitution.calls import paired_calls
from biasbench.consequences.substitution.crossings import Crossings, crossings
from biasbench.consequences.substitution.outcome import Substitution, mechanism_of
from biasbench.consequences.substitution.share import GapShare, gap_share
from biasbench.errors import InsufficientDataError, OptionError
from biasbench.evidence.assessment import assess
from biasbench.evidence.conclusion import UNDECLARED
from biasbench.evidence.finding import Finding
from biasbench.evidence.intake import take_in
from biasbench.evidence.methods import cr3
from biasbench.evidence.options import check_plain_options
from biasbench.evidence.rows import MeasuresSource
from biasbench.evidence.sufficiency import Audience, failed_gates, side_of
from biasbench.evidence.sums import SpeakerSums, ordered_sums
from biasbench.evidence.swaps.change import change_in_gap
from biasbench.evidence.swaps.pairing import Heard, Paired, paired
from biasbench.tables import REST, Direction
from biasbench.tables.grouping import By

#: The automatic gaps whose consequences are simulated; for any other the code is PAY-NO.
_ESTABLISHED = ("V-D1", "V-D2", "V-D3", "V-A1", "V-A2", "V-A3")
_METHOD = "paired: CR3 t (Welch–Satterthwaite) on the change of each person, two-sided"


def assess_substitution(
    measures: MeasuresSource,
    human_measures: MeasuresSource | None = None,
    *,
    by: By,
    group: str,
    against: str = REST,
    metric: str | None = None,
    automatic: str | None = None,
    human: str | None = None,
    margin: float,
    threshold: float | None = None,
    period: str | None = None,
    direction: Direction | None = None,
    level: float = 0.95,
    audience: Audience = "public",
    seed: int = 0,
    n_resamples: int = 1999,
) -> Substitution:
    """What becomes of a group's gap when the human transcript replaces the automatic one.

    Parameters
    ----------
    measures, human_measures
        Measures tables of one scoring of the same calls, on the automatic and on the human
        transcript; or one table with both as two systems.
    by, group, against, metric
        As in `assess`; the metric is one and the same on both transcripts.
    automatic, human
        The two systems' names; may be left out where each table has one.
    margin
        The smallest gap that matters, declared before, in the metric's unit.
    threshold
        The score from which a person passes; which way passes is read from `direction`. Without
        one there are no crossings.
    period
        A column of the automatic table (the month), to count person-periods beside people.
    direction
        Which way is worse, where the table does not say.
    level, audience, seed, n_resamples
        Of the intervals; of the gates; and for what is drawn at random.

    Raises
    ------
    TableError
        A call is of another person or group, or has another denominator, on the two transcripts.
    InsufficientDataError
        Fewer than 6 people on a side, or more than 20 % of a side's calls scored on one
        transcript only.

    Examples
    --------
    >>> import pandas as pd
    >>> rng = np.random.default_rng(4)
    >>> people = np.repeat([f"p{number:02}" for number in range(40)], 12)
    >>> accent = np.repeat(["b", "a"], 240)
    >>> said = 75 + np.repeat(rng.normal(0, 3, 40), 12) + rng.normal(0, 6, 480)
    >>> heard = said - np.where(accent == "b", 8, 2) * rng.gamma(4, 0.25, 480)
    >>> table = pd.concat([pd.DataFrame({
    ...     "system": system, "unit_id": [f"c{number:03}" for number in range(480)],
    ...     "metric": "mean_score:quality", "speaker_id": people, "numerator": score,
    ...     "denominator": 1.0, "direction": "higher is better", "accent": accent})
    ...     for system, score in (("automatic", heard), ("human", said))])
    >>> found = assess_substitution(table, by="accent", group="b", metric="mean_score:quality",
    ...                             automatic="automatic", human="human", margin=1, threshold=70)
    >>> f"{found.gap_automatic:.1f} to {found.gap_human:.1f}"
    '-4.0 to 1.6'
    >>> f"change {found.change:.1f} [{found.change_low:.1f}, {found.change_high:.1f}]"
    'change 5.6 [5.1, 6.1]'
    >>> found.gap_verdict, found.mechanism, found.crossings.group.up, found.crossings.group.down
    ('V-D1', 'narrows', 13, 0)
    """
    check_plain_options(level=level, audience=audience, seed=seed, n_resamples=n_resamples)
    if threshold is not None and not np.isfinite(threshold):
        raise OptionError(f"threshold={threshold:g}: give the score from which a person passes")
    if human_measures is None and (automatic is None or human is None or automatic == human):
        raise OptionError(
            f"automatic={automatic!r} and human={human!r}: with one table, name its two systems, "
            "the scoring on the automatic transcript and that on the human one"
        )
    if period is not None and threshold is None:
        raise OptionError(f"period='{period}' counts crossings of a threshold; give threshold= too")
    human_source = measures if human_measures is None else human_measures
    pair = paired(
        measures,
        human_source,
        by=by,
        group=group,
        against=against,
        metric=metric,
        system_before=automatic,
        system_after=human,
    )
    finding = _gap_finding(
        measures,
        pair,
        by=by,
        margin=margin,
        direction=direction,
        level=level,
        audience=audience,
        seed=seed,
        n_resamples=n_resamples,
    )
    known = None if finding.direction == UNDECLARED else cast(Direction, finding.direction)
    change = change_in_gap(
        pair.group_before,
        pair.group_after,
        pair.against_before,
        pair.against_after,
        alpha=(1 - level) / 2,
        direction=known or "neither",
    )
    gaps = [
        cr3.compare(_mean(one), _mean(other), level=level)
        for one, other in (
            (pair.group_before, pair.against_before),
            (pair.group_after, pair.against_after),
        )
    ]
    note = change.note
    if change.n_changed == 0:
        note = "nobody's score changes: on these calls the scoring does not depend on the words"
    share, share_note = _share(pair, level, note)
    simulated: Crossings | None = None
    code: Literal["PAY-NO"] | None = None
    crossings_note: str | None = "no threshold was given"
    if threshold is not None:
        calls = paired_calls(measures, human_source, pair, by, period)
        if finding.verdict not in _ESTABLISHED:
            code, crossings_note = "PAY-NO", f"gap not established: {finding.reason}"
        else:
            crossings_note = None
            simulated = crossings(
                calls,
                threshold,
                rng=_rng(seed, pair),
                higher_passes=known == "higher is better",
                level=level,
                n_resamples=n_resamples,
            )
    return Substitution(
        automatic=pair.system_before,
        human=pair.system_after,
        metric=pair.metric,
        by=pair.by,
        group=pair.group,
        against=pair.against,
        direction=known,
        level=level,
        gap_automatic=change.gap_before,
        gap_human=change.gap_after,
        change=change.change,
        change_low=change.lower,
        change_high=change.upper,
        standard_error=change.standard_error,
        dof=change.dof,
        method=_METHOD if change.lower is not None else change.method,
        note=note,
        automatic_gap=gaps[0],
        human_gap=gaps[1],
        mechanism=mechanism_of(gaps[0], change.lower, change.upper),
        share=share,
        share_note=share_note,
        gap_verdict=finding.verdict,
        gap_finding=finding,
        crossings=simulated,
        crossings_code=code,
        crossings_note=crossings_note,
        refused=_refused(pair, audience, no_spread=change.lower is None),
        n_speakers=change.n_speakers,
        n_against=change.n_against,
        n_changed=change.n_changed,
        n_calls=pair.n_utterances,
        n_unpaired=pair.n_unpaired,
        seed=seed,
    )


def _gap_finding(
    measures: MeasuresSource,
    pair: Paired,
    *,
    by: By,
    margin: float,
    direction: Direction | None,
    level: float,
    audience: Audience,
    seed: int,
    n_resamples: int,
) -> Finding:
    """What `assess` says of the group, on all rows of the automatic scoring.

    One comparison, the one that was asked about, as in every other link of the chain: a family of
    all groups would give the same gap one verdict here and another beside the bonus.
    """
    table = take_in(measures, by=by, metrics=[pair.metric]).table
    evidence = assess(
        table[(table["system"] == pair.system_before).to_numpy()].reset_index(drop=True),
        by=by,
        against=pair.against,
        groups=[pair.group],
        metrics=[pair.metric],
        margin=margin,
        level=level,
        audience=audience,
        seed=seed,
        n_resamples=n_resamples,
        direction=direction,
    )
    return evidence.to_findings()[0]


def _mean(heard: Heard) -> SpeakerSums:
    return ordered_sums(
        heard.numerator, heard.denominator, n_utterances=len(heard.denominator), kind="mean"
    )


def _share(pair: Paired, level: float, note: str | None) -> tuple[GapShare | None, str | None]:
    if note is not None:
        return None, note
    try:
        found = gap_share(
            pair.group_before,
            pair.group_after,
            pair.against_before,
            pair.against_after,
            level=level,
        )
    except InsufficientDataError as error:
        return None, str(error)
    return found, None


def _refused(pair: Paired, audience: Audience, *, no_spread: bool) -> tuple[str, ...]:
    other = REST if pair.against == REST else f"'{pair.against}'"
    sides = [
        side_of(name, _mean(heard))
        for name, heard in (
            (f"'{pair.group}'", pair.group_before),
            (other, pair.against_before),
        )
    ]
    # Unpaired calls were held against their gate at the pairing.
    # Each person is their own control, so that no recording condition stands between two gaps.
    return tuple(
        failed_gates(
            sides[0],
            sides[1],
            kind="mean",
            audience=audience,
            by=pair.by,
            overlaps={},
            no_spread=no_spread,
        )
    )


def _rng(seed: int, pair: Paired) -> np.random.Generator:
    names = [
        pair.system_before,
        pair.system_after,
        pair.metric,
        *sorted([pair.group, pair.against]),
    ]
    return np.random.default_rng([seed, zlib.crc32("\0".join(names).encode())])
