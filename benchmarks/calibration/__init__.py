"""Every claim of docs/statistics.md measured again on simulated studies.

    python -m benchmarks.calibration                        4,000 studies a cell, two processes
    python -m benchmarks.calibration --studies 300 --only "stress"

A *cell* is one method (or family of figures) under one scenario. Its studies come from a stream
seeded by the scenario's name and its random draws from one seeded by its own, so that a cell
alone gives the figures of the full run, and every method sees the same studies. Writes
benchmarks/calibration.csv and benchmarks/calibration.md when every cell has run at full size.

    scenarios     who speaks: how many, how unlike, how unevenly
    intervals     coverage and false alarms of each method of comparison
    models        GEE and mixed models that others fit
    rules         four-fifths and two standard deviations on the point estimate
    families      several groups at once
    swaps         a model replaced by another, at the margin
    planning      the power formula beside simulated power
    agreement     CR3 beside statsmodels, `glmm` beside lme4 and glmmTMB, same seed same figures
    published     what an independent simulation found, and the bands that must hold
    page          the table and the page
"""
