"""网页 web: the shell of every page, home pages that join rooms, assets. It reads through the rooms' queries
and writes through their actions; it holds no table of its own.

Words: 大字 elder mode (two levels, remembered), 分拨台 desk, 等您点一下 what waits for this person.
"""
