"""What a public report prints in place of figures that are one person's.

Without one person, from … to …: both ends are the figure without *one* person, the most unlike
the rest. The total is printed too, so the difference is that person: with 10 people and the ratio
to two decimals, their own rate to within a twentieth. So only whether any one person turns the
direction is said. The largest share of one person is a maximum and, times the printed words, how
much somebody spoke; a band says what it is there to say. A restricted report prints both.

Counts of people in a cross-table below 20 are rounded to 5. One exact cell beside a printed total
would undo that, so a row is rounded whole.
"""

from __future__ import annotations

from collections.abc import Sequence

from biasbench.report.numbers import Lang, share
from biasbench.report.wording import say

#: Below this a count of people in a cross-table is rounded, to a multiple of ROUNDED_TO.
EXACT_FROM = 20
ROUNDED_TO = 5
_BANDS = (0.1, 0.25, 0.5)


def leverage_words(largest: float | None, lang: Lang) -> str:
    """The largest share of one person, as a band.

    >>> leverage_words(0.07, "en"), leverage_words(0.31, "en"), leverage_words(None, "en")
    ('up to 10%', 'up to 50%', '–')
    """
    if largest is None:
        return share(None, lang)
    top = next((band for band in _BANDS if largest <= band), None)
    if top is None:
        return say("W-over-half", lang)
    return say("W-up-to", lang, {"share": share(top, lang, decimals=0)})


def steadiness_words(low: float | None, high: float | None, none: float, lang: Lang) -> str:
    """Whether leaving out any one person turns the direction; `none` is where there is no gap.

    >>> steadiness_words(1.1, 1.6, 1.0, "en"), steadiness_words(0.9, 1.6, 1.0, "en")
    ('same direction', 'direction changes')
    """
    if low is None or high is None:
        return share(None, lang)
    return say("W-same-way" if low > none or high < none else "W-turns", lang)


def rounded_counts(counts: Sequence[int], hidden: Sequence[bool]) -> list[int]:
    """The counts of a row as printed: all rounded to 5 if one that is shown is below 20.

    A hidden cell counts as below 20: beside exact ones its sum would be exact.

    >>> rounded_counts([12, 28, 0], [False, False, False])
    [10, 30, 0]
    >>> rounded_counts([24, 28], [False, False])
    [24, 28]
    """
    is_few = any(hide or 0 < count < EXACT_FROM for count, hide in zip(counts, hidden, strict=True))
    return [_rounded(count) if is_few else count for count in counts]


def _rounded(count: int) -> int:
    # No count lies halfway between two multiples of an odd number.
    return ROUNDED_TO * round(count / ROUNDED_TO)
