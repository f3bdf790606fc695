"""Planted worlds through the whole chain: is the gap found that is there, and none that is not?

    python -m benchmarks.planted                       400 worlds a cell, two processes
    python -m benchmarks.planted --worlds 40 --only "gap, 30"

A *world* (biasbench.corpora.planted) has people of two groups who behave alike by construction, and
a recogniser whose error rate has another mean for group 'a' (planted: gap) or the same (none). Its
measures go through every link from word errors to the bonus, each asked of the package's own
functions for 'a' against the rest. The truth of a link is a plain sum over worlds so large that its
own error does not matter; nothing planted, it is 0. A world's seed is made of the run's seed and
the names of its cell, so that a cell alone gives the figures of the full run.

    cells        what is planted, how many people, the scale
    measuring    from calls to measures: by the verbs, and without their tables
    links        every link, asked of the package; the control, which takes calls for people
    truth        the same by plain sums over very many people
    study        worlds, one after the other
    counts       what is counted over worlds
    acceptance   the bands that must hold
    page         the table and the page
"""
