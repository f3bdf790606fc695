"""Interact: what a product like TP Interact makes of a call, with every point in the open.

keys, files   a TOML read and checked
rules         what it holds
heard         the agent's words, their times, who else speaks
said, pace, silences   the four sub-scores
scoring       all scores and events of a call
lines         the same as lines of text, English or French
"""

from biasbench.systems.interact.files import read_rules
from biasbench.systems.interact.lines import explain
from biasbench.systems.interact.rules import Rules
from biasbench.systems.interact.scoring import score_call

__all__ = ["Rules", "explain", "read_rules", "score_call"]
