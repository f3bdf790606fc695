"""One model in place of another: what the swap does to a group's gap, person by person."""

from biasbench.evidence.swaps.assessment import Swap, assess_swap
from biasbench.evidence.swaps.change import ChangeInGap, change_in_gap

__all__ = ["ChangeInGap", "Swap", "assess_swap", "change_in_gap"]
