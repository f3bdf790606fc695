"""Who is too few to be written about: small groups, and the groups that would give them away.

A public report holds no figure about fewer than 10 people, a restricted one none about fewer
than 5 (docs/report.md §J). Hiding one group is not enough: from a total and all the others it can
be had by subtraction. So groups are hidden, smallest first, until those hidden are none, or are two
or more that hold k people together. Synthetic voices are nobody, and are not hidden.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from biasbench.tables import REST, UNKNOWN

#: People below whom no figure about a group is printed, by audience.
FEWEST = {"public": 10, "restricted": 5}
OVERALL = "overall"


@dataclass(frozen=True)
class Privacy:
    """The groups that are not written about: `small` for themselves, `shadow` for the small ones.

    `k` is the rule, None where it does not apply (synthetic speech). `unchecked` says that the
    number of people is not known at all.
    """

    k: int | None
    small: frozenset[str] = frozenset()
    shadow: frozenset[str] = frozenset()
    unchecked: bool = False

    @property
    def hidden(self) -> frozenset[str]:
        """Every group that no figure is printed about."""
        return self.small | self.shadow

    def hides(self, group: str) -> bool:
        """Whether figures about this row of the table of groups are withheld."""
        return group in self.hidden

    def withholds(self, group: str, against: str, n_against: int | None) -> str | None:
        """The sentence that stands in place of a comparison, or None if it may be printed."""
        if self.k is None:
            return None
        few_opposite = n_against is not None and n_against < self.k
        if group in self.small or against in self.small or (against == REST and few_opposite):
            return "V-S"
        if group in self.shadow or against in self.shadow:
            return "V-SHADOW"
        return None

    def count(self, people: int | None) -> bool:
        """Whether a number of people may be printed."""
        return self.k is None or people is None or people == 0 or people >= self.k


def privacy_of(groups: pd.DataFrame, *, audience: str, synthetic: bool) -> Privacy:
    """The rule for this table of groups (`tables.GROUPS`) and this audience.

    A group's people are the fewest it has in any metric: hidden once, hidden everywhere. A metric
    that nobody of the group has (a score that no export gave) tells of nobody, and hides nobody.
    """
    if synthetic:
        return Privacy(k=None)
    k = FEWEST["restricted" if audience == "restricted" else "public"]
    counts = groups["n_speakers"]
    fewest = groups[counts > 0].groupby("group", sort=True)["n_speakers"].min()
    people = {str(name): int(count) for name, count in fewest.items()}
    unknown, total = people.pop(UNKNOWN, 0), people.pop(OVERALL, 0)
    small, shadow = hidden_groups(people, k)
    if 0 < unknown < k:
        # The total counts the people of unknown group, so it would give them away.
        small, shadow = small | {UNKNOWN}, shadow | {OVERALL}
    if 0 < total < k:
        small |= {OVERALL}
    return Privacy(k, small, shadow - small, unchecked=bool(counts.isna().any()))


def hidden_groups(people: Mapping[str, int], k: int) -> tuple[frozenset[str], frozenset[str]]:
    """Groups of fewer than k people, and those hidden with them so that no subtraction helps.

    >>> hidden_groups({"a": 4, "b": 12, "c": 30}, 10)
    (frozenset({'a'}), frozenset({'b'}))
    >>> hidden_groups({"a": 6, "b": 7, "c": 30}, 10)[1]
    frozenset()
    """
    order = sorted(people, key=lambda name: (people[name], name))
    small = [name for name in order if people[name] < k]
    hidden = list(small)
    for name in order[len(small) :]:
        if not small or (len(hidden) > 1 and sum(people[other] for other in hidden) >= k):
            break
        hidden.append(name)
    return frozenset(small), frozenset(hidden) - frozenset(small)


def hidden_cells(counts: Iterable[int | None], k: int | None) -> list[bool]:
    """Which counts of people in one row of a cross-table are not printed, by the same rule.

    >>> hidden_cells([3, 12, 0, 40], 10)
    [True, True, False, False]
    """
    listed = list(counts)
    if k is None:
        return [False] * len(listed)
    people = {str(at): count for at, count in enumerate(listed) if count}
    small, shadow = hidden_groups(people, k)
    return [str(at) in small | shadow for at in range(len(listed))]
