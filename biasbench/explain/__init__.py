"""Explain: what else than the group could make the gap, each computed and none waved at.

Everything takes the measures table that `assess` took, and the same question (`by`, `group`,
`against`); every figure can be had alone, from arrays.
"""
