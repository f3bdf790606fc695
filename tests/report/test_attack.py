"""The attack: from what a public report prints, work out figures about fewer than k people.

The adversary has the document alone: its tables, its sheets, its sentences, to printed precision.
Every number of people found there is written as a sum over the groups; the algebra that joins
metrics (errors are their parts; the label rates) is the adversary's too. A set of fewer than k
people must have neither its sums nor its number of people determined.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from biasbench.evidence import assess
from biasbench.report.context import Context
from biasbench.report.document import Document, Table
from biasbench.report.privacy import recoverable, rule
from biasbench.report.sections import document
from biasbench.tables import UNKNOWN
from tests.report.simulated import chain

K = 10
NAMES = ("Antilles", "Joux", "Lyon", "Maghreb", "Québec", UNKNOWN)


def world(groups: Mapping[str, tuple[int, int]], *, seed: int = 0, silent: int = 0) -> pd.DataFrame:
    """Word errors of everybody; a score of the second number of each group's people.

    Headsets differ by person; `silent` recordings of each group have no value.
    """
    rng = np.random.default_rng(seed)
    rows = []
    for group, (people, scored) in groups.items():
        for person in range(people):
            for call in range(3):
                words = float(rng.integers(20, 60))
                row = {
                    "system": "asr:scripted",
                    "unit_id": f"{group}-{person}-{call}",
                    "speaker_id": f"{group}-{person}",
                    "accent": group,
                    "device": f"headset {'ABC'[person % 3]}",
                }
                gone = person * 3 + call < silent
                rows.append(
                    {
                        **row,
                        "metric": "wer",
                        "numerator": np.nan if gone else float(rng.binomial(int(words), 0.2)),
                        "denominator": np.nan if gone else words,
                        "direction": "higher is worse",
                    }
                )
                if person < scored:
                    rows.append(
                        {
                            **row,
                            "metric": "mean_score:politeness",
                            "numerator": float(rng.normal(70, 8)),
                            "denominator": 1.0,
                            "direction": "higher is better",
                        }
                    )
    return pd.DataFrame(rows)


class Handed:
    """A measures table with its provenance."""

    def __init__(self, table: pd.DataFrame) -> None:
        self.table, self.provenance = table, chain(system="asr:scripted")


def published(table: pd.DataFrame) -> tuple[Context, Document]:
    made = assess(
        Handed(table),
        by="accent",
        margin={"wer": 0.03} if "wer" in set(table["metric"]) else None,
        n_resamples=19,
    )
    context = Context(made, "en")
    return context, document(context)


def printed_sets(made: Document, block: str, names: list[str]) -> dict[tuple[str, ...], None]:
    """The sets of groups about which the sheets print any number, on one measure."""
    found: dict[tuple[str, ...], None] = {}
    known = [name for name in names if name != UNKNOWN]
    groups = made.sheets["groups"]
    for _, row in groups[groups["Measure"] == block].iterrows():
        figures = row.drop(["Group column", "Confidence level"])
        numbers = pd.to_numeric(figures, errors="coerce").dropna()
        if not len(numbers):
            continue
        if row["Group"] == "overall":
            found[tuple(names)] = None
        else:
            found[(UNKNOWN if row["Group"] == "unknown group" else row["Group"],)] = None
    findings = made.sheets["findings"]
    for _, row in findings[findings["Measure"] == block].iterrows():
        if pd.isna(row["Value"]) and pd.isna(row["People"]):
            continue
        found[(row["Group"],)] = None
        found[tuple(name for name in known if name != row["Group"])] = None
    return found


def attack(made: Document, people: Mapping[str, Mapping[str, int]]) -> list[tuple[str, list[str]]]:
    """Every (measure, groups) of fewer than k people whose sums the printed ones determine."""
    stolen = []
    for block, of_block in people.items():
        names = [name for name in of_block if of_block[name]]
        sets = printed_sets(made, block, names)
        if not sets:
            continue
        matrix = [[int(name in one) for name in names] for one in sets]
        given_away = recoverable(matrix, [of_block[name] for name in names], K)
        if given_away is not None:
            stolen.append((block, [names[at] for at in given_away]))
    return stolen


def who_has_a_value(table: pd.DataFrame, context: Context) -> dict[str, dict[str, int]]:
    """People with a value by measure and group: the truth, which the adversary does not have."""
    found: dict[str, dict[str, int]] = {}
    rows = table[table["denominator"].notna()]
    for (system, metric), of_metric in rows.groupby(["system", "metric"], sort=False):
        counts = of_metric.groupby("accent")["speaker_id"].nunique()
        name = context.heading(str(system), str(metric))
        found[name] = {str(group): int(count) for group, count in counts.items()}
    return found


SIZES = st.integers(1, 40)
WORLDS = st.dictionaries(st.sampled_from(NAMES), st.tuples(SIZES, st.integers(0, 40)), min_size=3)


def held(groups: Mapping[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
    """Never more people scored than there are, and two known groups at least."""
    found = {name: (people, min(people, scored)) for name, (people, scored) in groups.items()}
    while len([name for name in found if name != UNKNOWN]) < 2:
        found[next(name for name in NAMES if name not in found)] = (12, 6)
    return found


def check_world(groups: Mapping[str, tuple[int, int]], silent: int) -> None:
    table = world(held(groups), silent=silent)
    context, made = published(table)
    assert attack(made, who_has_a_value(table, context)) == []


@settings(max_examples=5, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(WORLDS, st.integers(0, 6))
def test_no_sum_over_fewer_than_k_people_follows_from_a_public_report(groups, silent):
    check_world(groups, silent)


@pytest.mark.slow
@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(WORLDS, st.integers(0, 6))
def test_nor_from_any_of_sixty_public_reports(groups, silent):
    check_world(groups, silent)


ONE_SMALL = {"Antilles": (14, 14), "Lyon": (24, 24), "Joux": (6, 6), "Québec": (30, 30)}


def test_the_attack_succeeds_where_only_the_small_group_is_hidden(monkeypatch):
    def alone(people, k, **_options):
        return frozenset(name for name, count in people.items() if count < k), frozenset()

    monkeypatch.setattr(rule, "hidden_groups", alone)
    table = world(ONE_SMALL)
    context, made = published(table)
    stolen = attack(made, who_has_a_value(table, context))
    assert ("Word errors", ["Joux"]) in stolen


def test_what_the_attack_steals_is_the_groups_own_errors_and_words(monkeypatch):
    """The numbers themselves, and not only that they could be had."""

    def alone(people, k, **_options):
        return frozenset(name for name, count in people.items() if count < k), frozenset()

    table = world(ONE_SMALL)
    monkeypatch.setattr(rule, "hidden_groups", alone)
    _context, made = published(table)
    sheet = made.sheets["groups"]
    words = sheet[sheet["Measure"] == "Word errors"].set_index("Group")
    down = next(name for name in sheet.columns if "enominator" in name)
    others = words.loc[["Antilles", "Lyon", "Québec"], down].sum()
    own = table[(table["metric"] == "wer") & (table["accent"] == "Joux")]["denominator"].sum()
    assert words.loc["overall", down] - others == own


def test_a_small_unknown_group_is_not_the_total_minus_the_known():
    table = world({**ONE_SMALL, "Joux": (20, 20), UNKNOWN: (3, 3)})
    context, made = published(table)
    assert attack(made, who_has_a_value(table, context)) == []
    sets = printed_sets(made, "Word errors", ["Antilles", "Lyon", "Joux", "Québec", UNKNOWN])
    assert ("Antilles", "Lyon", "Joux", "Québec", UNKNOWN) not in sets


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 40), min_size=2))
def test_how_many_a_small_group_has_stays_open_to_whoever_adds_and_bounds(people):
    """By linear programming: total printed, shown groups printed, small ones known to be small."""
    from biasbench.report.privacy import hidden_groups

    small, shadow = hidden_groups(people, K)
    hidden = sorted(small | shadow)
    if not small or set(hidden) == set(people):
        return
    total = sum(people[name] for name in hidden)
    bounds = [(1, K - 1) if name in small else (K, None) for name in hidden]
    for at, name in enumerate(hidden):
        if name not in small:
            continue
        goal = np.eye(len(hidden))[at]
        low, high = (
            sign * linprog(sign * goal, A_eq=[[1.0] * len(hidden)], b_eq=[total], bounds=bounds).fun
            for sign in (1, -1)
        )
        assert round(high) - round(low) + 1 >= K // 2


def counts_of(table: Table) -> dict[str, list[str]]:
    return {row[0].text: [cell.text for cell in row[1:]] for row in table.rows}


def cross_of(made: Document) -> Table:
    tables = [b for s in made.sections for b in s.blocks if isinstance(b, Table)]
    return next(table for table in tables if "headset A" in table.heads)


@pytest.mark.parametrize("people", [31, 44, 58])
def test_margins_do_not_undo_the_rounding_of_a_cross_table(people):
    """A row of exact cells beside one that is rounded would give it back from the group's size."""
    table = world({"Antilles": (people, 0), "Lyon": (70, 0), "Québec": (90, 0)})
    _context, made = published(table)
    cells = counts_of(cross_of(made))["Antilles"]
    exact = [sum(n % 3 == at for n in range(people)) for at in range(3)]
    assert all(int(cell) % 5 == 0 for cell in cells)
    assert cells != [str(count) for count in exact]


