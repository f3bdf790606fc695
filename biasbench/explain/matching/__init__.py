"""The gap among rows, or people, alike in what is known of them."""

from biasbench.explain.matching.matching import Matched, match

__all__ = ["Matched", "match"]
