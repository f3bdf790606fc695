"""Metrics whose sums are tied to each other, so that a hidden one follows from those printed.

    errors = replaced + missed + added                       over the same words
    calls not labelled though people say yes = calls of which people say yes − calls labelled
        + calls labelled though people say no                so the third of three label rates
                                                             follows from the other two

Hiding a group on one metric of such a family and not on another hides nothing. A metric that
nobody here knows is tied to every other unknown one; and the scores of one system to each other,
since a vendor's total score is made of its parts.
"""

from __future__ import annotations

from collections.abc import Mapping

#: Metrics that are parts of a sum: groups must rest on the same people in all of them.
PARTS = "words"

_OF_METRIC: Mapping[str, str] = {
    "wer": PARTS,
    "substitution_rate": PARTS,
    "deletion_rate": PARTS,
    "insertion_rate": PARTS,
    "cer": "characters",
    "wer_macro": "words by recording",
    "cer_macro": "characters by recording",
    "no_output_rate": "output",
    "failure_rate": "output",
    "silence_rate": "silence",
    "human_silence_rate": "silence",
    "false_silence_share": "silence",
    "contradiction_rate": "labels",
}
_OF_KIND: Mapping[str, str] = {
    "label_rate": "labels",
    "false_positive_rate": "labels",
    "false_negative_rate": "labels",
    "prompt_rate": "prompts",
    "unfounded_prompt_rate": "prompts",
    "keyword_recall": "keywords",
    "keyword_false_alarm_rate": "keywords",
    "misattribution_rate": "attribution",
    "mean_score": "scores",
}

#: Metrics of what is done to people, of which a rate near all or none speaks of each.
_OF_TREATMENT = ("labels", "prompts", "other")


def family(metric: str) -> str:
    """The name of the family of a metric.

    >>> family("deletion_rate"), family("mean_score:politeness"), family("bonus_missed")
    ('words', 'scores', 'other')
    """
    return _OF_METRIC.get(metric) or _OF_KIND.get(metric.partition(":")[0], "other")


def is_treatment(metric: str) -> bool:
    """Whether a rate of the metric says what became of people, and not of recordings.

    >>> is_treatment("label_rate:angry"), is_treatment("failure_rate")
    (True, False)
    """
    return family(metric) in _OF_TREATMENT
