"""Are the reference and hypothesis columns the wrong way round?

A swap makes every deletion an insertion and moves the denominator, silently. Two texts do not
tell which of them a person wrote, so this looks for three signs that recognisers leave and
people rarely do. It is a question, not a proof, and on most pairs it has nothing to say: see
tests/corpus/test_swaps.py for how often it speaks up on real ones.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

import pandas as pd

#: A text this long is not said twice by chance ("yes, please" is).
SCRIPT_WORDS = 4

#: Two writings of the same sentence share at least this much of their words. What a recogniser
#: makes up when it hears nothing ("thank you for watching") stands beside unrelated references.
SCRIPT_LIKENESS = 0.5

#: So many different texts must repeat; one stock phrase of a recogniser is not a script.
MIN_SCRIPTS = 5

#: How much commoner a sign must be on one side than on the other.
TIMES = 4

#: A phrase that stands this often in a row, over so many words, is a decoder that fell into a loop.
LOOP_TURNS, LOOP_WORDS, LOOP_PHRASE = 5, 15, 12

#: One person in 9,177 EdAcc utterances does say a word fifteen times.
MIN_LOOPS = 3

#: Least number and share of rows with an empty reference; above the upper share the recordings
#: are more likely waiting to be transcribed.
EMPTY_ROWS, EMPTY_SHARE, EMPTY_SHARE_AT_MOST = 3, 0.01, 0.15

_WORD = re.compile(r"[\w']+")


def looks_swapped(reference: Sequence[str], hypothesis: Sequence[str]) -> str | None:
    """Why the two columns look swapped, in words, or None.

    Signs, each counted on both sides: the same sentence stands in the hypothesis column for
    several different references (people read scripts; recognisers write a script down in many
    ways); a phrase repeats in a loop in the reference; some references are empty and no
    hypothesis is.

    >>> said = ["please pay the bill today", "thank you for your call"] * 9
    >>> heard = [f"please pay the bill number {n}" for n in range(18)]
    >>> looks_swapped(said, heard) is None
    True
    """
    pairs = [
        (_words(said), _words(heard)) for said, heard in zip(reference, hypothesis, strict=True)
    ]
    return _script_sign(pairs) or _loop_sign(pairs) or _empty_sign(pairs)


def _words(text: object) -> tuple[str, ...]:
    if text is None or (not isinstance(text, str) and pd.isna(text)):  # type: ignore[call-overload]  # a cell
        return ()
    return tuple(_WORD.findall(str(text).casefold()))


def _script_sign(pairs: list[tuple[tuple[str, ...], tuple[str, ...]]]) -> str | None:
    in_hypothesis = _texts_with_variants([(heard, said) for said, heard in pairs])
    in_reference = _texts_with_variants(pairs)
    if in_hypothesis < max(MIN_SCRIPTS, TIMES * in_reference):
        return None
    return (
        f"{in_hypothesis} sentences stand several times in the hypothesis column beside different "
        f"references, {in_reference} the other way round: people who read a script repeat "
        "sentences exactly, recognisers do not"
    )


def _texts_with_variants(pairs: list[tuple[tuple[str, ...], tuple[str, ...]]]) -> int:
    others = defaultdict(set)
    for text, other in pairs:
        if len(text) >= SCRIPT_WORDS:
            others[text].add(other)
    repeated = ((text, variants) for text, variants in others.items() if len(variants) > 1)
    return sum(
        sum(_likeness(text, other) >= SCRIPT_LIKENESS for other in variants) > 1
        for text, variants in repeated
    )


def _likeness(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    shared = (Counter(one) & Counter(other)).total()
    return 2 * shared / (len(one) + len(other))


def _loop_sign(pairs: list[tuple[tuple[str, ...], tuple[str, ...]]]) -> str | None:
    in_reference = sum(_has_loop(said) for said, _ in pairs)
    in_hypothesis = sum(_has_loop(heard) for _, heard in pairs)
    if in_reference < max(MIN_LOOPS, TIMES * in_hypothesis):
        return None
    return (
        f"a phrase repeats {LOOP_TURNS} times or more in a row in {in_reference} references and "
        f"{in_hypothesis} hypotheses: recognisers fall into such loops, people who transcribe "
        "do not"
    )


def _has_loop(words: tuple[str, ...]) -> bool:
    if len(words) < LOOP_WORDS or max(Counter(words).values()) < LOOP_TURNS:
        return False
    for size in range(1, LOOP_PHRASE + 1):
        turns = max(LOOP_TURNS, -(-LOOP_WORDS // size))
        same = 0  # words in a row that equal the word one phrase earlier
        for earlier, later in zip(words, words[size:], strict=False):
            same = same + 1 if earlier == later else 0
            if same >= (turns - 1) * size:
                return True
    return False


def _empty_sign(pairs: list[tuple[tuple[str, ...], tuple[str, ...]]]) -> str | None:
    no_reference = sum(not said for said, _ in pairs)
    no_hypothesis = sum(not heard for _, heard in pairs)
    least = max(EMPTY_ROWS, EMPTY_SHARE * len(pairs))
    if no_hypothesis or not least <= no_reference <= EMPTY_SHARE_AT_MOST * len(pairs):
        return None
    return (
        f"{no_reference} references are empty and no hypothesis is: recognisers write nothing for "
        "some utterances, people who transcribe rarely do (unless these were never transcribed)"
    )
