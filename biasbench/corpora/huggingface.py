"""Hugging Face `datasets.Dataset`: one split, its sound as paths, bytes or arrays.

Sound that lies in files becomes the column `audio`; sound inside the data set (bytes, or arrays
with a sampling_rate) is decoded when it is asked for, by libsndfile, without torch. It is already
cut, so columns named start, end or duration describe a longer recording elsewhere: they are kept
as source_start, source_end, source_duration. ClassLabel columns become their names. Without an
id, the file name inside the data set names the utterance, and failing that its row number.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from biasbench.audio import Audio
from biasbench.corpora._aliases import ALIASES, under_our_names, with_end
from biasbench.corpus.drafts import Corpus, Draft
from biasbench.corpus.readers import Split
from biasbench.corpus.settling import settle
from biasbench.errors import AudioError, OptionError

LOOKS_FOR = "a datasets.Dataset (one split of a Hugging Face data set)"

#: In data sets for speech recognition these are what people wrote; elsewhere often a machine's.
_ALIASES: Mapping[str, tuple[str, ...]] = {
    **ALIASES,
    "utterance_id": (*ALIASES["utterance_id"], "audio_id", "segment_id"),
    "reference": (*ALIASES["reference"], "transcript", "transcription"),
}
_CUT = ("start", "end", "duration")


def fits(source: object) -> bool:
    """A Dataset; also a DatasetDict or IterableDataset, which `read` refuses with the way out."""
    kind = type(source)
    return kind.__module__.split(".")[0] == "datasets" and "Dataset" in kind.__name__


def load(root: Split) -> Corpus:
    """The corpus of one split."""
    return settle(read(root))


def read(source: Any, *, encoding: str = "utf-8-sig", delimiter: str | None = None) -> Draft:  # noqa: ANN401 - see fits
    """The rows of the split; `encoding` and `delimiter` have no meaning here."""
    del encoding, delimiter
    kind = type(source).__name__
    if "Dict" in kind:
        raise OptionError(
            f"a {kind} holds several splits. Give one: dataset[{next(iter(source))!r}]"
        )
    if "Iterable" in kind:
        raise OptionError(
            f"an {kind} is read once, a corpus several times. Load it whole: "
            "load_dataset(…, streaming=False)"
        )
    sounds = [name for name, feature in source.features.items() if _is_sound(feature)]
    if len(sounds) > 1:
        raise OptionError(
            f"{len(sounds)} columns hold sound: {', '.join(sounds)}. Keep one: "
            f"dataset.remove_columns({sounds[1]!r})"
        )
    rest = source.remove_columns(sounds).with_format(None) if sounds else source.with_format(None)
    frame = _class_names(rest).reset_index(drop=True)
    file = "Dataset"
    if not sounds:
        frame, problems = under_our_names(frame, file=file, aliases=_ALIASES)
        frame, more = with_end(frame, file=file)
        frame, used = _with_id(frame, None)
        facts = _facts(used)
        return Draft(frame, Path(), file, _card(source), facts, tuple(problems + more))
    aliases = {name: others for name, others in _ALIASES.items() if name not in ("start", "end")}
    aliases["audio"] = ()  # the sound itself stands for it; 'path' and 'file' stay as they are
    frame = frame.rename(columns={name: f"source_{name}" for name in _CUT})
    frame, problems = under_our_names(frame, file=file, aliases=aliases)
    sound = _Sound(_undecoded(source.select_columns(sounds), sounds[0]), sounds[0])
    paths = sound.paths()
    frame, used = _with_id(frame, paths)
    files = [path for path, held in paths if path is not None and not held]
    if len(files) == len(paths):
        frame = frame.assign(audio=files)
        return Draft(frame, Path(), file, _card(source), _facts(used), tuple(problems))
    rows = {str(name): at for at, name in enumerate(frame["utterance_id"])}
    channels = frame["channel"].tolist() if "channel" in frame.columns else [None] * len(frame)
    in_memory = _AudioByName(sound, rows, channels)
    return Draft(
        frame,
        Path(),
        file,
        _card(source),
        _facts(used),
        tuple(problems),
        audio_in_memory=in_memory,
    )


def _facts(used: str) -> dict[str, str]:
    return {"reader": "huggingface"} | ({"utterance_id": used} if used else {})


def _card(source: Any) -> dict[str, str]:  # noqa: ANN401 - a Dataset
    info = source.info
    card = {"name": str(info.dataset_name or info.builder_name or "dataset")}
    if source.split is not None:
        card["name"] += f"-{source.split}"
    if info.version is not None:
        card["version"] = str(info.version)
    if info.license:
        card["licence"] = str(info.license)
    return card


def _is_sound(feature: Any) -> bool:  # noqa: ANN401 - any datasets feature
    if type(feature).__name__ == "Audio":
        return True
    return isinstance(feature, dict) and {"array", "sampling_rate"} <= set(feature)


def _undecoded(source: Any, column: str) -> Any:  # noqa: ANN401 - a Dataset
    feature = source.features[column]
    if type(feature).__name__ != "Audio":
        return source.with_format("numpy")
    return source.with_format(None).cast_column(column, type(feature)(decode=False))


def _class_names(source: Any) -> pd.DataFrame:  # noqa: ANN401 - a Dataset
    frame: pd.DataFrame = source.to_pandas()
    for name, feature in source.features.items():
        if type(feature).__name__ == "ClassLabel":
            labels = dict(enumerate(feature.names))
            frame[name] = frame[name].map(labels.get).astype(object)  # -1 is nobody's label: None
    return frame


def _with_id(
    frame: pd.DataFrame, paths: list[tuple[str | None, bool]] | None
) -> tuple[pd.DataFrame, str]:
    if "utterance_id" in frame.columns:
        return frame, ""
    names = [Path(path).name for path, _ in paths or [] if path]
    if len(names) == len(frame) and len(set(names)) == len(names):
        return frame.assign(utterance_id=names), "audio file name"
    return frame.assign(utterance_id=[f"row-{n}" for n in range(len(frame))]), "row number"


@dataclass(frozen=True, eq=False)
class _Sound:
    """The column of a data set that holds sound."""

    source: Any
    column: str

    def paths(self) -> list[tuple[str | None, bool]]:
        """Path of each row, None where it has none, and whether the row holds the sound itself."""
        import pyarrow.compute

        if type(self.source.features[self.column]).__name__ != "Audio":
            return [(None, True)] * len(self.source)
        found: list[tuple[str | None, bool]] = []
        for batch in self.source.with_format("arrow").iter(batch_size=1000):
            for cells in batch[self.column].chunks:  # never all the sound at once
                held = pyarrow.compute.is_valid(cells.field("bytes")).to_pylist()
                found += zip(cells.field("path").to_pylist(), held, strict=True)
        return found

    def samples(self, row: int) -> tuple[NDArray[np.float32], int]:
        """Samples of shape (n, channels) and their rate, Hz."""
        cell = self.source[row][self.column]
        if cell is None or ("array" not in cell and cell["bytes"] is None and not cell["path"]):
            raise ValueError("the row holds no sound")
        if "array" in cell:
            array = np.asarray(cell["array"], dtype=np.float32)
            # One row per channel, as decoders of data sets give it.
            return (array[:, None] if array.ndim == 1 else array.T), int(cell["sampling_rate"])
        import soundfile

        place = io.BytesIO(cell["bytes"]) if cell["bytes"] is not None else cell["path"]
        samples, rate = soundfile.read(place, dtype="float32", always_2d=True)
        return samples, int(rate)


@dataclass(frozen=True, eq=False)
class _AudioByName(Mapping[str, Audio]):
    """Sound by utterance id, decoded when asked for, so that a large data set fits in memory."""

    sound: _Sound
    rows: Mapping[str, int]
    channels: list[Any]

    def __getitem__(self, name: str) -> Audio:
        import soundfile

        row = self.rows[name]
        try:
            samples, rate = self.sound.samples(row)
        except (soundfile.LibsndfileError, OSError, ValueError) as error:
            raise AudioError(
                f"{name}: the sound of row {row + 1} cannot be read: {error}"
            ) from error
        if len(samples) == 0:
            raise AudioError(f"{name}: row {row + 1} holds no samples. Remove it")
        mono = _channel(samples, self.channels[row], name)
        if not np.isfinite(mono).all():
            raise AudioError(f"{name}: row {row + 1} holds samples that are not numbers (NaN)")
        return Audio(np.ascontiguousarray(mono, dtype=np.float32), rate, name)

    def __iter__(self) -> Iterator[str]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


def _channel(samples: NDArray[np.float32], channel: Any, name: str) -> NDArray[np.float32]:  # noqa: ANN401 - a cell
    n_channels = samples.shape[1]
    if channel is None or pd.isna(channel):
        if n_channels == 1:
            mono: NDArray[np.float32] = samples[:, 0]
            return mono
        raise AudioError(
            f"{name}: has {n_channels} channels and none was chosen. Add a column channel: 0 to "
            f"{n_channels - 1}, or 'mix'"
        )
    if str(channel) == "mix":
        mixed: NDArray[np.float32] = samples.mean(axis=1, dtype=np.float32)
        return mixed
    number = int(float(channel))
    if number >= n_channels:
        raise AudioError(f"{name}: there is no channel {number}: it has {n_channels}, from 0")
    chosen: NDArray[np.float32] = samples[:, number]
    return chosen
