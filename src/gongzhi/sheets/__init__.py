"""Sheets: figures with numerator, denominator, exclusions and rows, and weighted sheets of them.

Words: 指标 Indicator (a question as data), 评分表 Sheet (weighted indicators with evidence, frozen when used).
"""
