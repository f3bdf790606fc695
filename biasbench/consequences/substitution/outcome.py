"""What a substitution test found, whole: gaps, change, share, verdict, crossings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from biasbench.consequences.substitution.crossings import Crossings
from biasbench.consequences.substitution.share import GapShare
from biasbench.evidence.comparison import Comparison
from biasbench.evidence.finding import Finding
from biasbench.tables import Direction

#: What the human transcript does to the automatic gap, by the interval of the change.
Mechanism = Literal["narrows", "widens", "undecided"]


@dataclass(frozen=True)
class Substitution:
    """What replacing the transcript does to a gap; None where there is no figure.

    Gaps are value − against_value over the calls scored on both transcripts, in the metric's
    unit, and `change` is gap_human − gap_automatic. `automatic_gap` and `human_gap` carry each
    gap's own interval. `gap_finding` is `assess`'s on all rows of the automatic scoring, and
    `gap_verdict` its code. `refused` are the gates that forbid a conclusion from the change.
    `mechanism` is None, with `share`, where the automatic gap's own interval holds 0.
    """

    automatic: str
    human: str
    metric: str
    by: str
    group: str
    against: str
    direction: Direction | None
    level: float
    gap_automatic: float
    gap_human: float
    change: float
    change_low: float | None
    change_high: float | None
    standard_error: float | None
    dof: float | None
    method: str
    note: str | None  # why there is no interval
    automatic_gap: Comparison
    human_gap: Comparison
    mechanism: Mechanism | None
    share: GapShare | None
    share_note: str | None
    gap_verdict: str | None
    gap_finding: Finding
    crossings: Crossings | None
    crossings_code: Literal["PAY-NO"] | None
    crossings_note: str | None
    refused: tuple[str, ...]
    n_speakers: int
    n_against: int
    n_changed: int  # people any of whose sums differ between the transcripts
    n_calls: tuple[int, int]  # scored on both, of the group and of the other side
    n_unpaired: tuple[int, int]  # scored on one transcript only: in neither gap
    seed: int


def mechanism_of(gap: Comparison, low: float | None, high: float | None) -> Mechanism | None:
    """Where the change lies from 0, seen from the side of the automatic gap.

    None where the interval of that gap holds 0, or there is none: its side is not known then.

    >>> gap = Comparison(68.0, 72.0, 0.95, "by hand", difference_low=-6.5, difference_high=-1.5)
    >>> mechanism_of(gap, 5.1, 6.1), mechanism_of(gap, -0.2, 6.1), mechanism_of(gap, -4.0, -1.0)
    ('narrows', 'undecided', 'widens')
    """
    if gap.difference_low is None or gap.difference_high is None or low is None or high is None:
        return None
    if gap.difference_low <= 0 <= gap.difference_high:
        return None
    if gap.difference_high < 0:
        low, high = -high, -low
    if high < 0:
        return "narrows"
    return "widens" if low > 0 else "undecided"
