"""What something unmeasured would have to be like to make the gap."""

from biasbench.explain.sensitivity.sensitivity import (
    EValue,
    RosenbaumBounds,
    e_value,
    e_value_of,
    rosenbaum_bounds,
)

__all__ = ["EValue", "RosenbaumBounds", "e_value", "e_value_of", "rosenbaum_bounds"]
