"""How many people a question needs.

    n per group ≈ (z_{(1+level)/2} + z_{power})² · (SD_g² + SD_a²) / δ²

which is 2(1.96 + 0.84)²·SD²/δ² with equal spreads, 95 % and a power of 80 % (docs/report.md §D).
SD is the standard deviation between people, δ the margin. A rough size for planning, not a promise.
"""

from __future__ import annotations

from scipy import stats


def people_needed(
    sd: float,
    margin: float,
    *,
    against_sd: float | None = None,
    level: float = 0.95,
    power: float = 0.80,
) -> int:
    """People in each of two groups to see a gap of `margin`; both in the metric's unit.

    >>> people_needed(0.10, 0.05), people_needed(0.10, 0.03)
    (63, 174)
    """
    other = sd if against_sd is None else against_sd
    z = float(stats.norm.ppf((1 + level) / 2) + stats.norm.ppf(power))
    return max(2, round(z**2 * (sd**2 + other**2) / margin**2))
