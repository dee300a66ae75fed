"""Pages: the public site of a community, one item, and the desk where items are written and released."""
