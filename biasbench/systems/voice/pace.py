"""Pace: the syllables of a sound, and the words of a transcript."""

from __future__ import annotations

import re

import numpy as np

from biasbench.systems import Transcript
from biasbench.systems.voice.frames import Floats, Mask

NUCLEUS_RANGE_DB = 25.0
NUCLEUS_DIP_DB = 2.0
_SMOOTHING = np.hanning(9)[1:-1]  # 7 frames, none of them weighing nothing
_NOTHING = 1e-12  # power of digital silence, for its logarithm: -120 dB

#: Every parameter, for a system's options.
OPTIONS = (("nucleus", f"{NUCLEUS_RANGE_DB:g} dB range, {NUCLEUS_DIP_DB:g} dB dip"),)

#: Thai, Lao, Tibetan, Burmese, Khmer, Japanese and Chinese letters: no spaces between words.
_UNSPACED = re.compile(
    "[\u0e01-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]"
)


def count_nuclei(power: Floats, allowed: Mask) -> int:
    """Number of syllable nuclei: peaks of intensity in frames that are allowed to hold one.

    power: mean square, shape (n_frames,). allowed: the voiced frames of speech.

    >>> syllable = np.hanning(22)[1:-1] ** 2
    >>> count_nuclei(np.tile(syllable, 4), np.full(80, True))
    4
    """
    from scipy.signal import find_peaks

    smooth = np.convolve(power, _SMOOTHING / _SMOOTHING.sum(), mode="same")
    intensity = 10 * np.log10(np.maximum(smooth, _NOTHING))
    if not allowed.any():
        return 0
    # not of the whole recording: who speaks little would be measured against the line's noise
    lowest = np.percentile(intensity[allowed], 99) - NUCLEUS_RANGE_DB
    peaks, _ = find_peaks(intensity, height=lowest, prominence=NUCLEUS_DIP_DB)
    return int(allowed[peaks].sum())


def count_own_words(transcript: Transcript) -> int:
    """How many words are the speaker's own: words said to be the customer's are left out.

    Where the system says whose its words are, those words are counted; else the text is. A word
    stands between white space and holds a letter or a digit: a dash or "..." is none.

    >>> from biasbench.systems import Word
    >>> count_own_words(Transcript("good morning - what's up"))
    4
    >>> turn = (Word("hello", role="customer"), Word("good", role="agent"), Word("day"))
    >>> count_own_words(Transcript("hello good day", turn))
    2
    """
    texts = [transcript.text]
    if any(word.role is not None for word in transcript.words):
        texts = [word.text for word in transcript.words if word.role != "customer"]
    return sum(any(sign.isalnum() for sign in word) for text in texts for word in text.split())


def separates_words(text: str) -> bool:
    """False for text in a script that puts no spaces between words: its words cannot be counted.

    >>> separates_words("guten Tag"), separates_words("\u3053\u3093\u306b\u3061\u306f")
    (True, False)
    """
    return _UNSPACED.search(text) is None
