"""Does one person, or one team, make the gap?"""

from biasbench.explain.influence.levels import LevelInfluence, leave_one_level_out
from biasbench.explain.influence.people import Influence, leave_one_out, leave_one_speaker_out

__all__ = [
    "Influence",
    "LevelInfluence",
    "leave_one_level_out",
    "leave_one_out",
    "leave_one_speaker_out",
]
