"""Runs: what a system said of every utterance of a corpus, one row each, whatever happened.

execute listens, engines spread the work over processes, folder keeps it on disk so that a kill
costs nothing, rows turns answers into tables, imports reads what a deployed system exported, and
own is the corpus that an import brings with it.
"""

from biasbench.runs.execute import run
from biasbench.runs.folder import Run, read_run
from biasbench.runs.imports import import_export
from biasbench.runs.own import agents_side, corpus_of, is_import

__all__ = ["Run", "agents_side", "corpus_of", "import_export", "is_import", "read_run", "run"]
