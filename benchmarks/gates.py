"""How often a gate is wrong, what it says of real swaps, and how long it takes.

    python -m benchmarks.gates [--studies 2000] [--artie FOLDER] [--alnum FOLDER OLD NEW]
                               [--output benchmarks/gates.md]

Simulated studies are those of tests/gates/test_rates.py. `--artie` is the corpus with the
transcripts of nine recognisers; `--alnum` the corpus and two run folders of it.
"""

from __future__ import annotations

import argparse
import itertools
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

import biasbench as bb
from biasbench.evidence.estimate import between_speaker_sd
from biasbench.evidence.planning.power import power_of_noninferiority
from biasbench.evidence.swaps.change import changes
from biasbench.evidence.swaps.pairing import Heard
from biasbench.gates import Check, Gate, Policy, gate
from biasbench.gates.sides import Metric, PersonSums, Side, side_of
from tests.evidence.test_swap import heard, swapped
from tests.gates.world import sides_of, sides_of_groups

PEOPLE = (6, 12, 30)
Study = tuple[Heard, Heard, Heard, Heard]


def simulated(studies: int) -> Iterator[str]:
    """False passes at the limit, the control, and the power beside what was planned."""
    control = '"not shown to have grown" passes'
    yield f"| people a side | at the limit: pass | no gap before: pass | {control} |"
    yield "|---|---|---|---|"
    for people in PEOPLE:
        rng = np.random.default_rng(people)
        at, shown = _passes((swapped(rng, people, added=0.03) for _ in range(studies)), 0.03)
        rng = np.random.default_rng(100 + people)
        worst, _ = _passes((_no_gap_before(rng, people) for _ in range(studies)), 0.03)
        yield f"| {people} | {100 * at:.1f} % | {100 * worst:.1f} % | {100 * shown:.0f} % |"
    yield ""
    yield "| people a side | no change, limit 2 points: pass | planned |"
    yield "|---|---|---|"
    for people in PEOPLE:
        rng = np.random.default_rng(people)
        none = (swapped(rng, people, added=0.0, between_changes=0.15) for _ in range(studies))
        passes, _ = _passes(none, 0.02)
        yield f"| {people} | {100 * passes:.1f} % | {100 * _planned(people):.1f} % |"


def families(studies: int) -> Iterator[str]:
    """Gates of five groups that are all at their limit: how often any fails, or all pass."""
    yield "| people a group | fail | pass |"
    yield "|---|---|---|"
    asked = Policy(
        metrics=("wer",), by="accent", against="b", max_change={"wer": 0.03}, min_people=6
    )
    for people in PEOPLE:
        rng = np.random.default_rng(people)
        counts: Counter[str] = Counter()
        for _ in range(studies):
            groups = {"b": heard(rng, people=people, mean=0.105, added=0.0, between_changes=0.45)}
            for number in range(5):
                groups[f"a{number}"] = heard(
                    rng, people=people, mean=0.15, added=0.03, between_changes=0.45
                )
            counts[gate(*sides_of_groups(groups), asked).outcome] += 1
        fails, passes = (100 * counts[outcome] / studies for outcome in ("fail", "pass"))
        yield f"| {people} | {fails:.1f} % | {passes:.1f} % |"


def _no_gap_before(rng: np.random.Generator, people: int) -> Study:
    one = heard(rng, people=people, mean=0.15, added=0.03, between_changes=0.1)
    return (*one, *heard(rng, people=people, mean=0.15, added=0.0, between_changes=0.1))


def _passes(studies: Iterable[Study], limit: float) -> tuple[float, float]:
    asked = Policy(
        metrics=("wer",), by="accent", against="b", max_change={"wer": limit}, min_people=6
    )
    passed, not_significant = [], []
    for study in studies:
        check = _change(gate(*sides_of(*study), asked))
        passed.append(check.outcome == "pass")
        not_significant.append(check.low is None or check.low <= 0)
    return float(np.mean(passed)), float(np.mean(not_significant))


def _change(found: Gate) -> Check:
    return next(check for check in found.checks if check.rule == "change")


def _planned(people: int) -> float:
    many = swapped(np.random.default_rng(1), 20_000, added=0.0, between_changes=0.15)
    return power_of_noninferiority(
        0.02,
        sd=between_speaker_sd(changes(many[0], many[1])),
        against_sd=between_speaker_sd(changes(many[2], many[3])),
        people=people,
    )


