"""A wav2vec 2.0, HuBERT or WavLM checkpoint that classifies or rates speech, for who has one.

Baevski et al. (2020), wav2vec 2.0: A Framework for Self-Supervised Learning of Speech
Representations; run by transformers on PyTorch (Apache-2.0, BSD), on the processor. The weights
are the user's, under a licence of their own; nothing leaves the machine, and no code of a
checkpoint's is run.

    load_system("tone:wav2vec2/./models/mine")     a folder, as save_pretrained() writes it
    load_system("tone:wav2vec2/OWNER/NAME")        of the Hugging Face cache; see _checkpoints

Scores are named after the checkpoint's own labels (config.json: id2label), in lower case:

| problem_type | score | definition |
|---|---|---|
| single_label_classification | <label>_probability | softmax of the outputs; they add up to 1 |
| (or none) | labelled_<label> | 1 for the most probable label, else 0 |
| multi_label_classification | <label>_probability | logistic function of each output |
| | labelled_<label> | 1 above a probability of one half, else 0 |
| regression (or one label) | <label> | the output as it is, on no declared scale |

No value is better than another here, so every score points 'neither' way. Labels are the names that
whoever trained the model gave to what actors played or listeners ticked: an output is no
measurement of a feeling. Such models infer emotion from voices, which is why `infers_emotion` is
yes (Regulation (EU) 2024/1689, art. 5(1)(f)).

Sound longer than `longest` (30 s) is cut into the fewest equal pieces no longer than that, since
the models were trained on single sentences and their memory grows with the square of the length.
The score is the mean over pieces, and the trace gives each piece's part of it; a label is that of
the mean probabilities. A piece of digital silence, every sample 0, is left out. A recording of
nothing else has no scores ('unset'), nor has one too short for a single frame of the model (25 ms
in wav2vec 2.0). There is no voice detector: noise is scored as the model scores it.
"""

from __future__ import annotations

import math
import os
from importlib.metadata import version
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from biasbench.audio import resample
from biasbench.errors import InputError, MissingExtraError, OptionError
from biasbench.systems import Call, Reading, SystemInfo
from biasbench.systems.tone._checkpoints import Checkpoint, find_checkpoint
from biasbench.systems.tone._heads import load_model
from biasbench.systems.tone._labels import (
    MULTI,
    REGRESSION,
    SINGLE,
    Floats,
    Labels,
    Piece,
    label_names,
)


class Wav2Vec2:
    """One checkpoint; its weights are read at the first score.

    longest: seconds of sound given to the model at once.
    """

    def __init__(self, variant: str | None, *, longest: float = 30.0) -> None:
        try:
            versions = version("transformers"), version("torch")
        except ImportError as error:
            raise MissingExtraError("tone:wav2vec2", str(error.name), "transformers") from error
        if not (math.isfinite(longest) and longest >= 1):
            raise OptionError(f"longest is {longest!r}; it is a number of seconds, 1 or more")
        self.checkpoint = find_checkpoint(variant)
        self._longest = longest
        self._network: _Network | None = None
        self._info = SystemInfo(
            name=f"tone:wav2vec2/{self.checkpoint.name}",
            version=f"{versions[0]}+{self.checkpoint.weights_sha256[:8]}",
            options=(
                ("architecture", f"{self.checkpoint.model_type} {self.checkpoint.head}"),
                ("longest", f"{longest:g} s"),
                ("precision", "float32"),
                ("settings", self.checkpoint.settings_sha256[:8]),
                ("torch", versions[1]),
            ),
            modality="voice",
            licence="that of the weights given",
            reads=("audio",),
            infers_emotion=True,
        )

    @property
    def info(self) -> SystemInfo:
        """Version of transformers and first digits of the SHA-256 of the weights."""
        return self._info

    def score(self, call: Call) -> Reading:
        """The scores of the module's table for the checkpoint's labels; language changes nothing.

        Raises InputError for weights that do not fill the model.
        """
        assert call.audio is not None  # info.reads says so
        network = self._load()
        sound = resample(call.audio, network.rate).samples
        if network.n_frames(len(sound)) < 1:
            return network.labels.missing(
                f"{len(sound) / network.rate * 1000:.0f} ms of sound are too short for one frame "
                "of the model"
            )
        bounds = pieces(len(sound), math.floor(self._longest * network.rate))
        heard = [
            Piece(start / network.rate, end / network.rate, network.outputs(sound[start:end]))
            for start, end in bounds
            if sound[start:end].any()
        ]
        if not heard:
            return network.labels.missing("the recording is digital silence: every sample is 0")
        return Reading(network.labels.scores(heard, len(bounds)))

    def _load(self) -> _Network:
        if self._network is None:
            self._network = _Network(self.checkpoint)
        return self._network

    def __getstate__(self) -> dict[str, Any]:
        # A worker process gets the options and reads the weights itself.
        return {**self.__dict__, "_network": None}


def load(variant: str | None) -> Wav2Vec2:
    """The checkpoint in that folder, or of that OWNER/NAME on the Hugging Face hub."""
    return Wav2Vec2(variant)


def pieces(n_samples: int, longest: int) -> list[tuple[int, int]]:
    """First sample and the one after the last of the fewest equal pieces, none over `longest`.

    >>> pieces(10, 10), pieces(11, 10), pieces(25, 10)
    ([(0, 10)], [(0, 5), (5, 11)], [(0, 8), (8, 16), (16, 25)])
    """
    n_pieces = math.ceil(n_samples / longest)
    cuts = [n_samples * cut // n_pieces for cut in range(n_pieces + 1)]
    return list(pairwise(cuts))


class _Network:
    """The model with what its settings say: its sampling rate, its labels, its kind of output."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        self._source = str(checkpoint.folder / "config.json")
        self._model = load_model(checkpoint)
        import torch
        from transformers import Wav2Vec2FeatureExtractor

        threads = os.environ.get("BIASBENCH_CPU_THREADS")
        if threads:
            torch.set_num_threads(int(threads))
        self._extractor = Wav2Vec2FeatureExtractor.from_pretrained(checkpoint.folder)
        self.rate: int = self._extractor.sampling_rate
        config = self._model.config
        problem = config.problem_type or (REGRESSION if config.num_labels == 1 else SINGLE)
        if problem not in (SINGLE, MULTI, REGRESSION):
            raise InputError(f"{self._source}: problem_type is {problem!r}, which is unknown")
        labels = [str(config.id2label[at]) for at in range(config.num_labels)]
        self.labels = Labels(label_names(labels, self._source), problem)

    def n_frames(self, n_samples: int) -> int:
        """Of the model, for that many samples."""
        return int(self._model._get_feat_extract_output_lengths(n_samples))

    def outputs(self, samples: NDArray[np.float32]) -> Floats:
        """The model's last layer, shape (n_labels,)."""
        import torch

        inputs = self._extractor(samples, sampling_rate=self.rate, return_tensors="pt")
        with torch.inference_mode():
            answer: Floats = self._model(**inputs).logits[0].double().numpy()
        if not np.isfinite(answer).all():
            raise InputError(f"{self._source}: the model answers {answer}, which are no numbers")
        return answer
