"""What tests share: where the real speech and transcripts are, if they are here at all."""

from collections.abc import Callable
from pathlib import Path

import pytest

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
