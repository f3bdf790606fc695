"""Consequences: what a gap does to people, at a threshold and in who is listened to."""

from biasbench.consequences.selection import Concentration, Selection, concentration, selection
from biasbench.consequences.thresholds import (
    ImpactRatio,
    LowestShare,
    RulesOfThumb,
    ThresholdCurve,
    adverse_impact,
    impact_ratio,
    rules_of_thumb,
    share_in_lowest,
    threshold_curve,
)

__all__ = [
    "Concentration",
    "ImpactRatio",
    "LowestShare",
    "RulesOfThumb",
    "Selection",
    "ThresholdCurve",
    "adverse_impact",
    "concentration",
    "impact_ratio",
    "rules_of_thumb",
    "selection",
    "share_in_lowest",
    "threshold_curve",
]
