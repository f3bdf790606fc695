"""Word edits between a reference and a hypothesis.

Counts come from rapidfuzz, the engine under jiwer, and split into substitutions, deletions and
insertions exactly as `jiwer.process_words` does. The split is a choice: "a b" against "b c" is
two substitutions, or a deletion and an insertion. Only the total is fixed by Levenshtein (1966);
taking the field's own engine makes the parts comparable too.

Texts are taken as they are: normalise first (biasbench.measures.normalize).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from biasbench.errors import OptionError

ChunkType = Literal["equal", "substitute", "delete", "insert"]

# A word becomes one character, and there are 1,114,112 of those. Half is a vocabulary that no
# corpus reaches, and leaves room for whatever one more pair may bring.
_VOCABULARY_LIMIT = 500_000


@dataclass(frozen=True)
class EditCounts:
    """Word edits; adds up over utterances.

    >>> EditCounts(hits=3, deletions=1) + EditCounts(hits=2)
    EditCounts(hits=5, substitutions=0, deletions=1, insertions=0)
    """

    hits: int = 0
    substitutions: int = 0
    deletions: int = 0
    insertions: int = 0

    def __add__(self, other: EditCounts) -> EditCounts:
        return EditCounts(
            self.hits + other.hits,
            self.substitutions + other.substitutions,
            self.deletions + other.deletions,
            self.insertions + other.insertions,
        )

    @property
    def errors(self) -> int:
        """Substitutions, deletions and insertions together."""
        return self.substitutions + self.deletions + self.insertions

    @property
    def reference_length(self) -> int:
        """Words of the reference: hits, substitutions and deletions together."""
        return self.hits + self.substitutions + self.deletions


@dataclass(frozen=True)
class AlignmentChunk:
    """A stretch of words that were all heard, replaced, left out or added."""

    type: ChunkType
    reference: tuple[str, ...]
    hypothesis: tuple[str, ...]


@dataclass(frozen=True)
class Alignment:
    """The chunks of one utterance, in order."""

    chunks: tuple[AlignmentChunk, ...]

    def __iter__(self) -> Iterator[AlignmentChunk]:
        return iter(self.chunks)

    def __len__(self) -> int:
        return len(self.chunks)

    @property
    def counts(self) -> EditCounts:
        """The edits of all chunks."""
        n = dict.fromkeys(("equal", "substitute", "delete", "insert"), 0)
        for chunk in self.chunks:
            n[chunk.type] += len(chunk.hypothesis if chunk.type == "insert" else chunk.reference)
        return EditCounts(n["equal"], n["substitute"], n["delete"], n["insert"])


def count_edits(reference: Sequence[str], hypothesis: Sequence[str]) -> EditCounts:
    """Fewest word edits that turn the reference into the hypothesis.

    An empty hypothesis is `len(reference)` deletions: the system heard a person and wrote
    nothing. An empty reference makes every word of the hypothesis an insertion. Raises
    OptionError for a text that was not split into words.

    >>> count_edits("turn the lights on".split(), "turn lights off".split())
    EditCounts(hits=2, substitutions=1, deletions=1, insertions=0)
    """
    for words in (reference, hypothesis):
        if isinstance(words, str):
            raise OptionError(
                f"count_edits takes lists of words, not the text {words!r}. Split it: text.split()"
            )
    ids = _WordIds()
    edits = Levenshtein.editops(
        "".join([ids[word] for word in reference]), "".join([ids[word] for word in hypothesis])
    )
    tags = [edit.tag for edit in edits]
    substitutions, deletions = tags.count("replace"), tags.count("delete")
    hits = len(reference) - substitutions - deletions
    return EditCounts(hits, substitutions, deletions, tags.count("insert"))


def count_edits_many(
    references: Sequence[str],
    hypotheses: Sequence[str],
    *,
    of: Literal["words", "characters"] = "words",
) -> NDArray[np.int64]:
    """Edits of many pairs of texts: shape (n, 4), hits, substitutions, deletions, insertions.

    Words are what white space separates. Of characters, a single space between two words counts
    as one, as in `jiwer.process_characters`. Raises OptionError if there are not as many
    references as hypotheses.

    >>> count_edits_many(["turn the lights on", ""], ["turn lights off", "hello"])
    array([[2, 1, 1, 0],
           [0, 0, 0, 1]])
    """
    if len(references) != len(hypotheses):
        raise OptionError(
            f"{len(references)} references and {len(hypotheses)} hypotheses: they must pair up"
        )
    encode = _WordCodes() if of == "words" else _CharacterCodes()
    rows: list[int] = []  # four numbers a pair
    for reference, hypothesis in zip(references, hypotheses, strict=True):
        said, written = encode(reference, hypothesis)
        if said == written:
            rows += (len(said), len(said), 0, 0)
            continue
        edits = Levenshtein.editops(said, written)
        # Where every edit is needed to make up the lengths, none of them is a substitution.
        n_substitutions = (
            [edit[0] for edit in edits.as_list()].count("replace")
            if len(edits) != abs(len(said) - len(written))
            else 0
        )
        rows += (len(said), len(written), len(edits), n_substitutions)
    n_said, n_written, errors, substitutions = np.array(rows, dtype=np.int64).reshape(-1, 4).T
    # D − I is the difference of the lengths and D + I the other errors.
    deletions = (errors - substitutions + n_said - n_written) // 2
    insertions = errors - substitutions - deletions
    hits = n_said - substitutions - deletions
    return np.column_stack([hits, substitutions, deletions, insertions])


def align(reference: str, hypothesis: str) -> Alignment:
    """The alignment behind the counts, for people to look at.

    >>> for chunk in align("turn the lights on", "turn lights off"):
    ...     print(chunk.type, chunk.reference, chunk.hypothesis)
    equal ('turn',) ('turn',)
    delete ('the',) ()
    equal ('lights',) ('lights',)
    substitute ('on',) ('off',)
    """
    said, written = reference.split(), hypothesis.split()
    ids = _WordIds()
    codes = Levenshtein.opcodes(
        "".join([ids[word] for word in said]), "".join([ids[word] for word in written])
    )
    return Alignment(
        tuple(
            AlignmentChunk(
                _CHUNK_TYPE[code.tag],
                tuple(said[code.src_start : code.src_end]),
                tuple(written[code.dest_start : code.dest_end]),
            )
            for code in codes
        )
    )


_CHUNK_TYPE: dict[str, ChunkType] = {
    "equal": "equal",
    "replace": "substitute",
    "delete": "delete",
    "insert": "insert",
}


class _WordIds(dict[str, str]):
    """One character for each word, in the order in which words turn up."""

    def __missing__(self, word: str) -> str:
        code = self[word] = chr(len(self))
        return code


class _WordCodes:
    """A text as a string of one character a word.

    The vocabulary is shared by all pairs, and a text met before (one reference, many systems)
    is not split again.
    """

    def __init__(self) -> None:
        self._ids = _WordIds()
        self._known: dict[str, str] = {}

    def __call__(self, reference: str, hypothesis: str) -> tuple[str, str]:
        if len(self._ids) > _VOCABULARY_LIMIT:
            self._ids.clear()
            self._known.clear()
        return self._code(reference), self._code(hypothesis)

    def _code(self, text: str) -> str:
        code = self._known.get(text)
        if code is None:
            code = self._known[text] = "".join(map(self._ids.__getitem__, text.split()))
        return code


class _CharacterCodes:
    """A text as it is, its white space reduced to single spaces."""

    def __call__(self, reference: str, hypothesis: str) -> tuple[str, str]:
        return " ".join(reference.split()), " ".join(hypothesis.split())
