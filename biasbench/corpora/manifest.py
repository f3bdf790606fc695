"""Tables: a folder with `utterances.csv` (and `corpus.toml`), one table file, or a DataFrame.

CSV, TSV, JSONL, Parquet or XLSX, with our column names or those of lhotse (id, recording_id,
start, duration, text, speaker), NeMo (audio_filepath, offset, duration, text, pred_text), Common
Voice (client_id, path, sentence, accents) and call centres (agent_id, interaction_id …); the
list is in `_aliases.py`. Audio paths are relative to the folder of the table. A lhotse
recording_id stands for the one file of that name; Common Voice clips lie in `clips/`.
"""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

import numpy as np
import pandas as pd

from biasbench.corpora._aliases import under_our_names, with_end, with_id
from biasbench.corpus.cards import FILE_NAME, read_card
from biasbench.corpus.drafts import Corpus, Draft
from biasbench.corpus.settling import settle
from biasbench.errors import NotFoundError, OptionError
from biasbench.provenance import Provenance
from biasbench.tables import Problem, read_table
from biasbench.tables.files import ENDINGS

LOOKS_FOR = f"a folder with utterances{{{','.join(ENDINGS)}}}, or one table file of such an ending"

_STEM = "utterances"
_COMMON_VOICE = {"client_id", "path", "sentence"}


def fits(source: object) -> bool:
    """A DataFrame, a table file, or a folder with utterances.* or corpus.toml."""
    if isinstance(source, pd.DataFrame):
        return True
    if not isinstance(source, Path):
        return False
    if source.is_dir():
        return bool(_tables(source)) or (source / FILE_NAME).is_file()
    return source.suffix.lower() in ENDINGS


def load(root: str | Path | pd.DataFrame) -> Corpus:
    """The corpus of a folder, a table file or a DataFrame."""
    return settle(read(Path(root) if isinstance(root, str) else root))


def read(
    source: Path | pd.DataFrame, *, encoding: str = "utf-8-sig", delimiter: str | None = None
) -> Draft:
    """The rows as found, under our names. Raises what `read_table` raises."""
    if isinstance(source, pd.DataFrame):
        return _draft(source.reset_index(drop=True), Path(), "DataFrame", {"name": "table"})
    path = _only_table(source) if source.is_dir() else source
    frame, provenance = read_table(path, encoding=encoding, delimiter=delimiter)
    named = source.is_dir() or path.stem == _STEM
    card = read_card(path.parent) if named else {"name": path.stem}
    return _draft(frame, path.parent, str(path), card, provenance)


def _draft(
    frame: pd.DataFrame,
    root: Path,
    file: str,
    card: dict[str, str],
    provenance: Provenance | None = None,
) -> Draft:
    headings = [str(name) for name in frame.columns]
    if not file.endswith((".csv", ".tsv")):
        frame = _plain_cells(frame)
    frame, problems = under_our_names(frame, file=file)
    if "recording_id" in headings and "audio" in frame.columns:
        frame, more = _with_recordings(frame, root, file)
        problems += more
    elif set(headings) >= _COMMON_VOICE and (root / "clips").is_dir():
        frame = frame.assign(audio="clips/" + frame["audio"].map(str))
    frame, more, used = with_id(frame, file=file, headings=headings)
    problems += more
    frame, more = with_end(frame, file=file)
    problems += more
    facts = {"reader": "manifest"} | ({"utterance_id": used} if used else {})
    return Draft(
        frame, root, file, card, facts, tuple(problems), provenance=provenance or Provenance()
    )


def _tables(folder: Path) -> list[Path]:
    return [
        folder / (_STEM + ending) for ending in ENDINGS if (folder / (_STEM + ending)).is_file()
    ]


def _only_table(folder: Path) -> Path:
    if (folder / "run.json").is_file():
        raise OptionError(
            f"{folder}: is a run. An import brings its own corpus: leave corpus= (--corpus) out"
        )
    found = _tables(folder)
    if not found:
        raise NotFoundError(
            f"{folder}: no table of utterances. Looked for {_STEM} with one of {', '.join(ENDINGS)}"
        )
    if len(found) > 1:
        names = " and ".join(path.name for path in found)
        raise OptionError(f"{folder}: {names} both stand for the corpus. Remove one, or name one")
    return found[0]


def _plain_cells(frame: pd.DataFrame) -> pd.DataFrame:
    # JSONL and Parquet may nest; a cell is one value, so that labels can be compared.
    plain = frame.copy()
    for name in plain.columns:
        if isinstance(plain[name].dtype, pd.CategoricalDtype):
            plain[name] = plain[name].astype(object)
        if plain[name].dtype != object:
            continue
        nested = plain[name].map(lambda cell: isinstance(cell, dict | list | np.ndarray))
        if nested.any():
            plain.loc[nested, name] = plain.loc[nested, name].map(
                lambda cell: json.dumps(cell, ensure_ascii=False, default=str)
            )
    return plain


def _with_recordings(
    frame: pd.DataFrame, root: Path, file: str
) -> tuple[pd.DataFrame, list[Problem]]:
    by_stem = defaultdict(list)
    for folder in (root, root / "audio"):
        if folder.is_dir():
            for path in sorted(folder.iterdir()):
                if path.is_file() and path.suffix.lower() not in (*ENDINGS, ".toml", ".txt"):
                    by_stem[path.stem].append(path.relative_to(root).as_posix())
    ids = {str(name) for name in frame["audio"].dropna().unique()}
    unclear = sorted(name for name in ids if len(by_stem.get(name, ())) > 1)
    problems = [
        Problem(
            file,
            "recording_id",
            f"recording_id {name!r} could be {' or '.join(by_stem[name])}. Write the file itself "
            "in a column 'audio'",
        )
        for name in unclear
    ]
    files = {name: by_stem[name][0] for name in ids if len(by_stem.get(name, ())) == 1}
    return frame.assign(audio=frame["audio"].map(lambda name: files.get(str(name), name))), problems
