"""Let a system listen to a corpus.

One row per utterance whatever happened: a recording that cannot be read or a system that raises
is a failed row with its error, never a missing one. Rows stand in the order of the corpus,
however many workers there were and however often the run was interrupted.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeGuard, cast

from biasbench.audio import Audio
from biasbench.corpus import Corpus
from biasbench.errors import BiasbenchError, InsufficientDataError, OptionError
from biasbench.provenance import Provenance
from biasbench.runs.caution import CAUTION, caution
from biasbench.runs.engines import System, as_source, inline, processes
from biasbench.runs.folder import Run, RunFolder, open_folder, read_run
from biasbench.runs.functions import Function, FunctionSystem
from biasbench.runs.identity import Task, audio_stamp, run_facts, tasks
from biasbench.runs.rows import (
    Heard,
    events_table,
    from_transcripts,
    of_answer,
    of_error,
    scores_table,
    transcripts_table,
)
from biasbench.runs.transcripts import Given, Transcripts, given_transcripts
from biasbench.systems import (
    ASRSystem,
    Call,
    Reading,
    SystemInfo,
    ToneSystem,
    Transcript,
    load_system,
)
from biasbench.tables import SCORES, TRANSCRIPTS, UTTERANCES


def run(
    corpus: Corpus,
    system: ASRSystem | ToneSystem | Function | str,
    *,
    output: str | Path | None = None,
    workers: int = 1,
    language: str | None = None,
    overwrite: bool = False,
    progress: bool = True,
    transcripts: Transcripts | None = None,
) -> Run:
    """What the system says of every utterance of the corpus.

    `system` is a name for `load_system`, a loaded system, or any function from Audio to text
    (whose own code is compared with a folder's, but not what it calls). A recogniser fills the
    run's transcripts, a tone system its scores and events.

    `transcripts` is what a tone system reads besides the sound: a recogniser's run (or its
    folder), or 'reference', what people wrote. The scores are then those of the system "on" it:
    'tone:interact on reference'. An utterance whose transcript is lacking fails, and says why.

    The language of an utterance is its own `language`, else the corpus's, else `language`; the
    ones used are recorded with the options.

    With `output` the run is kept in that folder row by row. After a kill the same call listens
    only to what is missing; on a finished run it returns at once. Failed rows are kept like
    others; `overwrite=True` starts afresh. When an audio file has another size or time stamp
    than before, the sounds are compared by their SHA-256, and the utterances that changed (and
    those without a digest: failed ones, and all of a tone system's) are listened to again.

    `workers` processes hold one copy of the system each and share the cores.

    Raises OptionError, before anything is written, for a folder that holds something else or is
    in use, a system that cannot be sent to worker processes, and a `language` that no utterance
    would be listened to in, and transcripts that are lacking or that nothing would read.

    >>> import biasbench as bb, numpy as np, pandas as pd
    >>> corpus = Corpus(
    ...     pd.DataFrame({"utterance_id": ["a", "b"]}),
    ...     Provenance(),
    ...     Path(),
    ...     audio_in_memory={"a": bb.Audio(np.zeros(16_000, dtype=np.float32), 16_000)},
    ... )
    >>> heard = bb.run(corpus, lambda audio: f"{audio.seconds:.0f} s", progress=False)
    >>> heard.transcripts[["utterance_id", "status", "hypothesis"]]
      utterance_id  status hypothesis
    0            a      ok        1 s
    1            b  failed       None
    """
    if workers < 1:
        raise OptionError(f"workers is {workers}; at least 1 is needed")
    UTTERANCES.check(corpus.utterances, source="corpus")
    loaded = _system(system)
    given = _given(loaded, corpus, transcripts)
    todo = tasks(corpus, language, given)
    if language is not None and todo and all(task.language != language for task in todo):
        raise OptionError(
            f"language='{language}' would not be used: the corpus gives every utterance a "
            f"language of its own ('{todo[0].language}' for '{todo[0].utterance_id}'). Leave it "
            "out, or correct the corpus"
        )
    by_name = system if isinstance(system, str) else None
    facts = run_facts(loaded.info, corpus, todo, given)
    warning = caution(loaded.info, corpus)
    if warning:
        print(warning, file=sys.stderr)
        facts["caution"] = CAUTION
    chain = corpus.provenance
    if given is not None:
        chain = Provenance((*chain.steps, *(one for one in given.steps if one not in chain.steps)))
    job = _Job(
        corpus=corpus,
        system=loaded,
        name=facts["system_name"],
        source=as_source(loaded, by_name) if workers > 1 else None,
        tasks=todo,
        workers=workers,
        progress=progress,
        provenance=chain.then("run", facts),
    )
    if output is None:
        return _as_run(job, list(_heard(job, todo)))
    with open_folder(output) as folder:
        folder.refuse_another(job.provenance, overwrite=overwrite)
        return _run_in(folder, job)


def listen(system: System, corpus: Corpus, task: Task) -> Heard:
    """One utterance's row: the only place that catches everything, and it writes it down."""
    audio: Audio | None = None
    try:
        answer: Transcript | Reading
        if _is_recogniser(system):
            audio = corpus.audio(task.utterance_id)
            began = time.perf_counter()
            answer = system.transcribe(audio, language=task.language)
        else:
            scorer = cast(ToneSystem, system)
            if task.lacking is not None:
                raise InsufficientDataError(task.lacking)
            call = _call(scorer.info, corpus, task)
            audio = call.audio
            began = time.perf_counter()
            answer = scorer.score(call)
        seconds = time.perf_counter() - began
        return of_answer(answer, audio, task.utterance_id, seconds, task.seconds)
    except Exception as error:
        return of_error(error, audio, task.utterance_id, str(corpus.root))


def _call(info: SystemInfo, corpus: Corpus, task: Task) -> Call:
    """What a scorer is given: sound if it reads any, and the other side's where there is one."""
    audio = other = None
    if "audio" in info.reads or ("audio" in info.takes and corpus.has_audio):
        audio = corpus.audio(task.utterance_id)
        other = corpus.other_side(task.utterance_id)
    return Call(
        audio=audio,
        other=other,
        transcript=task.transcript,
        language=task.language,
        seconds=audio.seconds if audio else task.seconds,
        name=task.utterance_id,
    )


def _given(system: System, corpus: Corpus, transcripts: Transcripts | None) -> Given | None:
    """What the system is to read; raises OptionError where it cannot be or is not needed."""
    info = system.info
    reads = not _is_recogniser(system) and "transcript" in (*info.reads, *info.takes)
    if transcripts is None:
        if "transcript" in info.reads:
            raise OptionError(
                f"{info.name} reads transcripts, and none were given: transcripts= "
                "(--transcripts) takes a recogniser's run, or 'reference'"
            )
        return None
    if not reads:
        raise OptionError(f"transcripts were given, and {info.name} reads none. Leave them out")
    return given_transcripts(transcripts, corpus)


@dataclass(frozen=True)
class _Job:
    """What is to be done, settled before anything is written."""

    corpus: Corpus
    system: System
    name: str  # under which its rows stand
    source: str | bytes | None  # what worker processes make the system from
    tasks: Sequence[Task]
    workers: int
    progress: bool
    provenance: Provenance


def _system(system: ASRSystem | ToneSystem | Function | str) -> System:
    if isinstance(system, str):
        return load_system(system)
    if isinstance(system, type):
        raise OptionError(f"system is the class {system.__name__}; give an object of it")
    if isinstance(system, ASRSystem | ToneSystem):
        return system
    if callable(system):
        return FunctionSystem(system)
    raise OptionError(
        f"system is {system!r}; give a name such as 'asr:faster-whisper/tiny.en', an object with "
        "info and transcribe or score, or a function from Audio to text"
    )


def _run_in(folder: RunFolder, job: _Job) -> Run:
    stamp = audio_stamp(job.corpus)
    card = {
        "n_utterances": len(job.tasks),
        "audio_stamp": stamp,
        "provenance": job.provenance.to_dict(),
    }
    there = folder.card or {}
    is_untouched = there.get("audio_stamp") == stamp
    if folder.is_done and is_untouched:
        finished = replace(read_run(folder.path), provenance=job.provenance)
        if there["provenance"] != card["provenance"]:  # a label of the corpus was corrected
            folder.finish(finished, card)
        return finished
    recorded = _recorded(folder)
    known = {
        heard.utterance_id: heard
        for heard in recorded
        if is_untouched or _sounds_the_same(job.corpus, heard)
    }
    if job.progress and len(known) < len(recorded):
        n_again = len(recorded) - len(known)
        print(
            f"{folder.path}: audio files were touched; listening again to {n_again} utterances",
            file=sys.stderr,
        )
    folder.begin(card, list(known.values()))
    todo = [task for task in job.tasks if task.utterance_id not in known]
    for heard in _heard(job, todo):
        folder.append(heard)
        known[heard.utterance_id] = heard
    finished = _as_run(job, list(known.values()))
    folder.finish(finished, card)
    return finished


def _recorded(folder: RunFolder) -> list[Heard]:
    if folder.card is None:
        return []
    return (
        from_transcripts(read_run(folder.path).transcripts) if folder.is_done else folder.journal()
    )


def _sounds_the_same(corpus: Corpus, heard: Heard) -> bool:
    if heard.audio_sha256 is None:
        return False
    try:
        return corpus.audio(heard.utterance_id).sha256() == heard.audio_sha256
    except (BiasbenchError, OSError):
        return False  # it is listened to again, and fails with its error in its row


def _heard(job: _Job, todo: Sequence[Task]) -> Iterator[Heard]:
    """The row of every task as it is ready, with a progress bar on stderr."""
    from tqdm import tqdm  # tqdm.auto warns in every notebook that lacks ipywidgets

    if job.source is None:
        rows = inline(listen, job.system, job.corpus, todo)
    else:
        info = job.system.info
        rows = processes(listen, job.source, info, job.corpus, todo, job.workers)
    n_failed = 0
    with tqdm(
        desc=job.name,
        total=len(job.tasks),
        initial=len(job.tasks) - len(todo),
        unit="utterance",
        disable=not job.progress,
        file=sys.stderr,
    ) as bar:
        for heard in rows:
            yield heard
            n_failed += heard.status == "failed"
            if n_failed:
                bar.set_postfix(failed=n_failed, refresh=False)
            bar.update()


def _as_run(job: _Job, heard: Sequence[Heard]) -> Run:
    """The run's tables in the order of the corpus, in whatever order the rows came."""
    row_of = {one.utterance_id: one for one in heard}
    ordered = [row_of[task.utterance_id] for task in job.tasks]
    if _is_recogniser(job.system):
        return Run(transcripts_table(ordered, job.name), SCORES.empty(), job.provenance)
    scores = scores_table(ordered, job.name, job.system.info.modality)
    return Run(TRANSCRIPTS.empty(), scores, job.provenance, events_table(ordered, job.name))


def _is_recogniser(system: System) -> TypeGuard[ASRSystem]:
    # isinstance() with a Protocol would read `info` for every utterance
    return hasattr(system, "transcribe")
