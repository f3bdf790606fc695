"""Counting edits: count_edits_many beside jiwer.process_words, on the same pairs, in one run.

    python -m benchmarks.count_edits ../shared/data/edacc

Rounds alternate, so that whatever else the machine does falls on both. jiwer is given all pairs
in one call, which is its fastest use that still returns every alignment; the pairs with an empty
reference are left out, as in the published 59,451. Prints a table and the median ratio, and
stops if the totals differ.
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import jiwer
import pandas as pd

from biasbench.measures import count_edits_many

N_ROUNDS = 5


def pairs(folder: Path) -> tuple[list[str], list[str]]:
    """References and hypotheses of a folder with utterances and transcripts, .csv or .csv.gz."""
    utterances, transcripts = (
        pd.read_csv(next(folder.glob(f"{name}.csv*")), keep_default_na=False)
        for name in ("utterances", "transcripts")
    )
    joined = transcripts.merge(
        utterances[["utterance_id", "reference"]], on="utterance_id", validate="many_to_one"
    )
    joined = joined[joined["reference"].str.strip() != ""]
    return joined["reference"].tolist(), joined["hypothesis"].tolist()


def timed(work: Callable[[], tuple[int, ...]]) -> tuple[float, tuple[int, ...]]:
    """Seconds, and what came out; garbage of the round before is not on the bill."""
    gc.collect()
    start = time.perf_counter()
    totals = work()
    return time.perf_counter() - start, totals


def main(folder: str) -> None:
    references, hypotheses = pairs(Path(folder))

    def by_jiwer() -> tuple[int, ...]:
        found = jiwer.process_words(references, hypotheses)
        return found.hits, found.substitutions, found.deletions, found.insertions

    def by_biasbench() -> tuple[int, ...]:
        return tuple(int(n) for n in count_edits_many(references, hypotheses).sum(axis=0))

    print(f"{len(references):,} pairs; hits, substitutions, deletions, insertions")
    print(f"{'round':>5}  {'jiwer, s':>9}  {'biasbench, s':>12}  {'ratio':>6}")
    ratios = []
    for number in range(1, N_ROUNDS + 1):
        theirs, their_totals = timed(by_jiwer)
        ours, our_totals = timed(by_biasbench)
        if their_totals != our_totals:
            sys.exit(f"totals differ: jiwer {their_totals}, biasbench {our_totals}")
        ratios.append(theirs / ours)
        print(f"{number:>5}  {theirs:>9.3f}  {ours:>12.3f}  {theirs / ours:>5.1f}×")
    print(f"totals agree: {our_totals}")
    print(f"median ratio {median(ratios):.1f}× (target: 5×)")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m benchmarks.count_edits FOLDER")
    main(sys.argv[1])
