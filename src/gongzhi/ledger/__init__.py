"""账本 Account, Entry: double entry in any unit, append-only; what a fund got, what it paid, who looked twice.

Legal basis: 民法典 281, 282 (maintenance fund, income of common parts), 慈善法 22, 26, 27, 79, 124 (no fund-raising
here), 村民委员会组织法 30, 37 (accounts published, whoever delegates pays).
Words: 账本 Fund, 账户 Account, 分录 LedgerEntry with its lines (Posting), 审批 Approval, 会计期间 BookPeriod. The
database balances every entry, keeps it as it was written, and lets no account go below its floor.
"""
