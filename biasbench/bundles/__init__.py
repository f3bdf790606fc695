"""Bundles: a case written down, shown to be unchanged, and computed again by anyone.

casework        a plan carried out: inputs, findings, reports, manifest in one folder
bundling        the folder as one archive, for the public, the parties, or a court
reproduction    every number and sentence computed again, each difference named
comparing       two findings.json, value by value
pseudonyms      the case without names
twin            synthetic people in the shape of the real ones
listening       the systems once more, for those with the recordings
custody_record  what manifest.json says beside the digests
"""

from biasbench.bundles.bundling import Level, bundle
from biasbench.bundles.casework import examine_case, report_case
from biasbench.bundles.comparing import Difference
from biasbench.bundles.reproduction import Reproduction, reproduce
from biasbench.bundles.twin import twin_of

__all__ = [
    "Difference",
    "Level",
    "Reproduction",
    "bundle",
    "examine_case",
    "report_case",
    "reproduce",
    "twin_of",
]
