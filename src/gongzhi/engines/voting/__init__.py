"""Counting votes exactly: what a rule says, which ballots stand, who is elected, what passes.

`rules` holds the parameters of one vote (from a law pack), `ballots` decides which ballot stands for an entitlement
and what it says, `tallies` counts, `elections` fills seats, states ties and names who goes into the next round,
`reviews` looks at grades over the years. Whole numbers and fractions only; the order of ballots never matters
except where a rule says that the first stands. How and why: docs/explanation/counting.md.
"""
