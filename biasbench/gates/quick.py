"""A subset small enough to be listened to before a push: fewer utterances, and all the people.

People, not utterances, decide what can be shown, so that every person keeps some. Each person's
utterances are put in an order drawn from the seed and the person's id, and the first are kept; so
are a group's people, where a number of them is given. The order of rows changes nothing, nor does
somebody who is added; with a larger number what was kept is kept. The subset is a corpus of its
own, with a name and fingerprint of its own: a baseline of the whole is refused.

A gate on so few words rarely decides anything. It is there to notice a model that is broken for a
group, early; what is asserted of a model comes from the whole corpus.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from biasbench.corpus import Corpus
from biasbench.corpus.cards import FILE_NAME, card_text, read_card
from biasbench.corpus.summaries import ALL, labels_of, ordered
from biasbench.errors import InsufficientDataError, OptionError, TableError
from biasbench.provenance import fingerprint
from biasbench.tables import write_text
from biasbench.tables.files import ENDINGS

_TABLE = "utterances.csv"


def quick_subset(
    corpus: Corpus,
    *,
    by: str,
    n_per_speaker: int = 1,
    people_per_group: int | None = None,
    seed: int = 0,
) -> Corpus:
    """The corpus with `n_per_speaker` utterances of every person, rows in their old order.

    `people_per_group` also draws that many people of each group of `by`; by default all stay.
    A person or group that has fewer keeps them all.

    Raises OptionError for a number below 1, a seed below 0, and the corpus of an import, which
    nobody listens to; NotFoundError if there is no column `by`; InsufficientDataError if nobody
    knows who speaks; TableError for a person in two groups.

    >>> from biasbench.corpus import load_corpus
    >>> table = pd.DataFrame({"utterance_id": list("abcdef"), "speaker_id": list("ppqqqr"),
    ...                       "accent": list("uuvvvv")})
    >>> kept = quick_subset(load_corpus(table), by="accent").utterances
    >>> kept["speaker_id"].tolist()
    ['p', 'q', 'r']
    """
    for name, number in (("n_per_speaker", n_per_speaker), ("people_per_group", people_per_group)):
        if number is not None and number < 1:
            raise OptionError(f"{name} is {number}: write 1 or more")
    if seed < 0:
        raise OptionError(f"seed is {seed}: write 0 or more")
    if corpus.calls is not None or corpus.periods is not None:
        raise OptionError(
            f"corpus '{corpus.name}' is of an import, which is measured without listening: there "
            "is nothing to make quicker"
        )
    group_of = _group_of(corpus, by)
    people = _people(group_of, people_per_group, seed)
    utterances = corpus.utterances
    spoken_by = utterances["speaker_id"].map(str)
    kept: set[str] = set()
    for person, ids in utterances["utterance_id"].groupby(spoken_by):
        if person in people:
            kept.update(_drawn(ids, n_per_speaker, f"speaker {person}", seed))
    subset = utterances[utterances["utterance_id"].isin(kept)].reset_index(drop=True)
    name = f"{corpus.name} quick"
    of = corpus.provenance.facts().get("corpus", f"{corpus.name}@{fingerprint(utterances)}")
    facts = {
        "corpus": f"{name}@{fingerprint(subset)}",
        "corpus_name": name,
        "subset_of": of,
        "subset_by": by,
        "n_per_speaker": str(n_per_speaker),
        "people_per_group": "all" if people_per_group is None else str(people_per_group),
        "seed": str(seed),
    }
    return replace(
        corpus,
        utterances=subset,
        provenance=corpus.provenance.then("quick_subset", facts),
        card={**corpus.card, "name": name},
        hypotheses={one: text for one, text in corpus.hypotheses.items() if one in kept},
    )


def count_kept(subset: Corpus, corpus: Corpus, *, by: str) -> pd.DataFrame:
    """What a subset kept: columns group, n_speakers, n_utterances, of_speakers, of_utterances.

    A row for each group of `by`, then the row 'all'.
    """
    rows = []
    own, whole = labels_of(subset.utterances, by), labels_of(corpus.utterances, by)
    for group in [*ordered(whole), ALL]:
        counts = {"group": group}
        for prefix, table, labels in (
            ("n", subset.utterances, own),
            ("of", corpus.utterances, whole),
        ):
            here = table if group == ALL else table[labels == group]
            counts |= {
                f"{prefix}_speakers": here["speaker_id"].nunique(),
                f"{prefix}_utterances": len(here),
            }
        rows.append(counts)
    return pd.DataFrame(rows)


def write_folder(corpus: Corpus, folder: str | Path) -> Path:
    """Write a corpus as a folder, utterances.csv and corpus.toml, for `biasbench run`.

    Sound is not copied: `audio` names the files where they lie, relative to the folder wherever
    that can be said, so that the two must move together. Since these names are in the
    fingerprint, a baseline belongs to one arrangement of folders.

    Raises OptionError for sound held in memory, and for a folder that holds another corpus.
    """
    folder = Path(folder)
    if len(corpus.audio_in_memory):
        raise OptionError(
            f"corpus '{corpus.name}' holds its sound in memory and not in files; run the subset "
            "from Python: biasbench.run(quick_subset(…), …)"
        )
    _check_free(corpus, folder)
    utterances = corpus.utterances
    if "audio" in utterances.columns:
        root, target = corpus.root.resolve(), folder.resolve()
        names = utterances["audio"]
        utterances = utterances.assign(
            audio=names.where(names.isna(), names.map(lambda name: _from(target, root / str(name))))
        )
    write_text(folder / FILE_NAME, _card_text(corpus))
    # As it is: a cell made harmless for spreadsheets would be another id, or another word.
    write_text(folder / _TABLE, utterances.to_csv(index=False, lineterminator="\n"))
    return folder


def _group_of(corpus: Corpus, by: str) -> pd.Series:
    """The group of each person, by speaker_id."""
    utterances = corpus.utterances
    labels = labels_of(utterances, by)
    if "speaker_id" not in utterances.columns:
        raise InsufficientDataError(
            f"corpus '{corpus.name}': no speaker labels: nobody knows how many people speak, so "
            "that nothing can be gated; a column speaker_id is needed"
        )
    pairs = pd.DataFrame({"speaker": utterances["speaker_id"].map(str), "group": labels})
    pairs = pairs.drop_duplicates()
    twice = pairs["speaker"].duplicated()
    if twice.any():
        person = pairs["speaker"][twice].iloc[0]
        groups = sorted(pairs["group"][pairs["speaker"] == person])
        raise TableError(
            f"corpus '{corpus.name}': {by} of speaker '{person}' is {' and '.join(groups)}; a "
            "person is in one group"
        )
    return pairs.set_index("speaker")["group"]


def _people(group_of: pd.Series, people_per_group: int | None, seed: int) -> set[str]:
    if people_per_group is None:
        return set(group_of.index)
    kept: set[str] = set()
    for group, people in group_of.groupby(group_of):
        kept.update(_drawn(people.index, people_per_group, f"group {group}", seed))
    return kept


def _drawn(ids: Iterable[object], number: int, name: str, seed: int) -> list[str]:
    """The first of the ids in an order drawn for that name, whatever stands beside it."""
    digest = hashlib.sha256(name.encode()).digest()
    rng = np.random.default_rng([seed, int.from_bytes(digest[:8], "big")])
    in_order = sorted(map(str, ids))
    return [in_order[at] for at in rng.permutation(len(in_order))[:number]]


def _check_free(corpus: Corpus, folder: Path) -> None:
    if not folder.exists():
        return
    if not folder.is_dir():
        raise OptionError(f"{folder}: is a file; name a folder")
    if folder.resolve() == corpus.root.resolve():
        raise OptionError(f"{folder}: is the corpus itself; name another folder")
    tables = [f"utterances{ending}" for ending in ENDINGS]
    held = [name for name in tables if name != _TABLE and (folder / name).exists()]
    own = [name for name in (_TABLE, FILE_NAME) if (folder / name).exists()]
    if own and read_card(folder)["name"] != corpus.name:
        held += own
    if held:
        raise OptionError(f"{folder}: holds another corpus ({held[0]}); name another folder")


def _from(folder: Path, file: Path) -> str:
    try:
        return Path(os.path.relpath(file, folder)).as_posix()
    except ValueError:  # another drive
        return file.as_posix()


def _card_text(corpus: Corpus) -> str:
    """corpus.toml of what is known of the corpus, and of how it was drawn."""
    facts = corpus.provenance.facts()
    origin = [corpus.card["origin"]] if "origin" in corpus.card else []
    if "subset_of" in facts:
        origin.append(
            f"quick subset of {facts['subset_of']} by {facts['subset_by']}: "
            f"{facts['n_per_speaker']} a speaker, people a group: {facts['people_per_group']}, "
            f"seed {facts['seed']}"
        )
    card = {**corpus.card, "name": corpus.name}
    if origin:
        card["origin"] = "; ".join(origin)
    return card_text(card)
