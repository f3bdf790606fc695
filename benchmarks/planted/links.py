"""Every link from the recogniser to the bonus, asked of one world by the package's own functions.

A link is group 'a' against the rest. What comes back is the package's estimate and interval, in
the link's unit (a fraction, points, seconds a minute, euros a month), and never a figure of this
file's making. The control takes the calls (or months) of one person for those of several.

Links that are nothing but a rate or a mean are asked by the parts that `assess` is made of (sums
by speaker, CR3, the gates, the rule of the verdict): the same answers, without the tables around
them (tests/calibration/test_planted.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from benchmarks.planted.cells import LOWEST, RATED, SCALE, THRESHOLD
from benchmarks.planted.measuring import (
    AUTOMATIC,
    HUMAN,
    POLITENESS,
    QUALITY,
    RATE,
    RECALL,
    UNFOUNDED,
    direction_of,
)
from biasbench.consequences.bonus import (
    bonus_gap,
    false_denial,
    months_of_table,
    person_months,
)
from biasbench.consequences.bonus.link import measures_of_months
from biasbench.consequences.bonus.months import PersonMonths
from biasbench.consequences.substitution import Substitution, assess_substitution
from biasbench.consequences.thresholds import adverse_impact, share_in_lowest
from biasbench.evidence.comparison import Comparison
from biasbench.evidence.finding import Finding
from biasbench.evidence.methods import cr3
from biasbench.evidence.sufficiency import failed_gates, side_of
from biasbench.evidence.sums import Kind, SpeakerSums, speaker_sums
from biasbench.evidence.verdict import judge
from biasbench.tables import REST

GROUP = "a"
PASSES, LOWEST_SHARE = "pass rate", "share among the lowest"
PAID, DENIED = "mean_bonus:paid", "false_denial"
CHANGE, REMOVED, SUBSTITUTED = "change in the gap", "bonus, gap removed", "bonus, substituted"

SIMULATED = (REMOVED, SUBSTITUTED)

PACKAGE, CONTROL = "package", "calls as people"
ON_HUMAN = ", human transcripts"

#: Links that are asked of the human transcripts too: how much of each gap disappears.
AUTOMATIC_AND_HUMAN = (POLITENESS, QUALITY, RATE, PASSES, LOWEST_SHARE, PAID)

#: The smallest gap that matters, in the metric's unit: for the verdicts that are counted.
MARGINS: Mapping[str, float] = {
    "wer": 0.03,
    RECALL: 0.05,
    POLITENESS: 2.0,
    QUALITY: 1.0,
    RATE: 0.05,
    UNFOUNDED: 0.05,
    "silence_rate": 0.5,
    "false_silence_share": 0.01,
    "human_silence_rate": 0.5,
    PAID: 5.0,
    DENIED: 0.05,
}

#: Draws that no interval here depends on (permutation p-values), and those of the simulated bonus.
FEW_DRAWS, PAY_DRAWS = 99, 399


@dataclass(frozen=True)
class Seen:
    """What is said of one link; `low` and `high` are None where the package gives no interval."""

    value: float
    low: float | None
    high: float | None
    verdict: str | None = None  # None: this link has none

    def holds(self, truth: float) -> bool:
        """Whether there is an interval and the truth in it."""
        return self.low is not None and self.high is not None and self.low <= truth <= self.high

    @property
    def says_a_gap(self) -> bool:
        """Whether there is an interval and it leaves 0 out."""
        return self.low is not None and self.high is not None and not self.low <= 0 <= self.high


@dataclass(frozen=True)
class Answers:
    """All links of one world, by (link, method), and what the substitution makes of the score."""

    seen: Mapping[tuple[str, str], Seen]
    narrows: bool
    share: float | None  # of the gap in quality that goes; None: the package gives none


def look(measures: pd.DataFrame) -> Answers:
    """Every link of the world that has these measures (table of `measuring`)."""
    of = {
        (str(system), str(metric)): rows
        for (system, metric), rows in measures.groupby(["system", "metric"], sort=False)
    }
    seen: dict[tuple[str, str], Seen] = {
        (metric + ON_HUMAN * (system == HUMAN), PACKAGE): compared(rows, metric)
        for (system, metric), rows in of.items()
    }
    for name in (POLITENESS, QUALITY):
        seen[name, CONTROL] = compared(of[AUTOMATIC, name], name, people="unit_id")
    both = pd.concat([of[AUTOMATIC, QUALITY], of[HUMAN, QUALITY]], ignore_index=True)
    slips = {}
    for system, tail in ((AUTOMATIC, ""), (HUMAN, ON_HUMAN)):
        months = person_months(of[system, QUALITY], by="accent", period="month")
        passed = months_that_pass(months)
        impact = adverse_impact(passed, by="accent", group=GROUP)
        seen[PASSES + tail, PACKAGE] = Seen(
            float(impact.difference or 0), impact.difference_low, impact.difference_high
        )
        if system == AUTOMATIC:
            seen[PASSES, CONTROL] = compared(passed, PASSES, people="unit_id")
            seen[DENIED, PACKAGE] = denial(months)
        lowest = share_in_lowest(
            of[system, QUALITY], LOWEST, by="accent", group=GROUP, n_resamples=FEW_DRAWS
        ).comparison
        seen[LOWEST_SHARE + tail, PACKAGE] = Seen(
            float(lowest.difference or 0), lowest.difference_low, lowest.difference_high
        )
        slips[system] = pay_slips(months)
    substitution = assess_substitution(
        both,
        by="accent",
        group=GROUP,
        metric=QUALITY,
        automatic=AUTOMATIC,
        human=HUMAN,
        margin=MARGINS[QUALITY],
        n_resamples=FEW_DRAWS,
    )
    seen[CHANGE, PACKAGE] = of_change(substitution)
    seen |= _bonus(slips, substitution.gap_finding)
    share = None if substitution.share is None else substitution.share.value
    return Answers(seen, substitution.mechanism == "narrows", share)


def of_finding(found: Finding) -> Seen:
    """The difference with its interval (of a family of one comparison) and the verdict."""
    return Seen(
        np.nan if found.difference is None else found.difference,
        found.difference_low,
        found.difference_high,
        found.verdict,
    )


def of_change(found: Substitution) -> Seen:
    """What the substitution does to the gap."""
    return Seen(found.change, found.change_low, found.change_high)


def months_that_pass(months: PersonMonths) -> pd.DataFrame:
    """A measures table of person-months: whether each is at the threshold or above."""
    table = months.table
    return measures_of_months(
        table,
        table["quality"] >= THRESHOLD,
        np.ones(len(table)),
        system=months.system,
        metric="passes",
    ).assign(accent=table["group"])


def pay_slips(months: PersonMonths) -> pd.DataFrame:
    """Each person's score of each month, and what the scale pays for it."""
    table = months.table
    return pd.DataFrame(
        {
            "speaker_id": table["speaker_id"],
            "period": table["period"],
            "accent": table["group"],
            "quality": table["quality"],
            "paid": SCALE.pay({"quality": table["quality"]}),
        }
    )


