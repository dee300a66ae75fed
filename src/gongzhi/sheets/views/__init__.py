"""Pages of this room, by story."""
