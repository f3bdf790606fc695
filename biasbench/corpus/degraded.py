"""A corpus with the same recordings made worse by degrees: added noise, lost packets.

The untouched utterances stay as they are, and each comes again at every degree under an id of its
own ('call7 snr 10'), with all that is known of it and the degree in a column, which is empty for
the untouched. What is planned about that column is in `plans.reading`, [[degradation]].

    noise     y = s + g·n,  g = √(mean(s²) / (mean(n²)·10^(SNR/10)))
              both means over the whole utterance, pauses included; dB
    packets   y = s, with 0 in each 20 ms frame whose u is below the rate; u uniform in [0, 1)

Babble is the speech of six other people of the corpus, or of as many as there are, drawn from all
groups alike, each at the same power. What is added to an utterance, or lost of it, is drawn from
the seed and its id: at every degree it is the same noise, louder or softer, and a frame that is
lost at one rate is lost at every higher one. Sums beyond full scale are turned down as a whole,
noise and speech together. Sound is made when it is asked for, so a large corpus fits in memory.

Simplifications: pauses count as speech in the level, so speech itself stands above the noise by
more than the number says; no codec conceals a lost packet; nobody speaks up against the noise,
as people do (the Lombard effect).
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from biasbench.audio import Audio
from biasbench.corpus.drafts import SAMPLE_RATE, Corpus
from biasbench.errors import AudioError, OptionError
from biasbench.provenance import fingerprint
from biasbench.tables import is_empty

Samples = NDArray[np.float32]

#: People who speak at once in babble; with fewer than two others it is no babble.
TALKERS, _FEWEST_TALKERS = 6, 2
#: Seconds of a packet of most internet telephony.
FRAME = 0.02

#: The sound of one utterance at one degree.
_Make = Callable[[str, float], Samples]


def add_noise(
    corpus: Corpus,
    *,
    snr_db: Sequence[float] = (20.0, 10.0, 5.0),
    noise: Literal["white", "babble"] | NDArray[np.floating] = "babble",
    seed: int = 0,
    column: str = "snr",
) -> Corpus:
    """The corpus, and each utterance again with noise at each signal-to-noise ratio (dB).

    `noise` is 'white', 'babble', or samples of a recording at 16 kHz, entered at a random place
    and begun again where it is too short. Raises OptionError for a column that is there already,
    a degree that is no number or stands there twice, noise of no power, and babble in a corpus of
    fewer than three people; AudioError, when a sound is asked for, for an utterance of silence.

    >>> import pathlib
    >>> from biasbench.provenance import Provenance
    >>> tone = Audio(np.sin(np.arange(16_000) / 9).astype(np.float32) / 4, 16_000)
    >>> spoken = Corpus(pd.DataFrame({"utterance_id": ["a"], "speaker_id": ["zoe"]}),
    ...                 Provenance(), pathlib.Path(), audio_in_memory={"a": tone})
    >>> noisy = add_noise(spoken, snr_db=[10], noise="white")
    >>> added = noisy.audio("a snr 10").samples - tone.samples
    >>> round(float(10 * np.log10((tone.samples**2).mean() / (added**2).mean())), 2)
    10.0
    """
    made = _noise_maker(corpus, noise, seed)

    def degraded(utterance_id: str, degree: float) -> Samples:
        speech = corpus.audio(utterance_id).samples
        return with_noise(speech, made(utterance_id, len(speech)), degree, name=utterance_id)

    facts = {"noise": noise if isinstance(noise, str) else f"samples {_digest(noise)}"}
    return _at_degrees(corpus, snr_db, column, degraded, {**facts, "seed": str(seed)}, "add_noise")


def lose_packets(
    corpus: Corpus,
    *,
    rates: Sequence[float] = (0.01, 0.05, 0.1),
    seed: int = 0,
    column: str = "loss",
) -> Corpus:
    """The corpus, and each utterance again with 20 ms frames silenced at each rate (a share).

    Raises OptionError for a rate that is not above 0 and at most 1, and as `add_noise` does.
    """
    for rate in rates:
        if not 0 < rate <= 1:
            raise OptionError(f"rates: {rate:g} is no share above 0 and at most 1; 5 % is 0.05")

    def degraded(utterance_id: str, degree: float) -> Samples:
        rng = _drawn_for(utterance_id, seed)
        return with_loss(corpus.audio(utterance_id).samples, degree, rng)

    return _at_degrees(corpus, rates, column, degraded, {"seed": str(seed)}, "lose_packets")


def with_noise(speech: Samples, noise: Samples, snr_db: float, *, name: str = "") -> Samples:
    """Speech with noise of the same length at that signal-to-noise ratio (module docstring).

    >>> with_noise(np.full(4, 0.5, np.float32), np.array([1, -1, 1, -1], np.float32), 20)
    array([0.55, 0.45, 0.55, 0.45], dtype=float32)
    """
    power, noise_power = (float((part.astype(float) ** 2).mean()) for part in (speech, noise))
    if not power > 0:
        raise AudioError(f"{name}: is silence: no noise stands at {snr_db:g} dB to it")
    if not noise_power > 0:
        raise AudioError(f"{name}: the noise for it is silence where it was entered; give another")
    gain = math.sqrt(power / (noise_power * 10 ** (snr_db / 10)))
    mixed = speech.astype(float) + gain * noise.astype(float)
    return (mixed / max(1.0, float(np.abs(mixed).max()))).astype(np.float32)


def with_loss(speech: Samples, rate: float, rng: np.random.Generator) -> Samples:
    """Speech with each frame of 20 ms silenced with that chance.

    >>> float(with_loss(np.ones(16_000, np.float32), 1.0, np.random.default_rng(0)).sum())
    0.0
    """
    length = round(FRAME * SAMPLE_RATE)
    lost = rng.random(-(-len(speech) // length)) < rate
    return np.where(np.repeat(lost, length)[: len(speech)], np.float32(0), speech)


@dataclass(frozen=True)
class _Sounds(Mapping[str, Audio]):
    """What the corpus held in memory, and every degraded copy, made when it is asked for."""

    held: Mapping[str, Audio]
    copies: Mapping[str, tuple[str, float]]
    make: _Make

    def __getitem__(self, name: str) -> Audio:
        if name in self.copies:
            return Audio(self.make(*self.copies[name]), SAMPLE_RATE, name)
        return self.held[name]

    def __contains__(self, name: object) -> bool:
        return name in self.copies or name in self.held

    def __iter__(self) -> Iterator[str]:
        yield from self.held
        yield from self.copies

    def __len__(self) -> int:
        return len(self.held) + len(self.copies)


def _at_degrees(
    corpus: Corpus,
    degrees: Sequence[float],
    column: str,
    make: _Make,
    facts: Mapping[str, str],
    verb: str,
) -> Corpus:
    _check(corpus, degrees, column)
    spoken = corpus.utterances
    known = set(spoken["utterance_id"])
    parts, copies = [spoken.assign(**{column: np.nan})], {}
    for degree in degrees:
        names = [f"{name} {column} {degree:g}" for name in spoken["utterance_id"]]
        for name, source in zip(names, spoken["utterance_id"], strict=True):
            if name in known:
                raise OptionError(f"there is an utterance '{name}' already; give another column=")
            copies[name] = (str(source), float(degree))
        copy = spoken.assign(utterance_id=names, **{column: float(degree)})
        # The file holds the untouched sound: nobody shall find it under the copy's name.
        parts.append(copy.assign(audio=None) if "audio" in copy.columns else copy)
    utterances = pd.concat([part.astype(object) for part in parts], ignore_index=True)
    utterances = utterances.astype({**spoken.dtypes.to_dict(), column: float})
    provenance = corpus.provenance.then(
        verb,
        {
            "corpus": f"{corpus.name}@{fingerprint(utterances)}",
            "degrees": " ".join(f"{degree:g}" for degree in degrees),
            "degree_column": column,
            **facts,
        },
    )
    sounds = _Sounds(corpus.audio_in_memory, copies, make)
    return replace(corpus, utterances=utterances, provenance=provenance, audio_in_memory=sounds)


def _check(corpus: Corpus, degrees: Sequence[float], column: str) -> None:
    if not corpus.has_audio:
        raise OptionError(f"corpus '{corpus.name}' holds texts alone; there is no sound to degrade")
    if column in corpus.utterances.columns:
        raise OptionError(f"the corpus has a column '{column}' already; give another column=")
    if not degrees:
        raise OptionError("no degree is given; a curve takes at least one beside the untouched")
    for degree in degrees:
        if not math.isfinite(degree):
            raise OptionError(f"{degree} is no degree; write a number")
    if len({f"{degree:g}" for degree in degrees}) < len(degrees):
        raise OptionError(f"a degree stands twice in {', '.join(f'{one:g}' for one in degrees)}")


def _noise_maker(
    corpus: Corpus, noise: str | NDArray[np.floating], seed: int
) -> Callable[[str, int], Samples]:
    """From an utterance id and a number of samples to the noise for it."""
    if not isinstance(noise, str):
        recorded = _recorded(noise)
        return lambda name, length: _entered(recorded, length, _drawn_for(name, seed))
    if noise == "white":
        return lambda name, length: (
            _drawn_for(name, seed).standard_normal(length).astype(np.float32)
        )
    if noise != "babble":
        raise OptionError(f"noise={noise!r} is neither 'white' nor 'babble' nor an array")
    said = _said_by(corpus)
    return lambda name, length: _babble(corpus, said, name, length, _drawn_for(name, seed))


def _recorded(noise: NDArray[np.floating]) -> Samples:
    samples = np.asarray(noise, dtype=np.float32)
    if samples.ndim != 1 or not samples.size or not np.isfinite(samples).all():
        raise OptionError("noise: write one channel of samples at 16 kHz, all of them numbers")
    if not samples.any():
        raise OptionError("noise: every sample is 0; silence is no noise")
    return samples


def _said_by(corpus: Corpus) -> dict[str, list[str]]:
    """The ids of what each person said, people and ids in the order of the corpus."""
    spoken = corpus.utterances
    if "speaker_id" not in spoken.columns or is_empty(spoken["speaker_id"]).any():
        raise OptionError("babble is made of other people's speech: name everybody in speaker_id")
    said: dict[str, list[str]] = {}
    for speaker, name in zip(spoken["speaker_id"], spoken["utterance_id"], strict=True):
        said.setdefault(str(speaker), []).append(str(name))
    if len(said) <= _FEWEST_TALKERS:
        raise OptionError(
            f"babble takes {_FEWEST_TALKERS} people beside the one who speaks, and the corpus has "
            f"{len(said)} in all; take noise='white' or a recording"
        )
    return said


def _babble(
    corpus: Corpus,
    said: Mapping[str, Sequence[str]],
    name: str,
    length: int,
    rng: np.random.Generator,
) -> Samples:
    others = [speaker for speaker, names in said.items() if name not in names]
    drawn = rng.choice(len(others), size=min(TALKERS, len(others)), replace=False)
    total = np.zeros(length)
    for at in drawn:
        voice = _voice(corpus, said[others[int(at)]], length, rng)
        power = float((voice.astype(float) ** 2).mean())
        if power > 0:  # somebody of whom there is silence alone adds none
            total += voice / math.sqrt(power)
    return total.astype(np.float32)


def _voice(corpus: Corpus, names: Sequence[str], length: int, rng: np.random.Generator) -> Samples:
    """As much of one person's speech, begun at a random utterance and place."""
    order = np.roll(np.arange(len(names)), -int(rng.integers(len(names))))
    heard: list[Samples] = []
    for at in order:
        heard.append(corpus.audio(names[int(at)]).samples)
        if sum(map(len, heard)) >= length:
            break
    return _entered(np.concatenate(heard), length, rng)


def _entered(samples: Samples, length: int, rng: np.random.Generator) -> Samples:
    """That many samples from a random place on, begun again at the end."""
    return np.resize(np.roll(samples, -int(rng.integers(len(samples)))), length)


def _drawn_for(name: str, seed: int) -> np.random.Generator:
    """Random numbers of one utterance, whatever stands beside it in the corpus."""
    digest = hashlib.sha256(name.encode()).digest()
    return np.random.default_rng([seed, int.from_bytes(digest[:8], "big")])


def _digest(noise: NDArray[np.floating]) -> str:
    return fingerprint(np.ascontiguousarray(noise, dtype=np.float32).tobytes())
