"""Evidence for tests of the report: made by `assess` from simulated speakers."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from biasbench.evidence import Evidence, assess
from biasbench.provenance import Provenance

SYSTEM = "asr:faster-whisper/tiny.en"
#: Group → (people, word error rate): one gap each way, one group too small to be written about.
GROUPS = {"Antilles": (14, 0.11), "Maghreb": (16, 0.24), "Québec": (30, 0.08), "Lyon": (24, 0.12)}
SMALL = {**GROUPS, "Joux": (8, 0.12)}


@dataclass(frozen=True)
class Handed:
    """A measures table with its provenance."""

    table: pd.DataFrame
    provenance: Provenance


def measures(
    groups: Mapping[str, tuple[int, float]],
    *,
    metric: str = "wer",
    seed: int = 1,
    direction: str = "higher is worse",
    system: str = SYSTEM,
) -> pd.DataFrame:
    """Word errors of simulated speakers, ten utterances each."""
    rng = np.random.default_rng(seed)
    rows = []
    for group, (people, rate) in groups.items():
        for person in range(people):
            own = min(0.9, rate * rng.gamma(30, 1 / 30))
            for utterance in range(10):
                words = int(rng.integers(8, 30))
                score = metric.startswith("mean_score:")
                rows.append(
                    {
                        "system": system,
                        "unit_id": f"{group}-{person}-{utterance}",
                        "metric": metric,
                        "speaker_id": f"{group}-{person}",
                        "numerator": 100 * own if score else float(rng.binomial(words, own)),
                        "denominator": 1.0 if score else float(words),
                        "direction": direction,
                        "accent": group,
                        "device": "headset A" if utterance % 2 else "headset B",
                    }
                )
    return pd.DataFrame(rows)


def chain(*, system: str = SYSTEM, tier: str = "T3", **facts: str) -> Provenance:
    """The provenance of a corpus, a run and a measurement; `facts` are the corpus's."""
    corpus = {"corpus": "demo@9f2c1a07", "corpus_name": "demo", "synthetic": "no", "labels": "self"}
    run = {
        "system": f"{system.rpartition(':')[2]}@1.2",
        "system_name": system,
        "system_version": "1.2",
        "options": "beam_size=5",
        "tier": tier,
        "modality": "voice",
        "licence": "MIT",
    }
    return (
        Provenance()
        .then("load_corpus", {**corpus, "design": "observational", **facts})
        .then("run", run)
        .then("measure", {"norm": "en-1", "metrics": "wer"})
    )


def evidence(
    groups: Mapping[str, tuple[int, float]] = GROUPS,
    *,
    margin: float | None = 0.03,
    audience: str = "public",
    provenance: Provenance | None = None,
    against: str = "rest",
    **measured: str,
) -> Evidence:
    """What `assess` says of simulated speakers."""
    handed = Handed(measures(groups, **measured), provenance or chain())
    return assess(handed, by="accent", margin=margin, audience=audience, against=against)
