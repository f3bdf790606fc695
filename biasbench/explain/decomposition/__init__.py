"""Why: composition, and what it leaves unexplained."""

from biasbench.explain.decomposition.decomposition import Decomposition, decompose

__all__ = ["Decomposition", "decompose"]
