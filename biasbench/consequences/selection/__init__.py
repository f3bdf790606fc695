"""Who is recorded and listened to, and whether it is concentrated on some."""

from biasbench.consequences.selection.concentration import Concentration, concentration
from biasbench.consequences.selection.selection import Selection, selection

__all__ = ["Concentration", "Selection", "concentration", "selection"]
