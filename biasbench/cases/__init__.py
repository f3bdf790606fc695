"""Cases: a plan carried out on what systems put out, with everything that it asked for.

inputs       a plan, its seal, the record, the measures: what everything is computed from
record       what became known, was asked, answered or said meanwhile
preparation  groups joined and rows left out, as planned, counted
examination  the verb: examine(inputs) → Case
case         what was found, and what the data could not bear
folder       a case on disk
"""

from biasbench.cases.case import Case, Rerun, Selected
from biasbench.cases.examination import examine
from biasbench.cases.inputs import Inputs, gather
from biasbench.cases.record import Record, read_record

__all__ = [
    "Case",
    "Inputs",
    "Record",
    "Rerun",
    "Selected",
    "examine",
    "gather",
    "read_record",
]
