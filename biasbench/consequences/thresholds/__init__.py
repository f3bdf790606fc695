"""Who passes, who falls below, at one threshold and over all of them."""

from biasbench.consequences.thresholds.curve import ThresholdCurve, threshold_curve
from biasbench.consequences.thresholds.impact_ratio import ImpactRatio, adverse_impact, impact_ratio
from biasbench.consequences.thresholds.lowest import LowestShare, share_in_lowest
from biasbench.consequences.thresholds.rules_of_thumb import RulesOfThumb, rules_of_thumb
from biasbench.consequences.thresholds.scoring_rates import ScoringRates, median_scoring_rates

__all__ = [
    "ImpactRatio",
    "LowestShare",
    "RulesOfThumb",
    "ScoringRates",
    "ThresholdCurve",
    "adverse_impact",
    "impact_ratio",
    "median_scoring_rates",
    "rules_of_thumb",
    "share_in_lowest",
    "threshold_curve",
]
