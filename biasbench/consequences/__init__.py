"""Consequences: what a gap does to people, from the threshold to the payslip.

thresholds    who passes, who falls below, who stands among the lowest
selection     whose calls are recorded or listened to, and what follows from a low score
substitution  the same scoring on the human transcript: what becomes of the gap
bonus         what is paid, to whom it is denied, and what a scale makes of a gap
chain         the links that were looked at for one group, together
"""

from biasbench.consequences.bonus import (
    BonusGap,
    BonusScale,
    FalseDenial,
    ObservedBonus,
    PersonMonths,
    SimulatedBonus,
    bonus_gap,
    false_denial,
    months_of_table,
    normal_curve,
    observed_bonus,
    person_months,
    read_scale,
)
from biasbench.consequences.chain import Chain, follow_to_pay
from biasbench.consequences.selection import (
    Concentration,
    Feedback,
    Selection,
    concentration,
    feedback,
    selection,
)
from biasbench.consequences.substitution import (
    Substitution,
    assess_substitution,
    crossings_printed,
)
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
    "BonusGap",
    "BonusScale",
    "Chain",
    "Concentration",
    "FalseDenial",
    "Feedback",
    "ImpactRatio",
    "LowestShare",
    "ObservedBonus",
    "PersonMonths",
    "RulesOfThumb",
    "Selection",
    "SimulatedBonus",
    "Substitution",
    "ThresholdCurve",
    "adverse_impact",
    "assess_substitution",
    "bonus_gap",
    "concentration",
    "crossings_printed",
    "false_denial",
    "feedback",
    "follow_to_pay",
    "impact_ratio",
    "months_of_table",
    "normal_curve",
    "observed_bonus",
    "person_months",
    "read_scale",
    "rules_of_thumb",
    "selection",
    "share_in_lowest",
    "threshold_curve",
]
