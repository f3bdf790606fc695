"""Before anybody is recorded: how many people it takes, and what so many can see."""

from biasbench.evidence.planning.planning import Planning, plan_from_assumptions, plan_from_pilot

__all__ = ["Planning", "plan_from_assumptions", "plan_from_pilot"]