def denial(months: PersonMonths) -> Seen:
    """Months rated good by people, and below the threshold by score."""
    return of_finding(
        false_denial(
            months,
            group=GROUP,
            threshold=THRESHOLD,
            human="human_rating",
            human_threshold=RATED,
            margin=MARGINS[DENIED],
            n_resamples=FEW_DRAWS,
        ).finding
    )


def compared(rows: pd.DataFrame, metric: str, *, people: str = "speaker_id") -> Seen:
    """One rate or mean of the group and of the rest, and the verdict on the difference."""
    is_group = rows["accent"] == GROUP
    kind: Kind = "mean" if metric.startswith("mean_") else "rate"
    group, rest = (
        speaker_sums(part[people], part["numerator"], part["denominator"], kind=kind)
        for part in (rows[is_group], rows[~is_group])
    )
    found = cr3.compare(group, rest)
    return Seen(
        np.nan if found.difference is None else found.difference,
        found.difference_low,
        found.difference_high,
        None if metric not in MARGINS else _verdict(group, rest, found, metric),
    )


def _verdict(group: SpeakerSums, rest: SpeakerSums, found: Comparison, metric: str) -> str | None:
    refused = failed_gates(
        side_of(GROUP, group),
        side_of(REST, rest),
        kind=group.kind,
        audience="public",
        by="accent",
        overlaps={},
        no_spread=found.difference_low is None,
    )
    direction = direction_of(metric)
    if refused or direction == "neither":
        return "V-N" if refused else None
    return judge(found, margin=MARGINS[metric], direction=direction).code


def _bonus(slips: Mapping[str, pd.DataFrame], finding: Finding) -> dict[tuple[str, str], Seen]:
    """What was paid, and the simulations wherever the score gap is established.

    From the months' own scores: with the calls under them `bonus_gap` draws those too, for a second
    range that stands beside and that nothing here reads.
    """
    automatic, human = (
        months_of_table(table, by="accent", kpi="quality", system=system)
        for system, table in ((AUTOMATIC, slips[AUTOMATIC]), (HUMAN, slips[HUMAN]))
    )
    found = bonus_gap(
        automatic,
        SCALE,
        by="accent",
        group=GROUP,
        finding=finding,
        pay_margin=MARGINS[PAID],
        substituted=human,
        n_resamples=PAY_DRAWS,
    )
    assert found.observed is not None  # amounts were supplied
    on_human = slips[HUMAN].assign(numerator=slips[HUMAN]["paid"], denominator=1.0)
    seen = {
        (PAID, PACKAGE): of_finding(found.observed.finding),
        (PAID + ON_HUMAN, PACKAGE): compared(on_human, PAID),
    }
    names = {"gap_removed": REMOVED, "substituted": SUBSTITUTED}
    for one in found.simulated:
        gap = one.gap_change
        seen[names[one.scenario], PACKAGE] = Seen(gap.value, gap.low, gap.high)
    return seen