def artie(folder: Path) -> Iterator[str]:
    """Nine recognisers, each in place of each other."""
    corpus = bb.load_corpus(folder)
    with tempfile.TemporaryDirectory() as place:
        run = bb.import_export("table", folder / "transcripts.csv.gz", output=Path(place) / "run")
        measures = bb.measure(run, corpus, metrics=["wer"], normalizer="none")
    systems = list(dict.fromkeys(measures.table["system"]))
    sides = {
        name: side_of(measures, by="accent", metrics=["wer"], system=name, source=name)
        for name in systems
    }
    asked = Policy(
        metrics=("wer",), by="accent", against="us", groups=("indian", "england"),
        max_change={"wer": 0.02},
    )  # fmt: skip
    found = {
        pair: gate(sides[pair[0]], sides[pair[1]], asked)
        for pair in itertools.permutations(systems, 2)
    }
    counts = Counter(one.outcome for one in found.values())
    yield (
        f"{len(found)} ordered swaps of {len(systems)} recognisers, limit 2 errors per 100 words, "
        f"indian and england against us: {counts['pass']} pass, {counts['fail']} fail, "
        f"{counts['undecided']} cannot be decided."
    )
    yield ""
    yield "| replaced by → | " + " | ".join(systems) + " |"
    yield "|---" * (len(systems) + 1) + "|"
    for old in systems:
        cells = [found[old, new].outcome if old != new else "" for new in systems]
        yield f"| {old} | " + " | ".join(cells) + " |"
    yield ""
    power = [_power(one) for one in found.values()]
    yield (
        f"Power at that limit for a model that changes nothing: {100 * min(power):.0f} to "
        f"{100 * max(power):.0f} % (median {100 * float(np.median(power)):.0f} %), by how alike "
        "the two models err."
    )


def _power(found: Gate) -> float:
    return min(check.power for check in found.checks if check.power is not None)


def alnum(folder: Path, old: Path, new: Path) -> Iterator[str]:
    """One real swap, all groups with six people or more."""
    asked = Policy(metrics=("wer",), by="accent", max_change={"wer": 0.05}, min_people=6)
    found = gate(old, new, asked, corpus=folder)
    yield f"{found.system_before} replaced by {found.system_after}, limit 5: {found.outcome}."
    yield ""
    yield "| group | people | gap before | after | change | bounds | outcome | could be shown |"
    yield "|---|---|---|---|---|---|---|---|"
    small = 0
    for check in found.checks:
        if check.rule != "change":
            continue
        if check.reason == "people":
            small += 1
            continue
        cells = [
            f"{100 * value:.1f}" if value is not None else "–"
            for value in (check.before, check.after, check.value, check.detectable)
        ]
        bounds = "–" if check.low is None or check.high is None else (
            f"{100 * check.low:.1f} to {100 * check.high:.1f}"
        )  # fmt: skip
        why = "" if check.outcome == "pass" else f" ({check.reason})"
        yield (
            f"| {check.group} | {check.n_people} | {cells[0]} | {cells[1]} | {cells[2]} | {bounds} "
            f"| {check.outcome}{why} | {cells[3]} |"
        )
    yield ""
    yield f"{small} more groups have fewer than 6 people: cannot be decided."


def speed() -> Iterator[str]:
    """500 people, five metrics, six groups, both limits: seconds after the sums are read."""
    rng = np.random.default_rng(1)
    n, names = 500, [f"m{k}" for k in range(5)]
    words = rng.integers(200, 900, n).astype(float)
    labels = tuple(f"g{k % 6}" for k in range(n))

    def side(source: str) -> Side:
        metrics = {}
        for name in names:
            sums = PersonSums(
                rng.poisson(0.15 * words).astype(float), words, np.full(n, 30),
                np.zeros(n, dtype=np.int64), tuple(f"d{k}" for k in range(n)),
            )  # fmt: skip
            metrics[name] = Metric(name, "rate", "higher is worse", sums)
        people = tuple(f"p{k}" for k in range(n))
        return Side(source, source, "accent", people, labels, metrics, {}, {})

    asked = Policy(
        metrics=tuple(names), by="accent", max_change=dict.fromkeys(names, 0.01),
        max_gap=dict.fromkeys(names, 0.03),
    )  # fmt: skip
    old, new = side("old"), side("new")
    gate(old, new, asked)  # imports
    start = time.perf_counter()
    found = gate(old, new, asked)
    yield f"{len(found.checks)} rules: {time.perf_counter() - start:.2f} s after reading the sums."


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=int, default=2000)
    parser.add_argument("--artie", type=Path)
    parser.add_argument("--alnum", type=Path, nargs=3, metavar=("CORPUS", "OLD", "NEW"))
    parser.add_argument("--output", type=Path, default=Path(__file__).parent / "gates.md")
    options = parser.parse_args()
    parts = [
        ("Simulated swaps", simulated(options.studies)),
        ("Five groups at their limits", families(options.studies)),
    ]
    if options.artie:
        parts.append(("Nine recognisers on real speech (artie)", artie(options.artie)))
    if options.alnum:
        parts.append(("A real swap (alnum)", alnum(*options.alnum)))
    parts.append(("Speed", speed()))
    lines = ["# Gates", "", f"Written by `python -m benchmarks.gates`; {options.studies} studies."]
    for title, rows in parts:
        lines += ["", f"## {title}", "", *rows]
    options.output.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(options.output)


if __name__ == "__main__":
    main()