def test_nothing_in_a_public_report_is_one_persons():
    """No range over people left out in turn, no largest share of one person, in tables or words."""
    table = world({"Antilles": (14, 14), "Lyon": (24, 24), "Québec": (30, 30)})
    context, made = published(table)
    text = [cell.text for s in made.sections for b in s.blocks if isinstance(b, Table)
            for row in b.rows for cell in row]  # fmt: skip
    for row in context.findings:
        for name in ("ratio_without_one_low", "ratio_without_one_high"):
            if row[name] is not None:
                assert f"{row[name]:.2f} to" not in " ".join(text)
    heads = [h for s in made.sections for b in s.blocks if isinstance(b, Table) for h in b.heads]
    assert "Without any one person" in heads
    assert not any(re.match("Without one person, from", head) for head in heads)


LABELS = {"Antilles": (12, 4), "Lyon": (24, 20), "Québec": (30, 22), "Joux": (16, 12)}


def labelled(groups: Mapping[str, tuple[int, int]]) -> pd.DataFrame:
    """Three label rates; the second number of each group's people ever have a call to be labelled.

    Half of every such person's calls are; the rest of all calls are not.
    """
    rng = np.random.default_rng(3)
    rows = []
    for group, (people, positive) in groups.items():
        for person in range(people):
            for call in range(6):
                truly = person < positive and call % 2 == 0
                found = float(rng.random() < 0.4)
                fractions = {"label_rate": (found, 1.0)}
                if truly:
                    fractions["false_negative_rate"] = (1 - found, 1.0)
                else:
                    fractions["false_positive_rate"] = (found, 1.0)
                rows += [
                    {
                        "system": "asr:scripted",
                        "unit_id": f"{group}-{person}-{call}",
                        "metric": f"{kind}:curt",
                        "speaker_id": f"{group}-{person}",
                        "numerator": up,
                        "denominator": down,
                        "direction": "higher is worse",
                        "accent": group,
                    }
                    for kind, (up, down) in fractions.items()
                ]
    return pd.DataFrame(rows)


