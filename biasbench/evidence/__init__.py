"""Evidence: a measures table in, comparisons between groups of people out.

Needs a table and nothing else: no audio, no recogniser. `assess` does the whole; every figure
can be had alone, from arrays: `sums` → `estimate` → `methods` → `correct` → `verdict`.
"""

from biasbench.evidence.assessment import assess
from biasbench.evidence.comparison import Comparison
from biasbench.evidence.data_facts import DataFacts
from biasbench.evidence.estimate import Estimate, estimate
from biasbench.evidence.finding import Finding
from biasbench.evidence.outcome import Evidence, Settings, read_evidence
from biasbench.evidence.own_error import OwnError
from biasbench.evidence.planning.planning import Planning, plan_from_assumptions, plan_from_pilot
from biasbench.evidence.planning.power import (
    minimum_detectable_ratio,
    people_needed,
    people_needed_for_ratio,
    people_needed_for_swap,
    power_of,
)
from biasbench.evidence.stability import Stability
from biasbench.evidence.sums import SpeakerSums, speaker_sums
from biasbench.evidence.swaps.assessment import Swap, assess_swap
from biasbench.evidence.swaps.change import ChangeInGap, change_in_gap
from biasbench.evidence.two_by_two import TwoByTwo
from biasbench.evidence.verdict import Verdict, interval_code

__all__ = [
    "ChangeInGap",
    "Comparison",
    "DataFacts",
    "Estimate",
    "Evidence",
    "Finding",
    "OwnError",
    "Planning",
    "Settings",
    "SpeakerSums",
    "Stability",
    "Swap",
    "TwoByTwo",
    "Verdict",
    "assess",
    "assess_swap",
    "change_in_gap",
    "estimate",
    "interval_code",
    "minimum_detectable_ratio",
    "people_needed",
    "people_needed_for_ratio",
    "people_needed_for_swap",
    "plan_from_assumptions",
    "plan_from_pilot",
    "power_of",
    "read_evidence",
    "speaker_sums",
]
