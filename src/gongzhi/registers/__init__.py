"""Registers: who lives or owns where, and facts entered once.

Legal basis: 个人信息保护法 5–10, 13–17, 28–32; 民法典 220, 271–287; 建筑物区分所有权解释 1, 8, 9.
Words: 住户身份 Tenure, 事实 Fact, 表单 Form (a query over facts), 采集任务 CollectionTask.
"""
