"""The corpora that others have computed figures from, read once."""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from tests.others.published import Published


@pytest.fixture(scope="session")
def published(shared_data: Callable[[str], Path]) -> Callable[[str], Published]:
    @cache
    def load(name: str) -> Published:
        folder = shared_data(name)
        utterances = next(folder.glob("utterances.csv*"))
        return Published(
            name,
            pd.read_csv(utterances, dtype=str, keep_default_na=False),
            pd.read_csv(folder / "transcripts.csv.gz", keep_default_na=False),
            json.loads((folder / "truth.json").read_text(encoding="utf-8")),
        )

    return load
