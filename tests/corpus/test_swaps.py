"""looks_swapped: silent on real pairs in the right order; how often it sees a swap."""

import csv
import gzip
import sys

import pytest

from biasbench.corpus import load_corpus, looks_swapped
from biasbench.tables import read_table


def pairs(root) -> dict[str, tuple[list[str], list[str]]]:
    """Reference and hypothesis of every system, by its name."""
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    if (root / "transcripts_wide.csv.gz").is_file():
        wide = read_table(root / "transcripts_wide.csv.gz")[0]
        said = wide["text"].tolist()
        return {name: (said, wide[name].tolist()) for name in wide if name.startswith("hyp_")}
    said = load_corpus(root).utterances.set_index("utterance_id")["reference"]
    with gzip.open(root / "transcripts.csv.gz", "rt", encoding="utf-8", newline="") as stream:
        heard: dict[str, list[tuple[str, str]]] = {}
        for row in csv.DictReader(stream):
            heard.setdefault(row["system"], []).append((row["utterance_id"], row["hypothesis"]))
    return {
        system: ([said[name] for name, _ in rows], [text for _, text in rows])
        for system, rows in heard.items()
    }


# The thresholds were chosen on these same 53 pairs: the counts say how loud the signs are there,
# not how often a swap elsewhere would be noticed.
@pytest.mark.parametrize(
    ("name", "systems", "noticed"),
    [("artie", 9, 3), ("edacc", 7, 4), ("afrispeech_dev", 30, 24), ("voxpopuli_fr", 7, 6)],
)
def test_real_pairs_in_the_right_order_are_not_questioned(shared_data, name, systems, noticed):
    real = pairs(shared_data(name))
    assert len(real) == systems
    assert [system for system, (said, heard) in real.items() if looks_swapped(said, heard)] == []
    seen = [system for system, (said, heard) in real.items() if looks_swapped(heard, said)]
    assert len(seen) == noticed


def test_loops_of_a_decoder_in_the_reference_are_a_sign():
    loop = "there is a question " * 20
    said = ["we came back to this", "thank you all for coming", "that is my view"] * 2
    heard = [loop, loop, loop, *said[3:]]
    assert looks_swapped(said, heard) is None
    reason = looks_swapped(heard, said)
    assert reason is not None
    assert "a phrase repeats 5 times or more in a row in 3 references and 0 hypotheses" in reason


def test_a_person_who_says_no_five_times_is_no_decoder():
    said = ["no no no no no", "yes yes yes yes yes", "wait wait wait wait wait"] * 10
    assert looks_swapped(said, ["no", "yes", "wait"] * 10) is None


def test_empty_references_beside_a_full_hypothesis_column_are_a_sign():
    said = [f"sentence number {n} of the call" for n in range(100)]
    heard = ["" if n % 20 == 0 else text for n, text in enumerate(said)]
    assert looks_swapped(said, heard) is None
    assert "5 references are empty and no hypothesis is" in (looks_swapped(heard, said) or "")


def test_a_corpus_that_waits_to_be_transcribed_is_not_questioned():
    said = [f"sentence number {n}" if n % 2 else "" for n in range(100)]
    heard = [f"sentence number {n}" for n in range(100)]
    assert looks_swapped(said, heard) is None


def test_one_stock_phrase_for_everything_is_a_bad_system_and_no_swap():
    said = [f"sentence number {n} of the call" for n in range(60)]
    assert looks_swapped(said, ["thank you for watching this video"] * 60) is None


def test_nothing_is_a_sign_of_nothing():
    assert looks_swapped([], []) is None
    assert looks_swapped([None, float("nan")], ["yes", None]) is None
