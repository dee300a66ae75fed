"""Pages of the room, by story."""
