"""Ten million rows, ten thousand resamples: the engine beside what one would write instead.

    python -m benchmarks.speed                            prints the page
    python -m benchmarks.speed -o benchmarks/speed.md     and keeps it

Rows are arrays: a speaker's code, errors, words. Each figure is the median of several rounds that
alternate between the ways, so that whatever else the machine does falls on all of them; garbage
of the round before is not on the bill. Every way of resampling is asked for the same thing, the
difference of two groups' rates in each of 10,000 resamples of speakers, except scipy's, which is
what is often done: `scipy.stats.bootstrap` on rows. That one is timed on few rows and few
resamples and *multiplied up*, which is said beside the figure, with how far its time grew in
proportion to the rows where that was measured. Results of one seed are hashed
twice, and of another seed once. Nothing here is asserted by a test: times are a machine's.
"""

from __future__ import annotations

import argparse
import gc
import hashlib
import os
import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np
import scipy
from scipy import stats

from biasbench.evidence.estimate import rate
from biasbench.evidence.methods import bootstrap, bootstrap_t, cr3
from biasbench.evidence.sums import SpeakerSums, ordered_sums, speaker_sums, sums_by_code

N_SPEAKERS = 500  # a side
N_RESAMPLES = 10_000
N_ROUNDS = 5
SEED = 20240607

#: What scipy.stats.bootstrap is timed on before its time is multiplied up.
SCIPY_ROWS, SCIPY_RESAMPLES = 10_000, 500


@dataclass(frozen=True)
class Rows:
    """Two groups' rows; the first N_SPEAKERS codes are one group's. Arrays of shape (n_rows,)."""

    speaker: np.ndarray
    errors: np.ndarray
    words: np.ndarray


def rows(n_rows: int) -> Rows:
    rng = np.random.default_rng(SEED)
    own = 0.12 * rng.gamma(4, 1 / 4, 2 * N_SPEAKERS)
    speaker = rng.integers(0, 2 * N_SPEAKERS, n_rows)
    words = rng.integers(1, 25, n_rows).astype(float)
    return Rows(speaker, rng.poisson(own[speaker] * words).astype(float), words)


def sides_of(made: Rows) -> tuple[SpeakerSums, SpeakerSums]:
    """Codes that are 0 … n − 1 already, as inside `assess`."""
    sums = sums_by_code(made.speaker, made.errors, made.words, n_codes=2 * N_SPEAKERS)
    first, second = (
        ordered_sums(
            sums.numerator[half], sums.denominator[half], n_utterances=int(sums.n_rows[half].sum())
        )
        for half in (slice(0, N_SPEAKERS), slice(N_SPEAKERS, None))
    )
    return first, second


def by_codes(made: Rows) -> object:
    return cr3.compare(*sides_of(made))


def by_speaker_sums(halves: Sequence[Rows]) -> object:
    """The public function, which finds out who there is and keeps the rows' squares as well."""
    return cr3.compare(*(speaker_sums(half.speaker, half.errors, half.words) for half in halves))


def halves_of(made: Rows) -> list[Rows]:
    in_group = made.speaker < N_SPEAKERS
    return [
        Rows(made.speaker[side], made.errors[side], made.words[side])
        for side in (in_group, ~in_group)
    ]


