"""What the room decides without a database, by story."""
