"""A plan to begin with: every section, explained, and what the data already says filled in.

Whatever only its author can decide – margins above all, and why – is left out on purpose, so that
the file cannot be read as a plan before it has become one: `read_plan` says what is missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import pandas as pd

from biasbench.errors import OptionError, not_found
from biasbench.evidence.intake import covariates
from biasbench.tables import write_text

_TEMPLATES = Path(__file__).with_name("templates")
_COMPARISON = '[[comparison]]\nmetric = {}\n# margin = 0\n# anchor = "human noise"\n# why = ""\n'


def new_plan(
    path: str | Path,
    *,
    by: str,
    table: pd.DataFrame | None = None,
    lang: Literal["fr", "en"] = "en",
) -> Path:
    """Write a plan to begin with; of a table of measures it names metrics, groups and columns.

    Raises OptionError where the file is there already, and NotFoundError for a column `by` that the
    table does not have.
    """
    path = Path(path)
    if path.exists():
        raise OptionError(f"{path}: is there already; a plan is not written over. Name another")
    if table is not None and by not in table.columns:
        raise not_found("column", by, covariates(table))
    metrics = ["wer"] if table is None else list(dict.fromkeys(table["metric"].astype(str)))
    groups = [] if table is None else sorted(map(str, table[by].dropna().unique()))
    columns = [] if table is None else [name for name in covariates(table) if name != by]
    filled = {
        "@BY@": quoted(by),
        "@GROUPS@": _listed(groups),
        "@COMPARISONS@": "\n".join(_COMPARISON.format(quoted(metric)) for metric in metrics),
        "@COLUMNS@": f"\n# {', '.join(map(quoted, columns))}" if columns else "",
    }
    text = _TEMPLATES.joinpath(f"plan.{lang}.toml").read_text(encoding="utf-8")
    for mark, words in filled.items():
        text = text.replace(mark, words)
    return write_text(path, text)


def quoted(text: str) -> str:
    r"""A TOML basic string.

    >>> print(quoted('say "thanks"'))
    "say \"thanks\""
    """
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\u{ord(c):04X}" for c in escaped) + '"'


def _listed(names: Sequence[str]) -> str:
    return "[" + ", ".join(map(quoted, names)) + "]"
