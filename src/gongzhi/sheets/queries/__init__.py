"""Reads of this room, by story."""
