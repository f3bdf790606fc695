"""Measures: a numerator and a denominator for every utterance (or call) and metric.

normalize/    what counts as the same word; a file per normaliser, versioned
align         hits, substitutions, deletions, insertions, by jiwer's own engine
metrics       each a few lines from edits, statuses or scores to two arrays; so are those of
              prompts, keywords, silence and attribution
catalogue     every metric by its name
sources/      what a run holds → rows of measures, a file for each kind
measurement   measure(run, corpus) → Measures
"""

from biasbench.measures.align import (
    Alignment,
    AlignmentChunk,
    EditCounts,
    align,
    count_edits,
    count_edits_many,
)
from biasbench.measures.catalogue import METRICS
from biasbench.measures.labels import label_measures
from biasbench.measures.measurement import Measures, measure, read_measures, sum_up

__all__ = [
    "METRICS",
    "Alignment",
    "AlignmentChunk",
    "EditCounts",
    "Measures",
    "align",
    "count_edits",
    "count_edits_many",
    "label_measures",
    "measure",
    "read_measures",
    "sum_up",
]
