"""What tests share: where the real speech and transcripts are, if they are here at all."""

import json
import re
import shutil
from collections.abc import Callable
from contextlib import chdir, redirect_stdout
from functools import cache
from io import StringIO
from pathlib import Path

import click.testing
import pandas as pd
import pytest

from biasbench import cli
from tests.others.published import Published

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"

#: What listens to the eighty recordings of datasets/tiny takes a minute each time. Tests of this
#: group are given to one worker, and listen once with each system.
listens_to_tiny = pytest.mark.xdist_group("tiny")


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


@pytest.fixture(scope="session")
def five_verbs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The README's first block, run as written: the folder it ran in, and what it printed."""
    block = re.search(r"```python\n(.+?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    assert block is not None
    folder = tmp_path_factory.mktemp("five_verbs")
    shutil.copytree(ROOT / "datasets" / "tiny", folder / "datasets" / "tiny")
    with chdir(folder), redirect_stdout(StringIO()) as printed:
        exec(compile(block[1], "README.md", "exec"), {})
    return folder, printed.getvalue()


@pytest.fixture(scope="session")
def french_demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[click.testing.Result, Path]:
    """The demo in French: what it printed, and its folder."""
    output = tmp_path_factory.mktemp("demo") / "french"
    asked = ["demo", "-o", str(output), "--lang", "fr"]
    return click.testing.CliRunner().invoke(cli.main, asked), output
