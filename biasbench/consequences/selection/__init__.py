"""Who is recorded and listened to, whether it is concentrated on some, and what it feeds."""

from biasbench.consequences.selection.concentration import Concentration, concentration
from biasbench.consequences.selection.feedback import Feedback, feedback
from biasbench.consequences.selection.selection import Selection, selection

__all__ = ["Concentration", "Feedback", "Selection", "concentration", "feedback", "selection"]
