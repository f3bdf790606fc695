"""Rates that would speak of everybody: printed as a band, with nothing that gives them away.

"95 of 100 in the group pass" says of each of its people that they very likely do (docs/report.md
§J). The band alone is not enough: the other side's rate and a gap, a ratio or an interval give the
rate back. So whoever prints a band prints none of those.
"""

from __future__ import annotations

#: From here on a rate speaks of nearly everybody.
NEARLY_ALL, NEARLY_NONE = 0.9, 0.1


def band(rate: float | None) -> str | None:
    """The name of the words in place of a rate, or None where the rate itself may stand.

    >>> band(0.95), band(0.1), band(0.5), band(None)
    ('W-most', 'W-few', None, None)
    """
    if rate is None or NEARLY_NONE < rate < NEARLY_ALL:
        return None
    return "W-most" if rate >= NEARLY_ALL else "W-few"


def hides(*rates: float | None) -> bool:
    """Whether any of them stands as a band."""
    return any(band(rate) is not None for rate in rates)


def is_all_or_none(*shares: float | None) -> bool:
    """Whether nobody of a side is among the lowest-scored, or nearly everybody.

    Nine in ten are not among a lowest tenth, whoever they are: a small share says nothing of
    anybody there, and only none does.

    >>> is_all_or_none(0.08, 0.12), is_all_or_none(0.0, 0.12), is_all_or_none(0.2, 0.9)
    (False, True, True)
    """
    return any(share is not None and (share == 0 or share >= NEARLY_ALL) for share in shares)
