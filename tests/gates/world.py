"""Measures of two models on the same people, small enough to be read, and simulated ones."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from biasbench.evidence.swaps.pairing import Heard
from biasbench.gates.sides import Metric, PersonSums, Side
from biasbench.provenance import Provenance

CHANGES = (1, 2, -1, 0, 0, -2, 1, -1, 0, 3, -1, -2)


def table(
    *,
    added: Sequence[float] = (0,),
    system: str = "asr:old",
    people: int = 24,
    per_person: int = 4,
    metric: str = "wer",
) -> pd.DataFrame:
    """Half of the people in 'a', half in 'b'; each says `per_person` utterances of 50 words.

    `added` errors are put on the first utterance of people 0, 1, … in turn.
    """
    rng = np.random.default_rng(7)
    names = np.repeat([f"p{number:02}" for number in range(people)], per_person)
    numerator = rng.poisson(8, len(names)).astype(float)
    frame = pd.DataFrame(
        {
            "system": system,
            "unit_id": [f"u{number:03}" for number in range(len(names))],
            "metric": metric,
            "speaker_id": names,
            "numerator": numerator,
            "denominator": 50.0,
            "accent": np.where(np.arange(len(names)) // per_person % 2 == 0, "a", "b"),
        }
    )
    first = np.arange(people) * per_person
    frame.loc[first, "numerator"] += np.resize(np.asarray(added, dtype=float), people)
    return frame


class Told:
    """A table with the provenance that a run leaves."""

    def __init__(self, frame: pd.DataFrame, **facts: str) -> None:
        self.table = frame
        system = str(frame["system"].iloc[0])
        corpus = {
            "corpus": facts.pop("corpus", "calls@11111111"),
            "synthetic": facts.pop("synthetic", "no"),
        }
        norm = {"norm": facts.pop("norm", "en-1")}
        options = facts.pop("options", "beam_size=5 temperature=0")
        self.provenance = (
            Provenance()
            .then("load_corpus", corpus)
            .then("run", {"system": system, "system_name": system, "options": options})
            .then("measure", norm)
        )


def sides_of(
    group_before: Heard, group_after: Heard, against_before: Heard, against_after: Heard
) -> tuple[Side, Side]:
    """Simulated sums as the two sides of a gate: 'a' against 'b'."""
    return sides_of_groups({"a": (group_before, group_after), "b": (against_before, against_after)})


def sides_of_groups(heard: Mapping[str, tuple[Heard, Heard]]) -> tuple[Side, Side]:
    """Simulated sums of several groups, before and after, as the two sides of a gate."""
    labels = tuple(name for name, (old, _) in heard.items() for _ in old.denominator)
    n = len(labels)

    def side(place: int, system: str) -> Side:
        sums = PersonSums(
            numerator=np.concatenate([both[place].numerator for both in heard.values()]),
            denominator=np.concatenate([both[place].denominator for both in heard.values()]),
            n_units=np.full(n, 30),
            n_missing=np.zeros(n, dtype=np.int64),
            digest=tuple(f"d{code}" for code in range(n)),
        )
        metric = Metric("wer", "rate", "higher is worse", sums)
        people = tuple(f"p{code}" for code in range(n))
        return Side(system, system, "accent", people, labels, {"wer": metric}, {}, {})

    return side(0, "asr:old"), side(1, "asr:new")
