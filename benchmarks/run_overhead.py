"""What `run` costs over a bare faster-whisper loop on the same files with the same options.

    python -m benchmarks.run_overhead ../shared/data/alnum

The files are taken in blocks; in each block both ways go one after the other, and which goes
first alternates, so that a busy machine slows both alike. `run` writes its folder, journal and
tables included. The goal is a ratio of at most 1.05. Processor time is printed beside the wall
clock: it is what to read when other programs share the cores.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import biasbench as bb
from biasbench.systems.asr import faster_whisper as adapter

GOAL = 1.05


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--model", default="tiny.en")
    parser.add_argument("--limit", type=int, default=None, help="first utterances only")
    parser.add_argument("--block", type=int, default=19, help="utterances per block")
    chosen = parser.parse_args()

    corpus = bb.load_corpus(chosen.corpus)
    utterances = corpus.utterances.head(chosen.limit or len(corpus.utterances))
    system = adapter.FasterWhisper(chosen.model)
    bare = bare_loop(system)
    warm_up = replace(corpus, utterances=utterances.head(1))
    bb.run(warm_up, system, progress=False)
    bare(warm_up)

    clocks = {"bare loop": [0.0, 0.0], "biasbench.run": [0.0, 0.0]}
    n_same = 0
    with tempfile.TemporaryDirectory() as folder:
        for number, first in enumerate(range(0, len(utterances), chosen.block)):
            block = replace(corpus, utterances=utterances.iloc[first : first + chosen.block])
            output = Path(folder) / str(number)
            ways: dict[str, Callable[[], list[str]]] = {
                "bare loop": lambda block=block: bare(block),
                "biasbench.run": lambda block=block, output=output: ours(block, system, output),
            }
            texts = {}
            for way in ways if number % 2 else reversed(ways):
                began = time.perf_counter(), time.process_time()
                texts[way] = ways[way]()
                clocks[way][0] += time.perf_counter() - began[0]
                clocks[way][1] += time.process_time() - began[1]
            pairs = zip(texts["bare loop"], texts["biasbench.run"], strict=True)
            n_same += sum(one == other for one, other in pairs)

    n = len(utterances)
    print(f"{n} utterances, {system.info.name}, {system.info.version}; same text in {n_same}")
    print(f"{'':<14} {'wall clock s':>13} {'processor s':>13}")
    for way, (wall, processor) in clocks.items():
        print(f"{way:<14} {wall:13.2f} {processor:13.2f}")
    ratios = [
        ours / theirs
        for ours, theirs in zip(clocks["biasbench.run"], clocks["bare loop"], strict=True)
    ]
    print(f"{'ratio':<14} {ratios[0]:13.3f} {ratios[1]:13.3f}   goal ≤ {GOAL}")


def ours(corpus: bb.Corpus, system: adapter.FasterWhisper, output: Path) -> list[str]:
    return bb.run(corpus, system, output=output, progress=False).transcripts["hypothesis"].tolist()


def bare_loop(system: adapter.FasterWhisper) -> Callable[[bb.Corpus], list[str]]:
    """The loop one would write without us, decoding included: files in, texts out."""
    from faster_whisper import WhisperModel

    options = dict(system.info.options)
    model = WhisperModel(
        str(system.weights.folder),
        device="cpu",
        compute_type=options["compute_type"],
        local_files_only=True,
    )

    def loop(corpus: bb.Corpus) -> list[str]:
        texts = []
        for row in corpus.utterances.itertuples():
            segments, _ = model.transcribe(
                str(corpus.root / row.audio),
                language=getattr(row, "language", None),
                beam_size=int(options["beam_size"]),
                temperature=0.0,
                condition_on_previous_text=False,
                no_speech_threshold=adapter.NO_SPEECH_THRESHOLD,
                log_prob_threshold=adapter.LOG_PROB_THRESHOLD,
            )
            texts.append("".join(segment.text for segment in segments).strip())
        return texts

    return loop


if __name__ == "__main__":
    main()
