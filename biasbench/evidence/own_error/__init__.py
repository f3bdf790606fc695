"""How often the rule of verdicts would say that there is a gap where there is none."""

from biasbench.evidence.own_error.assessment import OwnError, Share, own_error

__all__ = ["OwnError", "Share", "own_error"]