def third_rate(made: Document, group: str) -> float | None:
    """Missed labels of a group from the other two rates: P − (labelled − falsely labelled)."""
    sheet = made.sheets["groups"]
    rows = sheet[sheet["Group"] == group]
    up = next(name for name in sheet.columns if "umerator" in name)
    down = next(name for name in sheet.columns if "enominator" in name)
    order = ("label_rate:curt", "false_positive_rate:curt", "false_negative_rate:curt")
    figures = dict(zip(order, zip(rows[up], rows[down], strict=True), strict=True))
    labels, false = figures[order[0]], figures[order[1]]
    if pd.isna(labels[0]) or pd.isna(false[0]):
        return None
    return float((labels[1] - false[1]) - (labels[0] - false[0]))


def test_a_rate_of_few_people_does_not_follow_from_the_other_two_of_its_label(monkeypatch):
    table = labelled(LABELS)
    order = ["label_rate:curt", "false_positive_rate:curt", "false_negative_rate:curt"]
    table["metric"] = pd.Categorical(table["metric"], order, ordered=True)
    table = table.sort_values("metric", kind="stable").astype({"metric": str})
    _context, made = published(table)
    assert third_rate(made, "Antilles") is None
    # The control: taken for unrelated metrics, the hidden one of 4 people is had exactly.
    monkeypatch.setattr(rule, "family", lambda metric: metric)
    _context, leaking = published(table)
    missed = table[(table["accent"] == "Antilles") & (table["metric"] == order[2])]
    if third_rate(leaking, "Antilles") is not None:
        assert third_rate(leaking, "Antilles") == missed["numerator"].sum()
    else:
        pytest.fail("the control attack found nothing to attack")
