"""Gates on what no table of measures shows: the references, the versions, where files come from.

They fail a verdict as the gates of `sufficiency` do, after them and in this order:

    N-REF       the human transcripts or ratings of a group agree too little with each other
    N-REF-NONE  a least agreement was declared, and that of a group is not known
    N-VER       the system's version or settings changed during the period
    N-PROV      the origin of files could not be verified

How much agreement is enough is declared in the plan. For Krippendorff's alpha the author of the
measure asks for 0.800, and for 0.667 where tentative conclusions will do (Krippendorff 2004,
Content Analysis, 2nd ed., p. 241): `TENTATIVE_ALPHA`. Other measures, such as the share of words
on which two transcribers agree, have no such convention, and a plan says its own.

A version that changed in the middle makes two systems of one, and a gap between groups that were
recorded before and after is a gap between versions just as well. Where a plan compares within one
version, or holds the version among the recording conditions (`conditions=["version"]`, gate
N-CONF), it says `one_version=False`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from biasbench.errors import OptionError, not_found

#: Krippendorff's alpha below which not even tentative conclusions are drawn.
TENTATIVE_ALPHA = 0.667


@dataclass(frozen=True)
class DataFacts:
    """What is known of the sources of the data, and what was declared to be enough.

    >>> facts = DataFacts(reference_agreement={"a": 0.81, "b": 0.42}, least_agreement=0.667,
    ...                   versions={"asr:own": ("4.1", "4.2")}, unverified_files=3)
    >>> for failed in facts.failed_gates(system="asr:own", metric="wer", groups=("b", "a")):
    ...     print(failed)
    N-REF(val=0.42): the human references of 'b' agree by 0.42, less than 0.667 as declared
    N-VER(versions=4.1, 4.2): asr:own changed during the period: 4.1, 4.2
    N-PROV(n_files=3): the origin of 3 files could not be verified
    """

    #: Group → agreement of its human references.
    reference_agreement: Mapping[str, float] = field(default_factory=dict)
    #: None: nothing was declared, and no agreement is too little.
    least_agreement: float | None = None
    #: Metrics that rest on the references; None: all of them.
    reference_metrics: tuple[str, ...] | None = None
    #: System → its versions, or settings, during the period.
    versions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: Whether the plan asks for one version.
    one_version: bool = True
    #: Files whose origin could not be verified.
    unverified_files: int = 0

    def failed_gates(self, *, system: str, metric: str, groups: Iterable[str]) -> list[str]:
        """A sentence for every gate that fails, its code first, as `sufficiency.failed_gates`.

        `groups` are those on either side. Against the rest every group of the rest counts: its
        references make the other side's value.
        """
        failed: list[str] = []
        least = self.least_agreement
        if least is not None and self._rests_on_references(metric):
            for group in groups:
                failed += _agreement(group, self.reference_agreement.get(group), least)
        seen = dict.fromkeys(self.versions.get(system, ()))
        if self.one_version and len(seen) > 1:
            listed = ", ".join(seen)
            failed.append(
                f"N-VER(versions={_unbracketed(listed)}): {system} changed during the period: "
                f"{listed}"
            )
        if self.unverified_files:
            files = "1 file" if self.unverified_files == 1 else f"{self.unverified_files} files"
            failed.append(
                f"N-PROV(n_files={self.unverified_files}): the origin of {files} could not be "
                "verified"
            )
        return failed

    def printed(self) -> dict[str, str]:
        """As facts of a provenance step: what was given, and nothing that was not."""
        found = {}
        if self.reference_agreement:
            found["reference_agreement"] = ", ".join(
                f"{group} {value:g}" for group, value in self.reference_agreement.items()
            )
        if self.least_agreement is not None:
            found["least_agreement"] = f"{self.least_agreement:g}"
        if self.reference_metrics is not None:
            found["reference_metrics"] = ", ".join(self.reference_metrics)
        if self.versions:
            found["versions"] = "; ".join(
                f"{system} {', '.join(seen)}" for system, seen in self.versions.items()
            )
            found["one_version"] = "required" if self.one_version else "not required"
        if self.unverified_files:
            found["unverified_files"] = str(self.unverified_files)
        return found

    def _rests_on_references(self, metric: str) -> bool:
        return self.reference_metrics is None or metric in self.reference_metrics


def data_facts_asked(
    facts: DataFacts | None,
    *,
    groups: Sequence[str],
    metrics: Iterable[str],
    systems: Iterable[str],
) -> DataFacts | None:
    """The facts in one fixed order, checked; a misspelt name would leave a gate open.

    Raises OptionError for a number that cannot be, and NotFoundError for a group, metric or
    system that the measures do not have.

    >>> data_facts_asked(DataFacts(unverified_files=-1), groups=[], metrics=[], systems=[])
    Traceback (most recent call last):
    biasbench.errors.OptionError: data_facts: unverified_files=-1: give a number of files from 0 on
    """
    if facts is None:
        return None
    for what, names, known in (
        ("group", facts.reference_agreement, groups),
        ("metric", facts.reference_metrics or (), list(metrics)),
        ("system", facts.versions, list(systems)),
    ):
        for name in names:
            if name not in known:
                raise not_found(f"{what} of data_facts", name, known)
    least = facts.least_agreement
    if least is not None and not 0 < least <= 1:
        raise OptionError(
            f"data_facts: least_agreement={least:g} is not above 0 and at most 1; Krippendorff "
            f"asks for {TENTATIVE_ALPHA:g} of his alpha, for tentative conclusions"
        )
    for group, value in facts.reference_agreement.items():
        if not (math.isfinite(value) and -1 <= value <= 1):
            raise OptionError(f"data_facts: agreement of '{group}' is {value:g}, not from -1 to 1")
    for system, seen in facts.versions.items():
        listed: object = seen  # a lone text would be taken for a list of letters
        if isinstance(listed, str) or not seen or not all(one.strip() for one in seen):
            raise OptionError(
                f"data_facts: versions of {system} are {seen!r}; give a list of names, such as "
                "['4.1', '4.2']"
            )
    if facts.unverified_files < 0:
        raise OptionError(
            f"data_facts: unverified_files={facts.unverified_files}: give a number of files from "
            "0 on"
        )
    metrics_named = facts.reference_metrics
    return DataFacts(
        reference_agreement={
            name: float(facts.reference_agreement[name])
            for name in sorted(facts.reference_agreement)
        },
        least_agreement=None if least is None else float(least),
        reference_metrics=None if metrics_named is None else tuple(sorted(set(metrics_named))),
        versions={name: tuple(facts.versions[name]) for name in sorted(facts.versions)},
        one_version=facts.one_version,
        unverified_files=facts.unverified_files,
    )


def data_facts_of(written: Mapping[str, Any]) -> DataFacts:
    """The facts in a file of evidence; TypeError for a key that is none of theirs."""
    values = {**written}
    if values.get("reference_metrics") is not None:
        values["reference_metrics"] = tuple(values["reference_metrics"])
    values["versions"] = {name: tuple(seen) for name, seen in values["versions"].items()}
    return DataFacts(**values)


def _agreement(group: str, value: float | None, least: float) -> list[str]:
    if value is None:
        return [
            f"N-REF-NONE: how far the human references of '{group}' agree is not known, and at "
            f"least {least:g} was declared"
        ]
    if value < least:
        return [
            f"N-REF(val={value:.3g}): the human references of '{group}' agree by {value:.3g}, less "
            f"than {least:g} as declared"
        ]
    return []


def _unbracketed(text: str) -> str:
    # The report finds the end of the value by the closing bracket.
    return text.replace("(", "[").replace(")", "]")
