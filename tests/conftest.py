"""What tests share: where the real speech and transcripts are, if they are here at all."""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from tests.others.published import Published

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"


@pytest.fixture(scope="session")
def shared_data() -> Callable[[str], Path]:
    """`shared_data("artie")` is the folder of that corpus, or the test is skipped."""

    def folder(name: str) -> Path:
        path = SHARED / "data" / name
        if not path.is_dir():
            pytest.skip(
                f"real corpus '{name}' is not in ../shared/data (licences: not in the project)"
            )
        return path

    return folder


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
