"""Participatory budgets: projects with costs, ballots, one budget; which projects win, who paid, why the others lost.

`elections` holds what was voted on, `pabulib` reads and writes `.pb` files, `rules` says what is counted and how ties
are settled, `greedy`, `equal_shares`, `completions` and `phragmen` are the rules, `outcomes` what comes out, `tallies`
is the way in: `tally(election, rule)`. Whole numbers and fractions decide, never a float; ballots are added together
where they are equal, their order never matters. How and why: docs/explanation/budgets.md.
"""
