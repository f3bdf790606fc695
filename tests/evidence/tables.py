"""Small measures tables to ask questions of."""

from collections.abc import Sequence

import numpy as np
import pandas as pd


def measures_table(
    groups: dict[str, tuple[int, float]],
    *,
    utterances: int = 8,
    words: int = 50,
    seed: int = 1,
    metric: str = "wer",
    spread: float = 0.3,
) -> pd.DataFrame:
    """`groups`: name → (people, mean rate); people differ by `spread` (a relative SD)."""
    rng = np.random.default_rng(seed)
    parts = []
    for name, (n, mean) in groups.items():
        people = np.repeat(np.arange(n), utterances)
        own = mean * rng.gamma(1 / spread**2, spread**2, n)
        parts.append(
            pd.DataFrame(
                {
                    "speaker_id": [f"{name}-{number}" for number in people],
                    "numerator": rng.poisson(own[people] * words).astype(float),
                    "denominator": float(words),
                    "accent": name,
                }
            )
        )
    table = pd.concat(parts, ignore_index=True)
    return table.assign(
        system="asr:scripted", unit_id=[f"u{number}" for number in range(len(table))], metric=metric
    )


def scores_table(
    values: dict[str, Sequence[float]], *, metric: str = "mean_score:calm"
) -> pd.DataFrame:
    """One score per person: `values` is group → scores."""
    rows = [
        (f"{group}-{number}", value, group)
        for group, scores in values.items()
        for number, value in enumerate(scores)
    ]
    table = pd.DataFrame(rows, columns=["speaker_id", "numerator", "accent"])
    return table.assign(
        system="tone:own",
        unit_id=table["speaker_id"],
        metric=metric,
        denominator=1.0,
        direction="higher is better",
    )
