"""Publications: what is made public, checked before, corrected openly, and taken down when its time is over.

Legal basis: 个人信息保护法 25, 民法典 1025–1028 (no person without separate consent; verification, correction and
removal), 政府信息公开条例 and 村民委员会组织法 30–31 where a pack names them.
Words: 公开 Publication (a notice, a ledger page, an answer, an exposure), 审核 Review, 更正 Correction, 回应 Reply.
"""
