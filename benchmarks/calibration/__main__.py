"""Run the cells and write what they found; see the package's docstring."""

from __future__ import annotations

import argparse
import platform
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import benchmarks.calibration
from benchmarks.calibration import intervals, swaps
from benchmarks.calibration.cells import cells, run_cell
from benchmarks.calibration.counts import Counted
from benchmarks.calibration.page import acceptance_lines, page, read_table, write_table
from benchmarks.calibration.published import band, is_inside, published
from benchmarks.calibration.scenarios import EVEN_RATES, MORE_UNEVEN, STRESS
from tests.calibration import speech

FOLDER = Path(benchmarks.calibration.__file__).parents[1]
TABLE, PAGE = FOLDER / "calibration.csv", FOLDER / "calibration.md"
STUDIES = 4000
SEED = 1
PACKAGES = ("biasbench", "numpy", "scipy", "statsmodels", "glmm")


def main() -> int:
    chosen = _arguments()
    names = [name for name in cells() if chosen.only in name]
    if not names:
        sys.exit(f"no cell with '{chosen.only}' in its name; known: {'; '.join(cells())}")
    began = time.monotonic()
    rows: list[Counted] = []
    with ProcessPoolExecutor(chosen.processes) as pool:
        waiting = [pool.submit(run_cell, name, chosen.studies, chosen.seed) for name in names]
        for name, future in zip(names, waiting, strict=True):
            rows += future.result()
            print(f"{time.monotonic() - began:6.0f} s  {name}", file=sys.stderr)
    print_figures(rows)
    if chosen.only or chosen.studies < STUDIES:
        print(f"\nnothing written: that takes every cell, with at least {STUDIES:,} studies")
    else:
        write_table(rows, TABLE)
        write_page(chosen.studies, chosen.seed)
        print("\n" + "\n".join(acceptance_lines(rows)))
    return 1 if any(is_inside(row) is False for row in rows) else 0


def write_page(n_studies: int, seed: int) -> None:
    """The page of the table as it lies on disk: the two cannot differ."""
    text = page(read_table(TABLE), head=described(n_studies, seed))
    PAGE.write_text(text, encoding="utf-8")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.calibration", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--studies", type=int, default=STUDIES, help="studies a cell")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--only", default="", metavar="NAME", help="cells with NAME in their name")
    parser.add_argument("--processes", type=int, default=2)
    return parser.parse_args()


def print_figures(rows: list[Counted]) -> None:
    """One line a figure: value, published, whether inside its band."""
    for row in rows:
        expected, ends = published(row), band(row)
        where = f"{row.scenario}, {row.people}"
        line = f"{where:<32} {row.method:<33} {row.figure:<34} {row.value:8.4g}"
        line += f" ± {row.mc_error:4.2f}  n={row.n_studies}"
        line += "" if expected is None else f"  published {expected:.4g}"
        if ends is not None:
            line += f"  {'inside' if is_inside(row) else 'OUTSIDE'} [{ends.low:g}, {ends.high:g}]"
        print(line)


def described(n_studies: int, seed: int) -> str:
    """What was run, with what, and on whom."""
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    spread = speech.BETWEEN_UTTERANCES
    utterances = f"{speech.FEWEST_UTTERANCES} to {speech.MOST_UTTERANCES}"
    day = f"{datetime.now(UTC):%Y-%m-%d}"
    beyond = " and ".join(f"{scenario.uneven:g}" for scenario in MORE_UNEVEN)
    narrow, wide = STRESS[0].between
    return f"""\
`python -m benchmarks.calibration --studies {n_studies} --seed {seed}`, {day},
Python {platform.python_version()}, {versions}.

{n_studies:,} simulated studies a cell; every figure is made by the package's own functions.

- A person's error rate is gamma (under stress lognormal), with a relative standard deviation of
  {speech.BETWEEN:g} between people; errors negative binomial, relative SD {spread:g} between
  utterances of one person; {utterances} utterances a person, of 1 to {speech.LONGEST} words.
- Null: the rate is {EVEN_RATES[0]:g} on both sides.
- Very uneven: utterances a person lognormal, mean {speech.UNEVEN_MEAN}, SD of the logarithm
  {speech.VERY_UNEVEN:g} (twelve who weigh as much as seven). With SD {beyond} they weigh as much as
  six or seven, and as four or five: beyond what was published, and held to no band.
- Stress: relative SD {narrow:g} on one side, {wide:g} on the other, of equal mean; with 30
  against 6 people the wider spread is among the 6.
- Swap: the new model's rate is {swaps.MARGIN:g} higher for one side, which is the margin.
- Draws: {intervals.N_RESAMPLES} a method that draws, {intervals.N_OF_UTTERANCES} of utterances.

The same figures, a line each: [calibration.csv](calibration.csv)."""


if __name__ == "__main__":
    sys.exit(main())
