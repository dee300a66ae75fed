"""表决 Roll, Vote, Ballot: a frozen electorate, one vote for each entitlement whatever the origin, an exact result.

Legal basis: 民法典 278 (owners: heads and area) and 1259 (以上), 村民委员会组织法 14, 15, 22 (rolls, papers, quorum).
Recorded votes name the entitlement; secret ones are papers that nothing joins to anybody. The count is the engines'
(`engines.voting`), the record is one file that anybody recounts (docs/reference/records.md).
"""
