"""Where the listening happens: in this process, or in several with one system each.

A worker that is killed breaks its whole pool. The pool is then rebuilt and only the utterances
that were under way are given again, one at a time: the one that breaks the pool a second time,
alone, is the culprit and becomes a failed row; the others lose nothing.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import replace
from functools import cache

from biasbench.corpus import Corpus
from biasbench.errors import OptionError
from biasbench.provenance import Provenance
from biasbench.runs.identity import Task
from biasbench.runs.rows import Heard, of_error
from biasbench.systems import ASRSystem, SystemInfo, ToneSystem, load_system

System = ASRSystem | ToneSystem
Listen = Callable[[System, Corpus, Task], Heard]

#: Utterances given out at a time, per worker: one under way and one waiting.
_IN_HAND = 2


def inline(
    listen: Listen, system: System, corpus: Corpus, tasks: Sequence[Task]
) -> Iterator[Heard]:
    """Each task's row, one after the other, in this process."""
    for task in tasks:
        yield listen(system, corpus, task)


def processes(
    listen: Listen,
    source: str | bytes,
    info: SystemInfo,
    corpus: Corpus,
    tasks: Sequence[Task],
    workers: int,
) -> Iterator[Heard]:
    """Each task's row, as they are ready, from `workers` processes with one system each.

    `source` is the system's name or its pickle (`as_source`). Raises OptionError if the workers
    cannot start.
    """
    waiting, suspects = deque(tasks), deque[Task]()
    one_each = _one_utterance_corpora(corpus)
    while waiting or suspects:
        under_way: dict[Future[Heard], Task] = {}
        alone = False
        with _pool(source, info, workers) as pool:
            try:
                while waiting or suspects or under_way:
                    alone = bool(suspects) or (alone and bool(under_way))
                    queue = suspects or waiting
                    room = 1 if alone else _IN_HAND * workers
                    while queue and len(under_way) < room:
                        task = queue[0]
                        given = one_each(task.utterance_id)
                        future = pool.submit(_in_worker, listen, given, task)
                        under_way[future] = queue.popleft()
                    finished, _ = wait(under_way, return_when=FIRST_COMPLETED)
                    for future in finished:
                        heard = future.result()
                        del under_way[future]
                        yield heard
            except BrokenProcessPool:
                wait(under_way)
        for future, task in under_way.items():
            if not isinstance(future.exception(), BrokenProcessPool):
                yield future.result()
            elif alone:
                yield of_error(_DIED, None, task.utterance_id, str(corpus.root))
            else:
                suspects.append(task)


_DIED = BrokenProcessPool(
    "the worker process died twice on this utterance (killed, out of memory, or a crash in the "
    "system's own code)"
)


def as_source(system: System, name: str | None) -> str | bytes:
    """What a worker makes the system from: its name, or its pickle when there is no name.

    Raises OptionError for a system that cannot be pickled.
    """
    if name is not None:
        return name
    try:
        return pickle.dumps(system)
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        raise OptionError(
            f"system '{system.info.name}' cannot be sent to worker processes ({error}). Use "
            "workers=1, or give the system by name, e.g. 'asr:faster-whisper/tiny.en'"
        ) from error


def _one_utterance_corpora(corpus: Corpus) -> Callable[[str], Corpus]:
    """A function from an utterance id to the corpus of it alone: what travels to a worker."""
    row_of = {
        utterance_id: row for row, utterance_id in enumerate(corpus.utterances["utterance_id"])
    }

    def one(utterance_id: str) -> Corpus:
        row = row_of[utterance_id]
        memory = corpus.audio_in_memory
        return replace(
            corpus,
            utterances=corpus.utterances.iloc[row : row + 1].reset_index(drop=True),
            provenance=Provenance(),
            card={},
            hypotheses={},
            audio_in_memory={utterance_id: memory[utterance_id]} if utterance_id in memory else {},
        )

    return one


@contextmanager
def _pool(source: str | bytes, info: SystemInfo, workers: int) -> Iterator[ProcessPoolExecutor]:
    """Workers that have loaded the system; closed, without waiting for the queue, at the end."""
    threads = max(1, _cores() // workers)
    pool = ProcessPoolExecutor(
        workers,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_start_worker,
        initargs=(source, threads),
    )
    try:
        try:
            loaded = pool.submit(_worker_info).result()
        except BrokenProcessPool as error:
            raise OptionError(
                f"workers={workers}: the worker processes died before they had loaded "
                f"'{info.name}'. In a script, call run() under `if __name__ == \"__main__\":`; "
                "otherwise use workers=1"
            ) from error
        if loaded != info:
            raise OptionError(
                f"system '{info.name}' loads differently in a worker process: {loaded} there, "
                f"{info} here. Use workers=1"
            )
        yield pool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


# ── In a worker process ────────────────────────────────────────────────────────────────────────

_SOURCE: list[str | bytes] = []


def _start_worker(source: str | bytes, threads: int) -> None:
    _SOURCE[:] = [source]
    # Before the system is loaded: its libraries read these when they are imported.
    os.environ.setdefault("OMP_NUM_THREADS", str(threads))
    os.environ.setdefault("BIASBENCH_CPU_THREADS", str(threads))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    threading.Thread(target=_die_with_parent, daemon=True).start()


def _die_with_parent() -> None:
    # A killed parent cannot end its workers, and they would wait for work for ever.
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@cache
def _worker_system() -> System:
    source = _SOURCE[0]
    if isinstance(source, str):
        return load_system(source)
    try:
        system: System = pickle.loads(source)
    except (AttributeError, ImportError) as error:
        raise OptionError(
            f"the system cannot be found in a worker process ({error}). Define it in a module "
            "that can be imported, or use workers=1"
        ) from error
    return system


def _worker_info() -> SystemInfo:
    return _worker_system().info


def _in_worker(listen: Listen, corpus: Corpus, task: Task) -> Heard:
    return listen(_worker_system(), corpus, task)
