"""The rows of the table BONUSES."""

from __future__ import annotations

from biasbench.consequences.bonus.observed import ObservedBonus
from biasbench.consequences.bonus.simulation import SimulatedBonus


def observed_row(found: ObservedBonus, level: float) -> dict[str, object]:
    """What was paid; the gap turned so that above 0 is to the group's disadvantage."""
    finding = found.finding

    def turned(value: float | None) -> float | None:
        return None if value is None else -value

    return {
        "figure": "paid",
        "currency": found.currency,
        "value": finding.value,
        "against_value": finding.against_value,
        "gap": turned(finding.difference),
        "gap_low": turned(finding.difference_high),
        "gap_high": turned(finding.difference_low),
        "level": level,
        "n_speakers": found.n_people[0],
        "n_against": found.n_people[1],
        "n_months": found.n_months[0],
        "n_against_months": found.n_months[1],
        "n_missing": found.n_missing[0],
        "n_against_missing": found.n_missing[1],
        "method": finding.method,
    }


def simulated_row(found: SimulatedBonus) -> dict[str, object]:
    """One scenario."""
    return {
        "figure": found.scenario,
        "currency": found.currency,
        "value": found.now[0],
        "against_value": found.now[1],
        "value_then": found.then[0],
        "against_value_then": found.then[1],
        "gap": found.gap_change.value,
        "gap_low": found.gap_change.low,
        "gap_high": found.gap_change.high,
        "level": found.level,
        "n_speakers": found.n_people[0],
        "n_against": found.n_people[1],
        "n_months": found.n_months[0],
        "n_against_months": found.n_months[1],
        "n_missing": found.n_missing[0],
        "n_against_missing": found.n_missing[1],
        "method": f"people drawn again ({found.n_resamples}, seed {found.seed}), "
        "expanded percentile range",
    }
