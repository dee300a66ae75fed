"""The trail: who did what, as what, why, and who saw what; sealed into a hash chain; the links of the closed loop.

Basis: 个人信息保护法 51, 54 (records of processing), 信访工作条例 30 (who saw a reporter). Words: Entry 留痕,
Seal 封存, Access 查看记录, Link 关联. Rows are append-only by trigger and hold references and codes, never
personal values. Beside it: RequestKey 请求凭据 and RateWindow 限流窗口 for every public write.
"""
