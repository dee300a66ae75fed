"""Duties: who must do what how often, and what shows that it was done.

Legal basis: the packs that bring the rules quote theirs (村民委员会组织法, 城市居民委员会组织法, orders of the model).
Words: 职责周期 Duty (one thing due once, made from a rule of a pack; due, overdue or dormant; any room's evidence
fulfils it).
"""
