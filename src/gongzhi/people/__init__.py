"""Persons, organizations, posts and mandates; the vault for personal values; who may act, as what, where.

Basis: 个人信息保护法 5–10, 13–17, 44–51; 民法典 1032–1039. Words: Person 人, Organization 组织,
Relation 关系, Post 职位, Mandate 任职, ConsentRecord 同意. Every permission comes from a mandate, nothing from a flag.
"""
