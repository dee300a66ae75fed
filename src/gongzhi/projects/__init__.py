"""项目 Problem, Project: one named problem at a place, one project; money, steps, acceptance, a closing account.

Legal basis: 村民委员会组织法 24, 30 (works of public benefit are discussed and made public), 城市居民委员会组织法 4;
the guide, the gates and the figures of each kind of project are packs (`packs/data/projects`).
Words: 问题 Problem, 项目 Project, 经费 FundingLine, 里程碑 Milestone, 验收 Acceptance; what happened is ProjectEvent,
append-only. The money itself lies in `ledger`: a project closes when its lines and those entries are the same.
"""
