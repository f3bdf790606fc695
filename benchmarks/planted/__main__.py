"""Run the worlds and write what was found; see the package's docstring."""

from __future__ import annotations

import argparse
import platform
import sys
import time
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import benchmarks.planted
from benchmarks.planted import cells, counts, links, study, truth
from benchmarks.planted.acceptance import acceptance_lines, is_beyond_chance, is_inside, told
from benchmarks.planted.cells import CELLS, Cell
from benchmarks.planted.counts import Figure
from benchmarks.planted.links import Answers
from benchmarks.planted.page import page, read_table, write_table

FOLDER = Path(benchmarks.planted.__file__).parents[1]
TABLE, PAGE = FOLDER / "planted.csv", FOLDER / "planted.md"
WORLDS = 400
SEED = 1
PACKAGES = ("biasbench", "numpy", "scipy", "pandas")

#: Worlds that a process is given at a time.
_IN_HAND = 10


def main() -> int:
    chosen = _arguments()
    asked = [cell for cell in CELLS if chosen.only in cell.title]
    if not asked:
        known = "; ".join(cell.title for cell in CELLS)
        sys.exit(f"no cell with '{chosen.only}' in its name; known: {known}")
    began = time.monotonic()
    with ProcessPoolExecutor(chosen.processes) as pool:
        rows = run(asked, chosen.worlds, chosen.seed, pool, began)
    for row in rows:
        if is_inside(row) is not None:
            print(f"{'inside ' if is_inside(row) else 'OUTSIDE'}  {told(row)}")
    if chosen.only or chosen.worlds < WORLDS:
        print(f"\nnothing written: that takes every cell, with at least {WORLDS:,} worlds")
    else:
        write_table(rows, TABLE)
        write_page(chosen.worlds, chosen.seed)
    print("\n" + "\n".join(acceptance_lines(rows)))
    return 1 if any(map(is_beyond_chance, rows)) else 0


def run(
    asked: Sequence[Cell], n_worlds: int, seed: int, pool: ProcessPoolExecutor, began: float
) -> list[Figure]:
    """Every figure of those cells."""
    # Of one number of people: which, the truth asks only for the lowest-scored, and afterwards.
    plantings = {cell.planted: cell for cell in reversed(CELLS) if cell.planted != "none"}
    batches = {
        name: [pool.submit(truth.batch, cell, n, seed) for n in range(truth.N_BATCHES)]
        for name, cell in plantings.items()
        if any(one.planted == name for one in asked)
    }
    waiting: list[tuple[Cell, list[Future[list[Answers]]], Future[int]]] = [
        (
            cell,
            [
                pool.submit(study.worlds, cell, range(n, min(n + _IN_HAND, n_worlds)), seed)
                for n in range(0, n_worlds, _IN_HAND)
            ],
            pool.submit(study.n_different, cell, seed),
        )
        for cell in asked
    ]
    rows: list[Figure] = []
    for cell, parts, different in waiting:
        found = [answers for part in parts for answers in part.result()]
        true = truth.truths(cell, [one.result() for one in batches.get(cell.planted, [])])
        rows += counts.figures(cell, found, true)
        rows.append(counts.agreement(cell, different.result(), study.BY_VERBS))
        print(f"{time.monotonic() - began:6.0f} s  {cell.title}", file=sys.stderr)
    return rows + counts.pooled_control(rows)


def write_page(n_worlds: int, seed: int) -> None:
    """The page of the table as it lies on disk: the two cannot differ."""
    PAGE.write_text(page(read_table(TABLE), head=described(n_worlds, seed)), encoding="utf-8")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.planted", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--worlds", type=int, default=WORLDS, help="worlds a cell")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--only", default="", metavar="NAME", help="cells with NAME in their name")
    parser.add_argument("--processes", type=int, default=2)
    return parser.parse_args()


def described(n_worlds: int, seed: int) -> str:
    """What was run, with what, and on whom."""
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    day = f"{datetime.now(UTC):%Y-%m-%d}"
    gap, none = cells.ERRORS["gap"], cells.ERRORS["none"]
    n_people = truth.N_BATCHES * sum(truth.BATCH)
    return f"""\
`python -m benchmarks.planted --worlds {n_worlds} --seed {seed}`, {day},
Python {platform.python_version()}, {versions}.

{n_worlds:,} planted worlds a cell; every estimate and interval is made by the package's own
functions, for 'a' against the rest, at 95 %.

- Planted: gap: {gap[0]:g} of the words of 'a' are misheard and {gap[1]:g} of those of 'b', on
  average; none: {none[0]:g} of both. What people say and how it is rated has one law for both.
- A person has {cells.MONTHS} months of {cells.CALLS} calls. The scorer is `tone:interact`.
- A month passes with a mean quality of {cells.THRESHOLD:g}; it is good with a rating by people of
  {cells.RATED:g}; the lowest are {100 * cells.LOWEST:g} % of people. The scale: {cells.SCALE.rule}.
- The truth: plain sums over {n_people:,} people, each misheard at both rates.
- Draws: {links.PAY_DRAWS} for a simulated bonus; no other interval is drawn.

The same figures, a line each: [planted.csv](planted.csv)."""


if __name__ == "__main__":
    sys.exit(main())
