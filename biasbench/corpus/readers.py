"""Which reader fits a source; load_corpus.

A reader is a file of `corpora/` with

    LOOKS_FOR                            what it recognises, in words
    fits(source) -> bool                 whether this source is it
    read(source, *, encoding, delimiter) -> Draft
    load(root) -> Corpus                 the draft, settled

A named public corpus goes before the general readers, because it knows traps that a table does
not tell (which texts were spelled, which labels mean "nobody knows"). Among equals nothing is
chosen: two that fit are an error, and so is none.
"""

from __future__ import annotations

import codecs
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol, cast

import pandas as pd

from biasbench import registry
from biasbench.corpus.drafts import Corpus, Draft
from biasbench.corpus.settling import settle
from biasbench.errors import NotFoundError, OptionError

#: Readers of a form rather than of one corpus.
GENERAL = ("huggingface", "kaldi", "manifest")


class Split(Protocol):
    """One split of a Hugging Face data set (`datasets.Dataset`), which is never imported here."""

    @property
    def features(self) -> Any:  # noqa: ANN401 - a datasets.Features
        """What each column holds."""

    def to_pandas(self) -> Any:  # noqa: ANN401 - a DataFrame, or an iterator of them
        """The rows as a DataFrame."""


class Reader(Protocol):
    """A leaf of `corpora/`."""

    LOOKS_FOR: str

    def fits(self, source: object) -> bool:
        """Whether this reader recognises the source."""

    def read(self, source: Any, *, encoding: str, delimiter: str | None) -> Draft:  # noqa: ANN401 - what it fits
        """What the source holds, unchecked."""

    def load(self, root: Any) -> Corpus:  # noqa: ANN401 - what it fits
        """The corpus; what a reader from another package must at least have."""


def load_corpus(
    source: str | Path | pd.DataFrame | Split,
    *,
    reader: str | None = None,
    encoding: str = "utf-8-sig",
    delimiter: str | None = None,
    language: str | None = None,
) -> Corpus:
    """The corpus in a folder, a table file, a DataFrame or a Hugging Face data set.

    `reader` names a file of `corpora/`; without it, the source tells. `encoding` and `delimiter`
    are for text tables. `language` (ISO 639-1) is for a corpus that does not say. No audio is
    opened: `check` does that.

    Raises NotFoundError where nothing is there or nothing fits, OptionError where two readers
    fit, and TableError for a wrong table (file, row, column, value).

    >>> table = pd.DataFrame({
    ...     "id": ["a", "b"], "speaker": ["p1", "p2"], "text": ["yes", "no"],
    ...     "accent": ["scottish", None],
    ... })
    >>> corpus = load_corpus(table, language="en")
    >>> corpus.utterances[["utterance_id", "speaker_id", "reference", "accent"]].values.tolist()
    [['a', 'p1', 'yes', 'scottish'], ['b', 'p2', 'no', 'unknown']]
    """
    made = draft_of(source, reader=reader, encoding=encoding, delimiter=delimiter)
    if isinstance(made, Corpus):
        return made
    return settle(made, language=language)


def draft_of(
    source: object, *, reader: str | None, encoding: str, delimiter: str | None
) -> Draft | Corpus:
    """What the fitting reader finds; a reader that can only `load` gives its Corpus."""
    _check_options(encoding, delimiter)
    source = Path(source) if isinstance(source, str) else source
    if isinstance(source, Path) and not source.exists():
        raise NotFoundError(f"{source}: no such file or folder")
    leaf = _reader(source, reader)
    if not hasattr(leaf, "read"):
        return leaf.load(source)
    draft = leaf.read(source, encoding=encoding, delimiter=delimiter)
    return replace(draft, source=str(source)) if isinstance(source, Path) else draft


def _check_options(encoding: str, delimiter: str | None) -> None:
    try:
        codecs.lookup(encoding)
    except LookupError as error:
        raise OptionError(
            f"encoding is {encoding!r}, which is not known. Use 'utf-8', 'cp1252' (French Excel), "
            "'latin-1' or another name that Python has"
        ) from error
    if delimiter is not None and len(delimiter) != 1:
        raise OptionError(f"delimiter is {delimiter!r}; write one character, such as ';'")


def _reader(source: object, name: str | None) -> Reader:
    if name is not None:
        return cast(Reader, registry.find("corpora", name))
    named = [name for name in registry.names("corpora") if name not in GENERAL]
    for candidates in (named, GENERAL):
        leaves = {name: registry.find("corpora", name) for name in candidates}
        fitting = [name for name, leaf in leaves.items() if _fits(leaf, source)]
        if len(fitting) > 1:
            raise OptionError(
                f"{_called(source)}: {len(fitting)} readers fit: {', '.join(fitting)}. Choose one, "
                f"e.g. reader='{fitting[0]}'"
            )
        if fitting:
            return cast(Reader, leaves[fitting[0]])
    raise _nothing_fits(source, named)


def _fits(leaf: object, source: object) -> bool:
    return hasattr(leaf, "fits") and bool(cast(Reader, leaf).fits(source))


def _nothing_fits(source: object, named: list[str]) -> NotFoundError | OptionError:
    if not isinstance(source, Path):
        return OptionError(
            f"a corpus cannot be made from {type(source).__module__}.{type(source).__name__}. Give "
            "a folder, a table file, a pandas DataFrame, or one split of a Hugging Face data set "
            "(dataset['test'])"
        )
    wanted = "; ".join(
        f"{name}: {cast(Reader, registry.find('corpora', name)).LOOKS_FOR}" for name in GENERAL
    )
    holds = ""
    if source.is_dir():
        entries = sorted(path.name for path in source.iterdir())
        shown = ", ".join(entries[:8]) + (", …" if len(entries) > 8 else "")
        holds = f" It holds: {shown or 'nothing'}."
    return NotFoundError(
        f"{source}: no corpus reader fits.{holds} Looked for {wanted}; or a public corpus: "
        f"{', '.join(named)}"
    )


def _called(source: object) -> str:
    return str(source) if isinstance(source, Path) else type(source).__name__
