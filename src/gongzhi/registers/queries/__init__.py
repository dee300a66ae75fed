"""Reads of the room, by story."""
