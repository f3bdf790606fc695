"""The same question under every defensible choice."""

from biasbench.explain.multiverse.multiverse import Multiverse, multiverse
from biasbench.explain.multiverse.specifications import LeaveOut

__all__ = ["LeaveOut", "Multiverse", "multiverse"]
