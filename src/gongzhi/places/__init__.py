"""Places (地点): regions, grids, buildings, dwellings and venues as one dated tree.

What a place is called, what it lies in, where it is and how large it is; never who lives there.
Region codes follow the statistical division (统计用区划代码, 12 digits, written here without the padding
zeros) and, where it differs, the civil-affairs code (民政代码) is kept beside it.
Words: 行政区划 region, 网格 grid, 楼栋 building, 房屋 dwelling, 场地 venue, 三无小区 a compound without
property service, without a responsible unit and without security.
"""
