"""The bands that must hold, how far chance may carry a figure out of them, and what has none.

A count over n worlds is off by its Monte-Carlo error: of 400 worlds a method that errs in 5 % of
all worlds shows more than 6 % in one study of six. So a number of the list fails where a figure
lies outside its band by more than two Monte-Carlo errors at the band's end; how many lie outside at
face value is printed beside, and each of them named.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from benchmarks.calibration.counts import monte_carlo_error
from benchmarks.planted import counts
from benchmarks.planted.counts import Figure
from benchmarks.planted.links import CONTROL, ON_HUMAN, PACKAGE, SIMULATED

ACCEPTANCE = {
    1: "The planted gap is within the interval of every link in at least 93 % of worlds",
    2: "At least 90 % of the gap disappears with human transcripts, pooled over worlds",
    3: "Where there is no gap (nothing planted, or human transcripts) a link says that there is "
    "one in at most 6 % of worlds",
    4: "The control fails: calls (months) taken for people cover less than 93 %, and where nothing "
    "is planted say that there is a gap in more than 6 %, all cells together",
    5: "Call by call gives the very rows that `run` and `measure` give",
    6: "The truth is known to a tenth of a link's standard error",
}

#: Monte-Carlo errors by which a figure of these numbers may be outside and be there by chance; a
#: control has to fail, and an agreement to hold, at face value.
ALLOWED = {1: 2.0, 2: 2.0, 3: 2.0}


@dataclass(frozen=True)
class Band:
    """The ends a figure must lie within, and the acceptance number that says so."""

    low: float
    high: float
    number: int


def band(row: Figure) -> Band | None:
    """The band of a figure, where an acceptance number speaks of it."""
    if row.method == CONTROL:
        return _control_band(row)
    if row.method == PACKAGE:
        return _package_band(row)
    if row.figure == counts.NARROWS and row.planted != "none":
        return None
    others = {
        counts.DIFFERENT: Band(0, 0, 5),
        counts.GONE: Band(90, np.inf, 2),
        counts.NARROWS: Band(0, 6, 3),
    }
    return others.get(row.figure)


def is_inside(row: Figure) -> bool | None:
    """Whether the figure lies in its band at face value; None where it has none."""
    ends = band(row)
    return None if ends is None else ends.low <= row.value <= ends.high


def is_beyond_chance(row: Figure) -> bool:
    """Whether it lies outside by more than two Monte-Carlo errors, those at the band's end."""
    ends = band(row)
    if ends is None or is_inside(row):
        return False
    end = ends.low if row.value < ends.low else ends.high
    # A count has the error of its own bound; the share of a gap that disappears has its own.
    error = row.mc_error if ends.number == 2 else monte_carlo_error(end, row.n_worlds)
    return abs(row.value - end) > ALLOWED.get(ends.number, 0.0) * error


def acceptance_lines(rows: Sequence[Figure]) -> list[str]:
    """A table of the numbers with how many figures hold each; then those outside."""
    lines = ["| | must hold | at face value | beyond chance | |", "|---|---|---|---|---|"]
    for number, what in ACCEPTANCE.items():
        about = [row for row in rows if (ends := band(row)) and ends.number == number]
        inside = [row for row in about if is_inside(row)]
        beyond = [row for row in about if is_beyond_chance(row)]
        held = "not measured" if not about else "**fails**" if beyond else "holds"
        lines.append(
            f"| {number} | {what} | {len(inside)} of {len(about)} inside | {len(beyond)} | {held} |"
        )
    lines += ["", *_on_average(rows)]
    outside = [row for row in rows if is_inside(row) is False]
    for what, is_beyond in (("**beyond chance**", True), ("outside at face value", False)):
        named = [row for row in outside if is_beyond_chance(row) is is_beyond]
        lines += [""] * bool(named) + [f"- {what}: {told(row)}" for row in named]
    return lines


def _on_average(rows: Sequence[Figure]) -> list[str]:
    parts, lines = [], []
    for number, what in ((1, "the truth is covered in"), (3, "a gap that is not there is said in")):
        values = [row.value for row in rows if (ends := band(row)) and ends.number == number]
        if values:
            parts.append(f"{what} {np.mean(values):.1f} % of worlds ({len(values)} figures)")
    if parts:
        lines.append(f"On average over the links {' and '.join(parts)}.")
    alarms = [row for row in rows if (ends := band(row)) and ends.number == 3]
    if alarms:
        chance = [
            stats.binom.sf(np.floor(0.06 * row.n_worlds), row.n_worlds, 0.05) for row in alarms
        ]
        above = sum(is_inside(row) is False for row in alarms)
        lines.append(
            f"If each of the {len(alarms)} said a gap in exactly 5 % of all worlds, "
            f"{np.sum(chance):.0f} of them would be above 6 % in these; {above} are."
        )
    return lines


def told(row: Figure) -> str:
    """A figure in one line, with its Monte-Carlo error and its band."""
    ends = band(row)
    text = (
        f"{row.planted}, {row.people}, {row.link} ({row.method}), {row.figure}: {row.value:.4g} ± "
        f"{row.mc_error:.2g} in {row.n_worlds:,} worlds"
    )
    return text if ends is None else f"{text}, band {ends.low:g} to {ends.high:g}"


def has_no_gap(row: Figure) -> bool:
    """Whether the truth of the link is 0: nothing planted, or made from what people wrote."""
    return row.planted == "none" or row.link.endswith(ON_HUMAN) or row.link == "human_silence_rate"


def _package_band(row: Figure) -> Band | None:
    if row.figure == counts.EXACTNESS:
        return Band(0, 10, 6)
    if row.link in SIMULATED and row.planted == "none":
        # What is simulated after a false alarm is a handful of worlds, chosen by the alarm.
        return None
    if row.figure == counts.COVERED:
        return Band(93, 100, 1)
    return Band(0, 6, 3) if row.figure == counts.SAYS and has_no_gap(row) else None


def _control_band(row: Figure) -> Band | None:
    if row.people != counts.POOLED:
        return None
    return {counts.COVERED: Band(0, 93, 4), counts.SAYS: Band(6, 100, 4)}.get(row.figure)
