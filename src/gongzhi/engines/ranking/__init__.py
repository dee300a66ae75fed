"""Fair ranking of units, never of persons: shrinkage, standards, intervals of values and ranks, sheets, what-if.

`rankings.rank` ranks one figure of many units, `composites.compose` a sheet of several lines, `changes.what_if` says
who moves; `standards` makes hard and easy mixes comparable beforehand. docs/explanation/ranking.md says how and why.
"""
