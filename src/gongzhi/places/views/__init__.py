"""Pages of places: the tree, changes of one place, changes of boundaries and sizes of grids."""
