"""Plans: every choice that could be made after seeing a result, made and sealed before.

plan      what is planned, as values
reading   from a TOML file, and what in one contradicts itself
sealing   fixed by hash with a time; before or after the first look at a result
writing   a plan to begin with, from what an export or a table holds
checking  what the data can bear: names that are not there, people too few for a margin
"""

from biasbench.plans.plan import Plan
from biasbench.plans.reading import read_plan
from biasbench.plans.sealing import Seal, Standing, read_seal, seal_plan, standing

__all__ = ["Plan", "Seal", "Standing", "read_plan", "read_seal", "seal_plan", "standing"]
