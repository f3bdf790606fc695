"""A checkpoint as a model of torch that answers with one number per label, all its weights read.

Two heads are known. `ForSequenceClassification` is transformers' own: a linear projection, the mean
over time, a linear layer. `ForSpeechClassification` is no class of transformers, but what several
published emotion models say of themselves (Wagner et al. 2023, Dawn of the Transformer Era in
Speech Emotion Recognition: arousal, dominance, valence): pooling over time, a linear layer, tanh, a
linear layer. Loaded by transformers' own class, such a checkpoint gets a head of random numbers
with no more than a message in the log. So a model of which any weight was not read is refused.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from biasbench.errors import InputError, MissingExtraError
from biasbench.systems.tone._checkpoints import MODEL_TYPES, Checkpoint, reason

#: Drawn anew for training, and used in nothing else: models trained without masks lack it.
_UNUSED = "masked_spec_embed"


def load_model(checkpoint: Checkpoint) -> Any:  # noqa: ANN401 - a torch module, untyped
    """The model, in full precision, on the processor, ready to answer and not to learn.

    Raises InputError for weights that cannot be read, or that do not fill the model.
    """
    try:
        import torch
        import transformers
        from safetensors import SafetensorError
    except ImportError as error:
        raise MissingExtraError("tone:wav2vec2", str(error.name), "transformers") from error
    if checkpoint.head == "ForSequenceClassification":
        kind = transformers.AutoModelForAudioClassification
    else:
        kind = _speech_classification(MODEL_TYPES[checkpoint.model_type])
    try:
        with _without_progress_bar():
            model, loaded = kind.from_pretrained(
                checkpoint.folder,
                local_files_only=True,
                use_safetensors=checkpoint.in_safetensors,
                weights_only=True,  # runs no code of the checkpoint's
                attn_implementation="eager",  # the reference arithmetic, alike in every version
                output_loading_info=True,
            )
    except (
        *(OSError, EOFError, RuntimeError, ValueError),
        *(pickle.UnpicklingError, SafetensorError),
    ) as error:
        raise InputError(
            f"{checkpoint.folder}: the weights cannot be read: {reason(error)}"
        ) from error
    absent = [key for key in sorted(loaded["missing_keys"]) if not key.endswith(_UNUSED)]
    if absent:
        raise InputError(
            f"{checkpoint.folder}: the weights do not fill a {type(model).__name__}: "
            f"{', '.join(absent[:3])}{' …' if len(absent) > 3 else ''} would be random numbers. "
            "The checkpoint's head is another than its config.json says"
        )
    return model.to(dtype=torch.float32).eval()


def _speech_classification(prefix: str) -> Any:  # noqa: ANN401 - a class of torch, untyped
    """The class of the head that transformers lacks, on top of its `prefix`Model."""
    import torch
    import transformers

    encoder = getattr(transformers, f"{prefix}Model")
    base: Any = getattr(transformers, f"{prefix}PreTrainedModel")

    class Head(torch.nn.Module):  # type: ignore[misc]
        def __init__(self, config: Any) -> None:  # noqa: ANN401
            super().__init__()
            self.dense = torch.nn.Linear(config.hidden_size, config.hidden_size)
            self.out_proj = torch.nn.Linear(config.hidden_size, config.num_labels)

        def forward(self, pooled: Any) -> Any:  # noqa: ANN401
            return self.out_proj(torch.tanh(self.dense(pooled)))

    class SpeechClassification(base):  # type: ignore[misc]
        def __init__(self, config: Any) -> None:  # noqa: ANN401
            super().__init__(config)
            setattr(self, self.base_model_prefix, encoder(config))
            self.classifier = Head(config)
            self.post_init()

        def forward(self, input_values: Any, attention_mask: Any = None) -> Any:  # noqa: ANN401
            frames = getattr(self, self.base_model_prefix)(input_values, attention_mask)[0]
            pooled = _pool(frames, getattr(self.config, "pooling_mode", "mean"))
            return transformers.modeling_outputs.SequenceClassifierOutput(
                logits=self.classifier(pooled)
            )

    return SpeechClassification


def _pool(frames: Any, mode: str) -> Any:  # noqa: ANN401
    """Over time, shape (1, n_frames, n_hidden) to (1, n_hidden)."""
    if mode == "mean":
        return frames.mean(dim=1)
    if mode == "sum":
        return frames.sum(dim=1)
    if mode == "max":
        return frames.max(dim=1)[0]
    raise InputError(f"config.json: pooling_mode is {mode!r}; known are 'mean', 'sum' and 'max'")


@contextmanager
def _without_progress_bar() -> Iterator[None]:
    from transformers.utils import logging

    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()
