"""Letters and digits one by one, for spelt names, telephone numbers and codes; English.

"S-A-F, R", "saf r" and "SAFR" are all "s a f r"; "919 555", "nine one nine, five five five" and
"nine nineteen triple five" are all "9 1 9 5 5 5". An error then costs one character, as it does
to the person who has to say it again. Number words become digits first, "oh" and "o" between
digits become 0; everywhere else they are letters. Letter names written as words (bee, double u)
are not guessed: a recogniser that writes "see" for C wrote something that nobody can use.
"""

from __future__ import annotations

import re

from biasbench.measures.normalize._numbers_en import to_digits
from biasbench.measures.normalize._steps import Marks, Step, drop_annotations, fold_form, run
from biasbench.measures.normalize.en import fold_accents

VERSION = 1

_MARKS = Marks(kept="")
_LETTER_DIGIT = re.compile(r"(?<=[0-9])(?=[^\W\d_])|(?<=[^\W\d_])(?=[0-9])")

_SEVERAL_O = re.compile(r"\bo{2,}\b")


def normalize(text: str) -> str:
    """Every letter and digit, one space apart.

    >>> normalize("S-A-F, R. nine one nine, double five oh one")
    's a f r 9 1 9 5 5 0 1'
    """
    return run(STEPS, text)


def drop_marks(text: str) -> str:
    """Letters, digits and spaces only, letters apart from digits, and one o from the next."""
    text = _LETTER_DIGIT.sub(" ", text.translate(_MARKS))
    return _SEVERAL_O.sub(lambda found: " ".join(found[0]), text)


def part_characters(text: str) -> str:
    """A space after every letter and digit; the point of a decimal number goes."""
    return " ".join(text.replace(" ", "").replace(".", ""))


STEPS: tuple[Step, ...] = (
    fold_form,
    fold_accents,
    drop_annotations,
    drop_marks,
    to_digits,
    part_characters,
)
