"""模式包 Pack: the only home of numbers, names and rules that a law, a city or a community may change.

Kinds: 规则包 law, 模式 model (GovernanceModel), 工作日历 calendar (WorkCalendar), 表单 form. A pack is a TOML
text with its source, version, effective dates and confidence (L statute, P page, S source document, M memory,
D product choice). Once loaded its text never changes: another text needs another version. Packs also hold the
vocabulary of 面 Facets (城中村, 安置小区, 家属院, 园区, computed 三无).
"""
