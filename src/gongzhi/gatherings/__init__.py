"""聚会 Gathering: whatever people come together for, and what comes out of it.

A council's session, a joint conference, a monthly meeting that moves work on, a talk, a hearing. Called with notice,
attended by members (who vote) and observers (who speak: 村民委员会组织法 第22条), decided item by item, closed with
minutes; what was decided becomes work orders, and the next meeting of the series opens with them.
"""
