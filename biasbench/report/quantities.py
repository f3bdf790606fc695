"""How each metric is printed: its name, its unit, its scale, and the sentence that reports it.

A rate is a fraction in tables and a number per 100 in sentences. A metric of somebody else's is
printed as it is, in its own unit.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from biasbench.report.numbers import Lang, decimals_for, ends, number, shortest
from biasbench.report.wording import say

_SCORE = "mean_score:"


@dataclass(frozen=True)
class Quantity:
    """One metric in print: the id of its S1, its unit, and what its values are multiplied by."""

    metric: str
    sentence: str
    unit_name: str
    factor: float = 100.0

    @property
    def is_rate(self) -> bool:
        """Whether values start at zero: their axis does then."""
        return self.factor == 100

    @property
    def base(self) -> str | None:
        """What the denominators count, if it is not recordings: 'words', 'characters'."""
        return _BASES.get(self.unit_name) if "macro" not in self.metric else None

    @property
    def score(self) -> str | None:
        """The name the system gives to the score, if the metric is the mean of one."""
        return self.metric.removeprefix(_SCORE) if self.metric.startswith(_SCORE) else None

    def name(self, lang: Lang) -> str:
        """What it is called in headings: 'Word errors'."""
        if self.score is not None:
            return say("Q-score", lang, {"score": self.score})
        if self.sentence == "M-OTHER":
            return say("Q-other", lang, {"metric": self.metric})
        return say(f"Q-{self.metric}", lang)

    def unit(self, lang: Lang) -> str:
        """The unit of values and gaps: 'errors per 100 words'."""
        return say(f"UNIT-{self.unit_name}", lang)

    def value(self, value: float | None, lang: Lang) -> str:
        """A value of a group, as printed.

        >>> quantity("wer").value(0.194, "en")
        '19.4'
        """
        if value is None:
            return number(None, lang)
        scaled = value * self.factor
        return number(scaled, lang, decimals=1 if self.is_rate else max(1, decimals_for(scaled)))

    def gap(
        self,
        value: float | None,
        lang: Lang,
        *,
        low: float | None = None,
        high: float | None = None,
    ) -> str:
        """A difference between groups, with the digits of its interval if it has one.

        >>> quantity("mean_score:pitch").gap(6.53, "en", low=-71.5, high=84.6)
        '6.5'
        """
        if value is None or self.is_rate or low is None or high is None:
            return self.value(value, lang)
        return number(value * self.factor, lang, decimals=self._decimals(low, high))

    def interval(
        self, low: float, high: float, lang: Lang, *, margin: float | None = None
    ) -> tuple[str, str]:
        """Both ends of an interval of the value or the gap, as printed."""
        return ends(
            low * self.factor,
            high * self.factor,
            lang,
            decimals=self._decimals(low, high),
            margin=None if margin is None else margin * self.factor,
        )

    def _decimals(self, low: float, high: float) -> int:
        if self.is_rate:
            return 1
        finite = [abs(end * self.factor) for end in (low, high) if math.isfinite(end)]
        return max(1, decimals_for(max(finite, default=1.0)))

    def margin(self, value: float, lang: Lang) -> str:
        """A declared margin, with the digits it was declared with.

        >>> quantity("wer").margin(0.03, "en")
        '3'
        """
        return shortest(value * self.factor, lang)


#: Physical units that a score's own name may end in: 'median_pitch_hz'.
_SCORE_UNITS = ("hz", "semitones", "dbfs")

_BASES: Mapping[str, str] = {
    "words": "words",
    "replaced": "words",
    "missed": "words",
    "added": "words",
    "characters": "characters",
}

_OF_METRIC: Mapping[str, tuple[str, str]] = {
    "wer": ("M-WER", "words"),
    "cer": ("M-CER", "characters"),
    "wer_macro": ("M-WER-MACRO", "words"),
    "cer_macro": ("M-CER-MACRO", "characters"),
    "substitution_rate": ("M-SUB", "replaced"),
    "deletion_rate": ("M-DEL", "missed"),
    "insertion_rate": ("M-INS", "added"),
    "no_output_rate": ("M-NOOUT", "recordings"),
    "failure_rate": ("M-FAIL", "recordings"),
}


def quantity(metric: str) -> Quantity:
    """How a metric is printed; one that nobody knows is printed under its own name.

    >>> quantity("mean_score:politeness").score, quantity("my_index").sentence
    ('politeness', 'M-OTHER')
    """
    if metric in _OF_METRIC:
        return Quantity(metric, *_OF_METRIC[metric])
    if metric.startswith(_SCORE):
        ending = metric.rpartition("_")[2]
        unit = ending if ending in _SCORE_UNITS else "score"
        return Quantity(metric, "M-SCORE", unit, factor=1.0)
    return Quantity(metric, "M-OTHER", "other", factor=1.0)
