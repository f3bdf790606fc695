"""Evidence: a measures table in, comparisons between groups of people out.

Needs a table and nothing else: no audio, no recogniser. `assess` does the whole; every figure
can be had alone, from arrays: `sums` → `estimate` → `methods` → `correct` → `verdict`.
"""

from biasbench.evidence.assessment import assess
from biasbench.evidence.comparison import Comparison
from biasbench.evidence.estimate import Estimate, estimate
from biasbench.evidence.finding import Finding
from biasbench.evidence.outcome import Evidence, Settings, read_evidence
from biasbench.evidence.power import people_needed
from biasbench.evidence.sums import SpeakerSums, speaker_sums
from biasbench.evidence.verdict import Verdict, interval_code

__all__ = [
    "Comparison",
    "Estimate",
    "Evidence",
    "Finding",
    "Settings",
    "SpeakerSums",
    "Verdict",
    "assess",
    "estimate",
    "interval_code",
    "people_needed",
    "read_evidence",
    "speaker_sums",
]