def by_index(sides: tuple[SpeakerSums, SpeakerSums], seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    one, other = (
        bootstrap.resampled_rates(side, rng=rng, n_resamples=N_RESAMPLES) for side in sides
    )
    return one - other


def by_bootstrap_t(sides: tuple[SpeakerSums, SpeakerSums], seed: int) -> np.ndarray:
    return bootstrap_t.resampled_t(*sides, rng=np.random.default_rng(seed), n_resamples=N_RESAMPLES)


def by_weight_matrix(sides: tuple[SpeakerSums, SpeakerSums], seed: int) -> np.ndarray:
    """Multinomial weights of every speaker in every resample, times the sums."""
    rng = np.random.default_rng(seed)
    found = []
    for side in sides:
        n = len(side.numerator)
        weights = rng.multinomial(n, np.full(n, 1 / n), size=N_RESAMPLES).astype(float)
        found.append((weights @ side.numerator) / (weights @ side.denominator))
    return found[0] - found[1]


def by_scipy_on_rows(made: Rows, seed: int) -> object:
    """Rows resampled as if each were a person: slow, and wrong besides (docs/statistics.md)."""
    return [
        stats.bootstrap(
            (half.errors, half.words),
            lambda e, w, axis: e.sum(axis=axis) / w.sum(axis=axis),
            paired=True,
            vectorized=True,
            n_resamples=SCIPY_RESAMPLES,
            batch=50,
            method="percentile",
            rng=np.random.default_rng(seed),
        )
        for half in halves_of(made)
    ]


def timed(ways: Sequence[Callable[[], object]], n_rounds: int) -> list[float]:
    """Median seconds of each way; the rounds alternate."""
    clocks: list[list[float]] = [[] for _ in ways]
    for way in ways:
        way()
    for _ in range(n_rounds):
        for clock, way in zip(clocks, ways, strict=True):
            gc.collect()
            start = time.perf_counter()
            way()
            clock.append(time.perf_counter() - start)
    return [median(clock) for clock in clocks]


def digest(values: np.ndarray) -> str:
    return hashlib.sha256(np.ascontiguousarray(values).tobytes()).hexdigest()[:16]


def page(n_rows: int) -> str:
    made = rows(n_rows)
    sides = sides_of(made)
    halves = halves_of(made)
    sums, public = timed([lambda: by_codes(made), lambda: by_speaker_sums(halves)], N_ROUNDS)
    index, studentised, matrix = timed(
        [
            lambda: by_index(sides, SEED),
            lambda: by_bootstrap_t(sides, SEED),
            lambda: by_weight_matrix(sides, SEED),
        ],
        N_ROUNDS,
    )
    few, more = rows(SCIPY_ROWS), rows(4 * SCIPY_ROWS)
    scipy_seconds, scipy_more = timed(
        [lambda: by_scipy_on_rows(few, SEED), lambda: by_scipy_on_rows(more, SEED)], 3
    )
    factor = (n_rows / SCIPY_ROWS) * (N_RESAMPLES / SCIPY_RESAMPLES)
    scipy_all = scipy_seconds * factor
    in_hours = f"{scipy_all / 3600:.1f} hours" if scipy_all > 7200 else f"{scipy_all:.0f} s"
    whole = sums + studentised
    lines = [
        "# Speed",
        "",
        f"`python -m benchmarks.speed`: {n_rows:,} rows of {N_SPEAKERS} speakers a side, "
        f"{N_RESAMPLES:,} resamples, median of {N_ROUNDS} rounds; {os.cpu_count()} cores "
        f"({platform.machine()}), Python {platform.python_version()}, numpy {np.__version__}, "
        f"scipy {scipy.__version__}. One process; times are a machine's and asserted nowhere.",
        "",
        "| rows to a comparison | s | goal |",
        "|---|---|---|",
        f"| sums per speaker and CR3, codes given | {sums:.3f} | < 0.5 |",
        f"| `speaker_sums` and CR3, finding out who there is | {public:.3f} | < 0.5 |",
        "",
        f"| {N_RESAMPLES:,} resamples of speakers, from their sums | s | goal | × the first |",
        "|---|---|---|---|",
        f"| rates (`methods.bootstrap`, chunks of indices) | {index:.3f} | < 3 | 1 |",
        f"| rates and CR3 variances (`methods.bootstrap_t`) | {studentised:.3f} | < 3 "
        f"| {studentised / index:.1f} |",
        f"| rates by a product with a matrix of weights | {matrix:.3f} | | {matrix / index:.1f} |",
        "",
        "| resampling rows, as is often done | |",
        "|---|---|",
        f"| `scipy.stats.bootstrap`, {SCIPY_ROWS:,} rows, {SCIPY_RESAMPLES} resamples, measured "
        f"| {scipy_seconds:.2f} s |",
        f"| four times the rows, measured | × {scipy_more / scipy_seconds:.1f} |",
        f"| the same *multiplied up* by {factor:,.0f} to {n_rows:,} rows and {N_RESAMPLES:,} "
        f"resamples, not measured | {in_hours} |",
        f"| sums, CR3 and bootstrap-t of speakers on all {n_rows:,} rows, measured "
        f"| {whole:.2f} s |",
        "",
        "Resampling rows is not only slower: it counts utterances as people and covers about 60 %",
        "(docs/statistics.md).",
        "",
        "| same seed, same bytes | SHA-256, first 16 digits |",
        "|---|---|",
    ]
    for name, way in (("`methods.bootstrap`", by_index), ("`methods.bootstrap_t`", by_bootstrap_t)):
        first, second = digest(way(sides, SEED)), digest(way(sides, SEED))
        other = digest(way(sides, SEED + 1))
        if first != second or first == other:
            raise SystemExit(
                f"{name}: a seed does not settle the draws: {first}, {second}, {other}"
            )
        lines.append(f"| {name}, seed {SEED}, twice | {first} = {second} |")
        lines.append(f"| {name}, seed {SEED + 1} | {other} |")
    difference = rate(sides[0].numerator, sides[0].denominator) - rate(
        sides[1].numerator, sides[1].denominator
    )
    # Both ways of drawing are of one law: their spreads agree to Monte-Carlo error.
    spreads = [float(way(sides, SEED).std()) for way in (by_index, by_weight_matrix)]
    lines += [
        "",
        f"The {N_RESAMPLES:,} differences scatter around {difference:+.5f} by {spreads[0]:.5f} "
        f"drawn by indices and by {spreads[1]:.5f} drawn by weights.",
        "",
    ]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("-o", "--output", type=Path, default=None)
    chosen = parser.parse_args()
    text = page(chosen.rows)
    print(text)
    if chosen.output is not None:
        chosen.output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
