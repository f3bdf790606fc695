"""From score to pay: a scale, the bonus paid, false denial, and what a score gap does in euros."""

from biasbench.consequences.bonus.denial import FalseDenial, false_denial
from biasbench.consequences.bonus.fit import ScaleFit
from biasbench.consequences.bonus.gap import BonusGap, bonus_gap
from biasbench.consequences.bonus.months import PersonMonths, months_of_table, person_months
from biasbench.consequences.bonus.normal_curve import normal_curve
from biasbench.consequences.bonus.observed import ObservedBonus, observed_bonus
from biasbench.consequences.bonus.resampling import Range
from biasbench.consequences.bonus.scale import BonusScale, StepsReached
from biasbench.consequences.bonus.scale_files import parse_scale, read_scale
from biasbench.consequences.bonus.scenarios import PayRefusal
from biasbench.consequences.bonus.simulation import Crossings, SimulatedBonus

__all__ = [
    "BonusGap",
    "BonusScale",
    "Crossings",
    "FalseDenial",
    "ObservedBonus",
    "PayRefusal",
    "PersonMonths",
    "Range",
    "ScaleFit",
    "SimulatedBonus",
    "StepsReached",
    "bonus_gap",
    "false_denial",
    "months_of_table",
    "normal_curve",
    "observed_bonus",
    "parse_scale",
    "person_months",
    "read_scale",
]
