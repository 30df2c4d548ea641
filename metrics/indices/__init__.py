"""Official indices as their authorities published them, each on the scale of its version.

Recorded, never computed: nothing of ours carries the name of one. Heads of region are not
ranked, so their index is none of these.
"""

from metrics.indices.published import Agreement, IndexValue, agreement, index_values, stretches
from metrics.indices.scales import Band, Scale, Scales, official_scales

__all__ = [
    "Agreement",
    "Band",
    "IndexValue",
    "Scale",
    "Scales",
    "agreement",
    "index_values",
    "official_scales",
    "stretches",
]
