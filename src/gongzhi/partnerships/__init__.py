"""协议 Agreement, Party, AgreementLine, Asset: who promised what to whom until when, and what came of it.

Words: 协议 Agreement, 一方 Party, 条款 AgreementLine, 条款记录 LineEvent, 场地和资产 Asset. Its kinds are packs
(结对, 驻区, 共建, 包保, 十联, 场地无偿使用, 委托服务 …). What was recorded on a line stays as it was written.
"""
