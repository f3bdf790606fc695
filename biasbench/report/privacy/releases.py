"""The log of published reports: what two of them would give away if subtracted.

A group of 30 in March and of 33 in June, both printed: June minus March is three people. So the
log keeps who was in every printed figure, and a later report is held against all earlier ones,
with the algebra of recovery.py: cells are people who were in the same figures.

The analyst keeps the log, with the data and never with a report. It has no names or pseudonyms
but keyed hashes (HMAC-SHA256) of them. The key stands in the same file, since a log without its
key could never be compared again: whoever has the log *and* a list of pseudonyms can tell who was
counted, and should have both anyway. Beside each person stands a hash of their recordings' sums:
a person whose recordings are all new cannot be subtracted from the old ones.

An earlier report for a restricted audience was not seen by the public, but its reader sees this
one: public reports are held against public ones at k for the public, and against all at k for the
restricted.

Differencing attacks: Denning (1982), Cryptography and Data Security, ch. 6.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from biasbench.errors import NotFoundError, OptionError, TableError
from biasbench.report.privacy.families import PARTS, family
from biasbench.report.privacy.figures import Block
from biasbench.report.privacy.recovery import recoverable
from biasbench.report.privacy.rule import FEWEST, OVERALL, Privacy
from biasbench.tables import UNKNOWN, write_text
from biasbench.tables.grouping import By, crossed_columns, group_labels

#: Written into every log; a reader of another form refuses it.
FORM = 1
#: The people of known group together: every comparison with the rest gives it.
KNOWN = "known"

#: Who is in a group: pseudonyms, or pseudonym → what stands for the person's recordings.
People = Mapping[str, "frozenset[str] | Mapping[str, str]"]
_Token = tuple[str, str]  # hashed person, hashed recordings


@dataclass(frozen=True)
class PrintedSet:
    """One set of people that a report printed figures about, on one metric of one system."""

    system: str
    metric: str
    by: str
    group: str
    people: tuple[_Token, ...]
    numerator: float | None
    denominator: float | None


@dataclass(frozen=True)
class Release:
    """One published report."""

    name: str
    audience: str
    sets: tuple[PrintedSet, ...]


@dataclass(frozen=True)
class Differenced:
    """What a new report must not print: `groups` on any metric, `blocks` at all."""

    groups: frozenset[str] = frozenset()
    blocks: frozenset[Block] = frozenset()


@dataclass(frozen=True)
class ReleaseLog:
    """Every report published so far; `check` before printing, `add` after, then `write`.

    >>> log = ReleaseLog.start(key=b"a key of the analyst's own, 32 b.")
    >>> march = {("s", "wer"): {"a": frozenset(map(str, range(30)))}}
    >>> log = log.add("March", march, Privacy(10, is_public=True), by="accent")
    >>> june = {("s", "wer"): {"a": frozenset(map(str, range(33)))}}
    >>> log.check(june, Privacy(10, is_public=True)).blocks
    frozenset({('s', 'wer')})
    """

    key: bytes
    releases: tuple[Release, ...] = ()

    @staticmethod
    def start(key: bytes | None = None) -> ReleaseLog:
        """An empty log; its key is drawn at random unless one is given, of 32 bytes or more."""
        if key is not None and len(key) < 32:
            raise OptionError(f"the key of a release log has {len(key)} bytes; 32 are needed")
        return ReleaseLog(secrets.token_bytes(32) if key is None else key)

    @staticmethod
    def read(path: str | Path) -> ReleaseLog:
        """The log in a file. NotFoundError if there is none, TableError if it is not a log."""
        path = Path(path)
        if not path.is_file():
            raise NotFoundError(f"{path}: no such file; the first report starts a release log")
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
        except (json.JSONDecodeError, UnicodeDecodeError) as error:
            raise TableError(f"{path}: is not JSON: {error}") from error
        if not isinstance(content, dict) or content.get("biasbench_releases") != FORM:
            raise TableError(f"{path}: is not a release log of form {FORM}")
        try:
            releases = tuple(_release(each) for each in content["releases"])
            return ReleaseLog(bytes.fromhex(content["key"]), releases)
        except (KeyError, TypeError, ValueError) as error:
            raise TableError(f"{path}: a release log that lacks a part: {error}") from error

    def write(self, path: str | Path) -> Path:
        """Write the log as JSON, whole or not at all; the file can be read by its owner only."""
        content = {
            "biasbench_releases": FORM,
            "key": self.key.hex(),
            "releases": [asdict(release) for release in self.releases],
        }
        text = json.dumps(content, ensure_ascii=False, allow_nan=False, indent=1)
        written = write_text(path, text + "\n")
        written.chmod(0o600)
        return written

    def add(
        self,
        name: str,
        people: Mapping[Block, People],
        privacy: Privacy,
        *,
        by: str,
        groups: pd.DataFrame | None = None,
    ) -> ReleaseLog:
        """The log with one report more: the sets of people that it prints figures about.

        `groups` (`tables.GROUPS`) adds their sums, for whoever checks the log later.
        """
        if name in {release.name for release in self.releases}:
            raise OptionError(f"a report named '{name}' is in the release log already")
        sums = _sums(groups)
        sets = [
            PrintedSet(
                *block, by, group, tuple(sorted(who)), *sums.get((block, group), (None,) * 2)
            )
            for block, of_block in people.items()
            for group, who in self._printed(of_block, block, privacy).items()
        ]
        audience = "public" if privacy.is_public else "restricted"
        return replace(self, releases=(*self.releases, Release(name, audience, tuple(sets))))

    def check(self, people: Mapping[Block, People], privacy: Privacy) -> Differenced:
        """What a report with these people, that withholds what `privacy` does, must not print.

        `people` is who has a value in each group, by (system, metric): `people_of_blocks`. Give
        the answer to `privacy_of(differenced=…, blocks=…)`.
        """
        if privacy.k is None:
            return Differenced()
        passes: list[tuple[tuple[str, ...], int]] = [
            (("public", "restricted"), FEWEST["restricted"])
        ]
        if privacy.is_public:
            passes.append((("public",), privacy.k))
        groups: set[str] = set()
        blocks: set[Block] = set()
        for block, of_block in people.items():
            printed = self._printed(of_block, block, privacy)
            for audiences, k in passes:
                earlier = [set(each.people) for each in self._alike(block, audiences)]
                found = _given_away(earlier, printed, k) if earlier and printed else frozenset()
                if found is None:
                    blocks.add(block)
                else:
                    groups |= found
        return Differenced(frozenset(groups), frozenset(blocks))

    def _alike(self, block: Block, audiences: Sequence[str]) -> list[PrintedSet]:
        """Earlier figures that add up with those of this metric."""
        own = _summed(*block)
        return [
            each
            for release in self.releases
            if release.audience in audiences
            for each in release.sets
            if _summed(each.system, each.metric) == own
        ]

    def _printed(self, groups: People, block: Block, privacy: Privacy) -> dict[str, set[_Token]]:
        """Who is in each figure printed on one metric: groups, all of known group, everybody."""
        who = {name: self._tokens(of_group) for name, of_group in groups.items() if of_group}
        if block in privacy.blocks:
            return {}
        shown = {name: of for name, of in who.items() if not privacy.hides(name, block)}
        known = [of for name, of in who.items() if name != UNKNOWN]
        if any(name != UNKNOWN for name in shown):
            shown[KNOWN] = set().union(*known)
        if not privacy.hides(OVERALL, block):
            shown[OVERALL] = set().union(*who.values())
        return shown

    def _tokens(self, people: frozenset[str] | Mapping[str, str]) -> set[_Token]:
        if isinstance(people, Mapping):
            return {(self._hash(one), self._hash(f"{one}\0{own}")) for one, own in people.items()}
        return {(self._hash(one), "") for one in people}

    def _hash(self, text: str) -> str:
        return hmac.new(self.key, text.encode(), hashlib.sha256).hexdigest()[:32]


def people_of_blocks(table: pd.DataFrame, by: By) -> dict[Block, dict[str, dict[str, str]]]:
    """Who has a value in each group, by (system, metric), from a table of measures.

    Each person stands with a text for their recordings' sums, so that people whose recordings
    are all new are not taken for the same figures again.
    """
    labels = group_labels(table, crossed_columns(by, table)).astype(object)
    group = labels.where(labels.notna(), UNKNOWN).astype(str)
    rows = table.assign(_group=group)[table["denominator"].notna() & table["speaker_id"].notna()]
    keys = ["system", "metric", "_group", "speaker_id"]
    sums = rows.groupby(keys, sort=True)[["numerator", "denominator"]].sum()
    found: dict[Block, dict[str, dict[str, str]]] = {}
    for (system, metric, name, person), (up, down) in zip(
        sums.index.tolist(), sums.to_numpy().tolist(), strict=True
    ):
        of_block = found.setdefault((str(system), str(metric)), {})
        of_block.setdefault(str(name), {})[str(person)] = f"{up!r}/{down!r}"
    return found


def _given_away(
    earlier: list[set[_Token]], printed: Mapping[str, set[_Token]], k: int
) -> frozenset[str] | None:
    """The new groups to withhold so that nobody few is given away; None: the metric whole."""
    cells = _cells([*earlier, *printed.values()])
    who = [frozenset(person for person, _own in cell) for cell in cells]
    old = _indicators(earlier, cells)
    while (gone := recoverable(old, who, k)) is not None:
        # An earlier report gave these away alone; no silence of this one takes that back.
        who = [frozenset() if at in gone else people for at, people in enumerate(who)]
    totals = [of for name, of in printed.items() if name in (KNOWN, OVERALL)]
    if recoverable(np.concatenate([old, _indicators(totals, cells)]), who, k) is not None:
        return None
    left = {name: of for name, of in printed.items() if name not in (KNOWN, OVERALL)}
    withheld: set[str] = set()
    while True:
        new = _indicators([*totals, *left.values()], cells)
        given = recoverable(np.concatenate([old, new]), who, k)
        if given is None:
            return frozenset(withheld)
        touched = set().union(*(cells[at] for at in given))
        name = min(left, key=lambda one: (not left[one] & touched, len(left[one]), one))
        withheld.add(name)
        del left[name]


def _cells(sets: Sequence[set[_Token]]) -> list[set[_Token]]:
    """People parted by the sets they are in."""
    found: dict[tuple[int, ...], set[_Token]] = {}
    for token in sorted(set().union(*sets)):
        pattern = tuple(at for at, of_set in enumerate(sets) if token in of_set)
        found.setdefault(pattern, set()).add(token)
    return list(found.values())


def _indicators(sets: Sequence[set[_Token]], cells: Sequence[set[_Token]]) -> np.ndarray:
    rows = [[int(cell <= of_set) for cell in cells] for of_set in sets]
    return np.array(rows, dtype=int).reshape(len(rows), len(cells))


def _summed(system: str, metric: str) -> tuple[str, str]:
    """What adds up with what: the parts of one sum do with the sum."""
    return system, PARTS if family(metric) == PARTS else metric


def _sums(groups: pd.DataFrame | None) -> dict[tuple[Block, str], tuple[float, float]]:
    if groups is None:
        return {}
    return {
        ((str(row["system"]), str(row["metric"])), str(row["group"])): (
            float(row["numerator"]),
            float(row["denominator"]),
        )
        for row in groups.to_dict("records")
    }


def _release(content: Mapping[str, Any]) -> Release:
    sets = tuple(
        PrintedSet(**{**each, "people": tuple((who, own) for who, own in each["people"])})
        for each in content["sets"]
    )
    return Release(str(content["name"]), str(content["audience"]), sets)
