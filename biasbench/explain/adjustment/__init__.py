"""The gap at equal covariates: what is left of it, and where nothing can be compared."""

from biasbench.explain.adjustment.adjustment import Adjustment, adjust
from biasbench.explain.adjustment.conditional import ConditionalRatio, conditional_ratio
from biasbench.explain.adjustment.overlap import overlap_table

__all__ = ["Adjustment", "ConditionalRatio", "adjust", "conditional_ratio", "overlap_table"]
