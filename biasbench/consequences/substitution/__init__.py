"""The human transcript in place of the automatic one: what becomes of a gap, and of whom."""

from biasbench.consequences.substitution.assessment import assess_substitution
from biasbench.consequences.substitution.crossings import Crossings, count_crossings, crossings
from biasbench.consequences.substitution.outcome import Substitution
from biasbench.consequences.substitution.printed import PrintedCrossings, crossings_printed
from biasbench.consequences.substitution.share import GapShare, gap_share

__all__ = [
    "Crossings",
    "GapShare",
    "PrintedCrossings",
    "Substitution",
    "assess_substitution",
    "count_crossings",
    "crossings",
    "crossings_printed",
    "gap_share",
]
