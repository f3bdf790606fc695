"""Which groups and which metrics a report prints nothing about, and by which rule.

k is 10 for a public report, 5 for a restricted one; it may be raised and never lowered. Synthetic
voices are nobody, and are not hidden. By system and family of metrics (families.py: metrics whose
sums are tied), a group is hidden

    small       of fewer than k people there
    tied        small on another metric of the family; or on people who differ, by fewer than k,
                from those of another part of one sum (errors = replaced + missed + added)
    dominance   one person may hold more than half of its words or calls (public reports)
    band        a rate of people near all or none, which speaks of each of them
    differencing   the log of releases says that an earlier report gives a few people away
    secondary   it would give away, by subtraction, one of these

A score that few people of one group have is hidden for that group and for a second, and the other
metrics print both. That tells how many people of the two have the score; whoever knows from the
other metrics how many there are at most could read off how many have it in the small one. Where
they could (suppression.is_enough), either the groups are hidden on every metric or the family
with the small group is withheld whole, so that no total of it exists: whichever hides less.

What is *not* secret is how many people or recordings of a group of k or more lack a value: report
and law want it printed, and no value of those people follows from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import pandas as pd

from biasbench.errors import OptionError
from biasbench.report.privacy.families import PARTS, family
from biasbench.report.privacy.figures import (
    LARGEST_SHARE,
    SURELY_ENOUGH,
    Block,
    GroupFigures,
    dominated_sides,
    figures_of,
)
from biasbench.report.privacy.suppression import hidden_groups, is_enough
from biasbench.tables import REST, UNKNOWN

#: People below whom no figure about a group is printed, by audience.
FEWEST = {"public": 10, "restricted": 5}
OVERALL = "overall"

Rule = Literal["small", "tied", "dominance", "band", "differencing", "secondary"]
Rules = dict[str, Rule]
Part = tuple[str, str]  # system, family

_SENTENCES: Mapping[str, str] = {
    "small": "V-S",
    "tied": "V-SHADOW",
    "secondary": "V-SHADOW",
    "dominance": "V-S-DOM",
    "band": "V-S-BAND",
    "differencing": "V-S-DIFF",
}
#: The first of these that holds for either side is the one that is said.
_ORDER: tuple[Rule, ...] = ("small", "dominance", "differencing", "band", "tied", "secondary")


@dataclass(frozen=True)
class Withheld:
    """One thing that is not printed: a group on a metric, or (group empty) the metric whole."""

    system: str
    metric: str
    group: str
    rule: Rule


@dataclass(frozen=True)
class Privacy:
    """What is not written about: `small` groups for themselves, `shadow` for the small ones.

    These two are hidden on every metric; `cells` has the groups hidden by (system, metric), those
    included, each with its rule, and `blocks` the metrics withheld whole. `one_sided` are
    comparisons with a side that may be one person's. `k` is None where nothing is withheld.
    `unchecked` says that the number of people is not known at all.
    """

    k: int | None
    small: frozenset[str] = frozenset()
    shadow: frozenset[str] = frozenset()
    unchecked: bool = False
    cells: Mapping[Block, Mapping[str, Rule]] = field(default_factory=dict)
    blocks: Mapping[Block, Rule] = field(default_factory=dict)
    one_sided: frozenset[tuple[Block, str]] = frozenset()
    is_public: bool = False

    @property
    def hidden(self) -> frozenset[str]:
        """Every group that no figure is printed about on any metric."""
        return self.small | self.shadow

    def hides(self, group: str, block: Block | None = None) -> bool:
        """Whether figures about this group are withheld: on every metric, or on that one."""
        return group in self.hidden or (block is not None and self.rule(group, block) is not None)

    def hides_within(self, group: str, system: str) -> bool:
        """Whether they are on any metric of the system that prints others: its counts stay too."""
        return group in self.hidden or any(
            group in rules for (name, _metric), rules in self.cells.items() if name == system
        )

    def withholds_total(self, block: Block) -> bool:
        """Whether figures about all groups together would speak of a hidden one."""
        return block in self.blocks or bool(self.cells.get(block))

    def rule(self, group: str, block: Block) -> Rule | None:
        """By which rule the group is withheld on the metric; None if it is not."""
        return self.blocks.get(block) or self.cells.get(block, {}).get(group)

    def withholds(
        self, group: str, against: str, n_against: int | None, block: Block | None = None
    ) -> str | None:
        """The sentence that stands in place of a comparison, or None if it may be printed."""
        if self.k is None:
            return None
        if block is not None and block in self.blocks:
            return "V-S-DIFF" if self.blocks[block] == "differencing" else "V-S-METRIC"
        rules = {self._anywhere(name, block) for name in (group, against)}
        if against == REST and n_against is not None and n_against < self.k:
            rules.add("small")
        if block is not None and (block, group) in self.one_sided:
            rules.add("dominance")
        return next((_SENTENCES[rule] for rule in _ORDER if rule in rules), None)

    def withholds_on(
        self, metric: str, group: str, against: str, n_against: int | None
    ) -> str | None:
        """The same for figures drawn from a metric on whichever system: pay, from a score."""
        places = [None, *(b for b in (*self.blocks, *self.cells) if b[1] == metric)]
        found = [self.withholds(group, against, n_against, block) for block in places]
        return next((sentence for sentence in found if sentence is not None), None)

    def count(self, people: int | None) -> bool:
        """Whether a number of people may be printed."""
        return self.k is None or people is None or people == 0 or people >= self.k

    def withheld(self) -> tuple[Withheld, ...]:
        """Everything that is not printed, in the order of the tables: for the annex."""
        listed = [Withheld(*block, "", rule) for block, rule in self.blocks.items()]
        for block, rules in self.cells.items():
            if block not in self.blocks:
                order = sorted(rules.items(), key=lambda one: _ORDER.index(one[1]))
                listed += [Withheld(*block, group, rule) for group, rule in order]
        return tuple(listed)

    def _anywhere(self, group: str, block: Block | None) -> Rule | None:
        found = None if block is None else self.rule(group, block)
        if found is None and group in self.small:
            return "small"
        return found or ("secondary" if group in self.shadow else None)


def least_people(audience: str, k: int | None = None) -> int:
    """The k of that audience, or a larger one that was asked for.

    >>> least_people("public"), least_people("restricted", 8)
    (10, 8)
    """
    least = FEWEST["restricted" if audience == "restricted" else "public"]
    if k is not None and k < least:
        raise OptionError(
            f"k={k}: a {audience} report prints nothing about fewer than {least} people; "
            "k may be raised, not lowered"
        )
    return least if k is None else k


def privacy_of(
    groups: pd.DataFrame,
    *,
    audience: str,
    synthetic: bool,
    k: int | None = None,
    findings: pd.DataFrame | None = None,
    differenced: Iterable[str] = (),
    blocks: Iterable[Block] = (),
) -> Privacy:
    """The rule for this table of groups (`tables.GROUPS`) and this audience.

    `findings` (`tables.FINDINGS`) say more exactly where one person dominates. `differenced` are
    groups, and `blocks` metrics, that the log of releases withholds (releases.ReleaseLog.check).
    A metric that nobody of a group has tells of nobody, and hides nobody.
    """
    least = least_people(audience, k)
    if synthetic:
        return Privacy(k=None)
    is_public = audience != "restricted"
    figures, sides = figures_of(groups), dominated_sides(findings if is_public else None)
    parts, gone = _parts(figures), frozenset(differenced)
    own = {
        part: _own_rules(
            {block: figures[block] for block in of_part}, least, sides, gone, is_public=is_public
        )
        for part, of_part in parts.items()
    }
    dropped: dict[Part, Rule] = {
        part: "differencing" for part, of_part in parts.items() if set(of_part) & set(blocks)
    }
    hidden = _settle(parts, figures, own, dropped, least)
    return _privacy(
        Privacy(least, unchecked=bool(groups["n_speakers"].isna().any()), is_public=is_public),
        parts,
        figures,
        hidden,
        dropped,
        frozenset(key for key, above in sides.items() if above),
    )


def _parts(figures: Mapping[Block, object]) -> dict[Part, list[Block]]:
    found: dict[Part, list[Block]] = {}
    for system, metric in figures:
        found.setdefault((system, family(metric)), []).append((system, metric))
    return found


def _own_rules(
    blocks: Mapping[Block, Mapping[str, GroupFigures]],
    k: int,
    sides: Mapping[tuple[Block, str], bool],
    differenced: frozenset[str],
    *,
    is_public: bool,
) -> Rules:
    """The groups of one family that are hidden for themselves, unknown and total included."""
    found: Rules = {}
    for group in dict.fromkeys(name for of_block in blocks.values() for name in of_block):
        rows = {block: of[group] for block, of in blocks.items() if group in of}
        counts = sorted(row.people for row in rows.values() if row.people)
        if not counts:
            continue
        same_sum = next(iter(blocks))[1] in _SUMMED and counts[-1] != counts[0]
        if counts[0] < k:
            found[group] = "small"
        elif group in differenced:
            found[group] = "differencing"
        elif is_public and any(_is_dominated(b, group, row, sides) for b, row in rows.items()):
            found[group] = "dominance"
        elif any(row.is_band for row in rows.values()):
            found[group] = "band"
        elif same_sum and counts[-1] - counts[0] < k:
            found[group] = "tied"
    return found


_SUMMED = {"wer", "substitution_rate", "deletion_rate", "insertion_rate"}
assert {family(metric) for metric in _SUMMED} == {PARTS}


def _is_dominated(
    block: Block, group: str, row: GroupFigures, sides: Mapping[tuple[Block, str], bool]
) -> bool:
    if not row.people or row.largest**-2 >= SURELY_ENOUGH:
        return False
    return sides.get((block, group), True)


def _settle(
    parts: Mapping[Part, list[Block]],
    figures: Mapping[Block, Mapping[str, GroupFigures]],
    own: Mapping[Part, Rules],
    dropped: dict[Part, Rule],
    k: int,
) -> dict[Part, Rules]:
    """The groups hidden in each family that is not dropped; fills `dropped` as it goes."""
    people = {part: _people(of_part, figures) for part, of_part in parts.items()}
    everywhere: set[str] = set()
    while True:
        kept = [part for part in parts if part not in dropped]
        everywhere |= _common(kept, people, own)
        shared = _with_shadow(everywhere, kept, people, k)
        hidden: dict[Part, Rules] = {}
        failed = None
        for part in kept:
            here = people[part]
            first = [name for name in here if name in own[part] or name in shared]
            most = {
                name: max(people[other].get(name, 0) for other in kept)
                for name in here
                if name not in shared and len(kept) > 1
            }
            names = _enough(first, here, parts[part], figures, own[part], k, most)
            hidden[part] = {
                name: own[part].get(name, "secondary") for name in here if name in names
            }
            is_partial = bool(set(names) - shared)
            if is_partial and len(kept) > 1 and not is_enough(names, here, k, most=most):
                failed = part
                break
        if failed is None:
            return hidden
        # Hide the group on every metric, or the family whole: whichever leaves more in print.
        groups = [name for name in people[failed] if name in own[failed]]
        lost = sum(1 for part in kept if part != failed for g in groups if g not in own[part])
        shown = sum(1 for name in people[failed] if name not in own[failed])
        if lost < shown and not set(groups) <= everywhere:
            everywhere |= set(groups)
        else:
            dropped[failed] = "small"


def _common(
    kept: list[Part], people: Mapping[Part, Mapping[str, int]], own: Mapping[Part, Rules]
) -> set[str]:
    """Groups that are hidden for themselves wherever they have people."""
    names = dict.fromkeys(name for part in kept for name in people[part])
    return {
        name for name in names if all(name in own[part] for part in kept if people[part].get(name))
    }


def _with_shadow(
    everywhere: set[str], kept: list[Part], people: Mapping[Part, Mapping[str, int]], k: int
) -> set[str]:
    """Those groups, and others hidden with them on every metric alike."""
    fewest: dict[str, int] = {}
    for part in kept:
        for name, count in people[part].items():
            # A group that is small here and not everywhere is hidden here and not everywhere.
            held = count if name in everywhere else max(count, k)
            fewest[name] = min(held, fewest.get(name, held))
    small, shadow = hidden_groups(fewest, k, also=everywhere & set(fewest))
    return set(small | shadow)


def _people(
    blocks: Iterable[Block], figures: Mapping[Block, Mapping[str, GroupFigures]]
) -> dict[str, int]:
    """The fewest people that each known group has in any metric of a family, if it has any."""
    found: dict[str, int] = {}
    for block in blocks:
        for name, row in figures[block].items():
            if name not in (UNKNOWN, OVERALL) and row.people:
                found[name] = min(row.people, found.get(name, row.people))
    return found


def _enough(
    first: list[str],
    people: Mapping[str, int],
    blocks: Iterable[Block],
    figures: Mapping[Block, Mapping[str, GroupFigures]],
    rules: Rules,
    k: int,
    most: Mapping[str, int],
) -> list[str]:
    """Groups hidden in a family: the first, what hides them, and what hides a dominating person."""
    small, shadow = hidden_groups(people, k, also=first, most=most)
    hidden = [name for name in people if name in small | shadow]
    for name in sorted((n for n in people if n not in hidden), key=lambda n: (people[n], n)):
        if all(_outweighs(hidden, figures[block], rules) for block in blocks):
            break
        hidden.append(name)
    return hidden


def _outweighs(hidden: list[str], of_block: Mapping[str, GroupFigures], rules: Rules) -> bool:
    """Whether nobody of a dominated group can hold over half of those hidden together."""
    together = sum(of_block[name].denominator for name in hidden if name in of_block)
    heaviest = [
        of_block[name].denominator * of_block[name].largest
        for name in hidden
        if rules.get(name) == "dominance" and name in of_block
    ]
    return LARGEST_SHARE * together >= max(heaviest, default=0.0)


def _privacy(
    bare: Privacy,
    parts: Mapping[Part, list[Block]],
    figures: Mapping[Block, Mapping[str, GroupFigures]],
    hidden: Mapping[Part, Rules],
    dropped: Mapping[Part, Rule],
    one_sided: frozenset[tuple[Block, str]],
) -> Privacy:
    assert bare.k is not None
    cells: dict[Block, Mapping[str, Rule]] = {}
    blocks: dict[Block, Rule] = {}
    for part, of_part in parts.items():
        for block in of_part:
            if part in dropped:
                blocks[block] = dropped[part]
                continue
            rules = dict(hidden[part])
            for name, rule in rules.items():
                if rule == "small" and figures[block][name].people >= bare.k:
                    rules[name] = "tied"
            cells[block] = {**rules, **_totals(of_part, figures, hidden[part], bare)}
    names = dict.fromkeys(name for of in figures.values() for name, row in of.items() if row.people)
    shown = {
        name
        for block, rules in cells.items()
        for name in names
        if name not in rules and name in figures[block] and figures[block][name].people
    }
    gone = [name for name in names if name not in shown]
    small = frozenset(
        name
        for name in gone
        if any(rules.get(name) == "small" for rules in cells.values())
        or all(name not in rules for rules in cells.values())
    )
    return replace(
        bare,
        small=small,
        shadow=frozenset(gone) - small,
        cells={block: rules for block, rules in cells.items() if rules},
        blocks=blocks,
        one_sided=one_sided,
    )


def _totals(
    blocks: list[Block],
    figures: Mapping[Block, Mapping[str, GroupFigures]],
    hidden: Rules,
    bare: Privacy,
) -> Rules:
    """The unknown group and the total of a family, where either would give somebody away."""
    assert bare.k is not None
    rows = [figures[block] for block in blocks]
    unknown = [of[UNKNOWN] for of in rows if UNKNOWN in of and of[UNKNOWN].people]
    total = [of[OVERALL] for of in rows if OVERALL in of and of[OVERALL].people]
    people = _people(blocks, figures)
    found: Rules = {}
    hides_unknown: Rule | None = None
    if any(row.people < bare.k for row in unknown):
        hides_unknown = "small"
    elif bare.is_public and any(row.largest**-2 < SURELY_ENOUGH for row in unknown):
        hides_unknown = "dominance"
    elif any(row.is_band for row in unknown):
        hides_unknown = "band"
    if hides_unknown is not None:
        # The total counts the people of unknown group, so it would give them away.
        found |= {UNKNOWN: hides_unknown, OVERALL: "secondary"}
    if any(row.people < bare.k for row in total):
        found[OVERALL] = "small"
    elif bare.is_public and any(row.largest**-2 < SURELY_ENOUGH for row in total):
        found[OVERALL] = "dominance"
    elif any(row.is_band for row in total):
        found[OVERALL] = "band"
    elif hidden and set(hidden) == set(people) and not is_enough(list(hidden), people, bare.k):
        found.setdefault(OVERALL, "secondary")
    return found
