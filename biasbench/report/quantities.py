"""How each metric is printed: its name, its unit, its scale, and the sentence that reports it.

A rate is a fraction in tables and a number per 100 in sentences. A metric of somebody else's is
printed as it is, in its own unit.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from biasbench.report.numbers import ABSENT, Lang, decimals_for, ends, number, shortest
from biasbench.report.wording import say

_SCORE = "mean_score:"


@dataclass(frozen=True)
class Quantity:
    """One metric in print: the id of its S1, its unit, and what its values are multiplied by."""

    metric: str
    sentence: str
    unit_name: str
    factor: float = 100.0
    title: str | None = None

    @property
    def is_rate(self) -> bool:
        """Whether values start at zero: their axis does then."""
        return self.factor == 100

    @property
    def of(self) -> str | None:
        """What a metric of a family is of: 'say thanks' for 'prompt_rate:say thanks'."""
        return self.metric.partition(":")[2] or None

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
        if self.title is not None:
            return say(self.title, lang, {"of": self.of or ""})
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


@dataclass(frozen=True)
class Amount(Quantity):
    """Money a month: whole units of a currency (docs/report.md §F)."""

    currency: str = "EUR"

    def unit(self, lang: Lang) -> str:
        """'EUR a month'."""
        return say("UNIT-amount", lang, {"cur": self.currency})

    def value(self, value: float | None, lang: Lang) -> str:
        """An amount to the unit.

        >>> Amount("mean_bonus:paid", "M-PAY-OBS", "amount", 1.0).value(77.4, "en")
        '77'
        """
        return ABSENT if value is None else number(value, lang, decimals=0)

    def _decimals(self, low: float, high: float) -> int:
        del low, high
        return 0


#: Units that a score's own name may end in: 'median_pitch_hz'. The first that fits holds.
_SCORE_UNITS = {
    "_hz": "hz",
    "_semitones": "semitones",
    "_dbfs": "dbfs",
    "_per_minute": "per_minute",
    "_per_s": "per_s",
    "_s": "s",
    "_share": "share",
}


_BASES: Mapping[str, str] = {
    "words": "words",
    "replaced": "words",
    "missed": "words",
    "added": "words",
    "characters": "characters",
}

_OF_METRIC: Mapping[str, tuple[str, str, float]] = {
    "wer": ("M-WER", "words", 100.0),
    "cer": ("M-CER", "characters", 100.0),
    "wer_macro": ("M-WER-MACRO", "words", 100.0),
    "cer_macro": ("M-CER-MACRO", "characters", 100.0),
    "substitution_rate": ("M-SUB", "replaced", 100.0),
    "deletion_rate": ("M-DEL", "missed", 100.0),
    "insertion_rate": ("M-INS", "added", 100.0),
    "no_output_rate": ("M-NOOUT", "recordings", 100.0),
    "failure_rate": ("M-FAIL", "recordings", 100.0),
    "contradiction_rate": ("M-CONTRADICT", "calls", 100.0),
    "silence_rate": ("M-SILENCE-0", "silence", 1.0),
    "human_silence_rate": ("M-SILENCE-HUMAN", "silence", 1.0),
    "false_silence_share": ("M-SILENCE-FALSE", "share_of_silence", 100.0),
    "hallucination_rate": ("M-INVENTED", "invented", 1.0),
    "misattribution_rate": ("M-ATTRIB", "attributed", 100.0),
    "handling_time": ("M-HANDLING", "seconds", 1.0),
}


#: Families of metrics: the S1, the unit, the heading; and S1 and heading of "any".
_OF_FAMILY: Mapping[str, tuple[str, str, str]] = {
    "prompt_rate": ("M-POPUP", "prompts", "Q-prompt"),
    "unfounded_prompt_rate": ("M-UNFOUNDED", "unfounded", "Q-unfounded"),
    "keyword_recall": ("M-KEYWORD", "phrases", "Q-keyword"),
    "keyword_false_alarm_rate": ("M-KEYWORD-FALSE", "calls", "Q-keyword-false"),
    "misattribution_rate": ("M-ATTRIB", "attributed", "Q-misattribution-of"),
    "label_rate": ("M-LABELLED", "calls", "Q-label"),
    "false_positive_rate": ("M-FALSE", "calls", "Q-label-false"),
    "false_negative_rate": ("M-MISSED", "calls", "Q-label-missed"),
}


def quantity(metric: str) -> Quantity:
    """How a metric is printed; one that nobody knows is printed under its own name.

    >>> quantity("mean_score:politeness").score, quantity("my_index").sentence
    ('politeness', 'M-OTHER')
    """
    if metric in _OF_METRIC:
        return Quantity(metric, *_OF_METRIC[metric])
    family, _, of = metric.partition(":")
    if of and family in _OF_FAMILY:
        sentence, unit, title = _OF_FAMILY[family]
        if of == "any" and family in ("prompt_rate", "unfounded_prompt_rate"):
            sentence, title = f"{sentence}-ANY", f"{title}-any"
        return Quantity(metric, sentence, unit, title=title)
    if metric.startswith(_SCORE):
        unit = next((u for ending, u in _SCORE_UNITS.items() if metric.endswith(ending)), "score")
        return Quantity(metric, "M-SCORE", unit, factor=1.0)
    return Quantity(metric, "M-OTHER", "other", factor=1.0)
