"""Two-way clustering: people are a sample, and so are the sentences they read.

When the claim is about speakers to come *and* sentences to come, rows that share a sentence go
together as rows that share a person do. For a value of each side, R_g and R_a, and a cluster c
(a person, a sentence, or one person's readings of one sentence):

    m_gc = R_g without c − R_g         how far leaving c out moves the group's value; m_ac likewise
    m_c  = m_gc/R_g − m_ac/R_a         the same for the log ratio (m_gc − m_ac for a mean)

    V_speaker = Σ m_i²    V_sentence = Σ m_s²    V_cell = Σ m_is²
    V_two     = V_speaker + V_sentence − V_cell

Cameron, Gelbach & Miller (2011), Journal of Business & Economic Statistics 29:238–249. For ratios
of sums (`moves`) V_speaker is the CR3 variance of `evidence`; leaving whole clusters out in both
ways is the jackknife of MacKinnon, Nielsen & Webb (2024), arXiv 2406.08880.
A sentence that both sides read moves both values: its m_s is small when it is hard for everyone.

V_two is a difference of estimates and can fall below V_speaker, even below 0. The interval uses
the larger of V_speaker and V_two, and its name says which. Degrees of freedom are the smaller of
those of people (Welch–Satterthwaite) and those of sentences (`sentence_dof`).

Coverage of a nominal 95 % for the ratio, 20 sentences a side of its own, 6 / 12 / 30 people a side:
96.5 / 95.2 / 94.6; with people alone 92.7 / 86.9 / 73.0 (tests/explain/test_twoway.py, 4,000
studies).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

from biasbench.errors import InsufficientDataError
from biasbench.evidence.comparison import Comparison
from biasbench.evidence.estimate import t_quantile, two_sided_p
from biasbench.evidence.methods.cr3 import satterthwaite_dof
from biasbench.evidence.sums import FloatArray, Kind
from biasbench.explain.sentences.difference import difference_ends
from biasbench.explain.sentences.moves import Contrast, Moves, one_reader_each

#: A relative variance up to this is rounding: every person and every sentence is alike.
_ROUNDING = 1e-24


@dataclass(frozen=True)
class TwoWay:
    """Variances of the log ratio (of the difference, for a mean) and their degrees of freedom."""

    speaker: float
    sentence: float
    cell: float
    dof_speaker: float
    dof_sentence: float

    @property
    def two_way(self) -> float:
        """V_speaker + V_sentence − V_cell; it may be negative, and is then not used."""
        return self.speaker + self.sentence - self.cell

    @property
    def larger(self) -> float:
        """The larger of the speaker-only and the two-way variance."""
        return max(self.speaker, self.two_way)

    @property
    def used(self) -> Literal["two-way", "speaker-only"]:
        """Which of the two is the larger."""
        return "two-way" if self.two_way > self.speaker else "speaker-only"

    @property
    def dof(self) -> float:
        """The smaller of the degrees of freedom of people and of sentences."""
        return min(self.dof_speaker, self.dof_sentence)


def two_way_variance(found: Contrast) -> TwoWay:
    """The three variances of the contrast (module docstring) and the degrees of freedom.

    >>> import numpy as np
    >>> from biasbench.explain.sentences.moves import contrast
    >>> rng = np.random.default_rng(1)
    >>> person, sentence = np.repeat(np.arange(20), 12), np.tile(np.arange(12), 20)
    >>> errors = rng.poisson(2 + sentence % 3 + person % 2).astype(float)
    >>> made = two_way_variance(
    ...     contrast(person, sentence, errors, np.full(240, 9.0), person < 10))
    >>> round(made.two_way, 5), made.used, made.dof
    (0.00771, 'speaker-only', 11.0)
    """
    people, sentences, cells = (
        _contrast_moves(moves, found) for moves in (found.speaker, found.sentence, found.cell)
    )
    by_side = [
        float((people[side] ** 2).sum())
        for side in (found.speaker.in_group, found.speaker.in_against)
    ]
    n_people = [int(found.speaker.in_group.sum()), int(found.speaker.in_against.sum())]
    return TwoWay(
        speaker=float((people**2).sum()),
        sentence=float((sentences**2).sum()),
        cell=float((cells**2).sum()),
        dof_speaker=_dof(by_side, n_people),
        # Sentences that one person alone reads are no cluster beyond the person.
        dof_sentence=math.inf
        if one_reader_each(found)
        else sentence_dof(sentences, found.sentence),
    )


def sentence_dof(moves: FloatArray, sentences: Moves) -> float:
    """Welch–Satterthwaite over the sentences of both sides, of the group, of the other side.

    Each of the three kinds has a variance Σm² on its number of sentences less one. All shared:
    S − 1. None shared: the usual two-sample figure. A sentence alone of its kind counts for one.

    >>> import numpy as np
    >>> flags = np.ones(8, dtype=bool)
    >>> sentence_dof(np.arange(8.0), Moves(np.arange(8.0), np.zeros(8), flags, flags))
    7.0
    """
    both = sentences.in_group & sentences.in_against
    kinds = [both, sentences.in_group & ~both, sentences.in_against & ~both]
    held = [(float((moves[kind] ** 2).sum()), int(kind.sum())) for kind in kinds if kind.any()]
    below = sum(variance**2 / max(count - 1, 1) for variance, count in held)
    total = sum(variance for variance, _ in held)
    return total**2 / below if below > 0 else float(max(sum(n for _, n in held) - 1, 1))


def compare(found: Contrast, *, level: float = 0.95, new_sentences: bool = True) -> Comparison:
    """Ratio, difference and their intervals at the larger of speaker-only and two-way variance.

    With `new_sentences=False` the claim is about these sentences alone, and the variance is the
    speaker-only one. The difference is MOVER with the correlation that shared sentences make
    (Zou 2007, Psychological Methods 12:399–413), each end the farther of the speaker-only and the
    two-way one. Sentences read by one person each make this `cr3.compare` exactly.

    >>> import numpy as np
    >>> from biasbench.explain.sentences.moves import contrast
    >>> rng = np.random.default_rng(1)
    >>> person = np.repeat(np.arange(20), 12)
    >>> own = np.where(person < 10, np.tile(np.arange(12), 20), 12 + np.tile(np.arange(12), 20))
    >>> errors = rng.poisson(2 + own % 5 + 2 * (person < 10)).astype(float)
    >>> nested = compare(contrast(person, own, errors, np.full(240, 9.0), person < 10))
    >>> f"{nested.ratio:.2f} [{nested.ratio_low:.2f}, {nested.ratio_high:.2f}]; {nested.method}"
    '1.41 [1.04, 1.90]; CR3 t, two-way by speaker and sentence (the larger), on ...'
    """
    variance = two_way_variance(found)
    if not all(map(math.isfinite, (variance.speaker, variance.sentence, variance.cell))):
        raise InsufficientDataError(
            "one person or one sentence is the whole denominator of a side; at least 2 of each "
            "on both sides are needed for a variance, and 6 for a test"
        )
    used = variance.larger if new_sentences else variance.speaker
    if used <= _no_spread(found):
        raise InsufficientDataError(
            "every person and every sentence of a side has the same value, so that there is no "
            "spread to make an interval of; people who differ are needed on both sides"
        )
    dof = variance.dof if new_sentences else variance.dof_speaker
    plain = Comparison(
        value=found.value,
        against_value=found.against_value,
        level=level,
        method=_method(found.kind, variance, new_sentences),
        difference=found.value - found.against_value,
        kind=found.kind,
    )
    reach = t_quantile(level, dof) * math.sqrt(used)
    if found.kind == "mean":
        difference = found.value - found.against_value
        t = difference / math.sqrt(used)
        return replace(
            plain,
            difference_low=difference - reach,
            difference_high=difference + reach,
            t=t,
            dof=dof,
            p=two_sided_p(t, dof),
        )
    log_ratio = math.log(found.value / found.against_value)
    t = log_ratio / math.sqrt(used)
    low, high = difference_ends(found, level=level, new_sentences=new_sentences)
    return replace(
        plain,
        difference_low=low,
        difference_high=high,
        ratio=found.value / found.against_value,
        ratio_low=math.exp(max(log_ratio - reach, -700.0)),  # exp overflows beyond 709
        ratio_high=math.exp(min(log_ratio + reach, 700.0)),
        t=t,
        dof=dof,
        p=two_sided_p(t, dof),
    )


def _contrast_moves(moves: Moves, found: Contrast) -> FloatArray:
    if found.kind == "mean":
        return moves.group - moves.against
    if found.value <= 0 or found.against_value <= 0:
        raise InsufficientDataError(
            f"no event on a side (values {found.value:g} and {found.against_value:g}), so that "
            "there is no log ratio; at least 30 events on each side are needed"
        )
    return moves.group / found.value - moves.against / found.against_value


def _no_spread(found: Contrast) -> float:
    """A variance up to this is rounding; the log scale is relative as it is."""
    largest = max(found.value**2, found.against_value**2) if found.kind == "mean" else 1.0
    return _ROUNDING * largest


def _dof(variances: list[float], counts: list[int]) -> float:
    if min(counts) < 2 or sum(variances) <= 0:
        return float(max(min(counts) - 1, 1))
    return satterthwaite_dof(variances[0], counts[0], variances[1], counts[1])


def _method(kind: Kind, variance: TwoWay, new_sentences: bool) -> str:
    scale = "the difference" if kind == "mean" else "the log ratio; MOVER for the difference"
    if not new_sentences:
        return f"CR3 t, speaker-only (these sentences alone), on {scale}"
    way = (
        "two-way by speaker and sentence (the larger)"
        if variance.used == "two-way"
        else "speaker-only (the larger; two-way by sentence is smaller)"
    )
    return f"CR3 t, {way}, on {scale}"
