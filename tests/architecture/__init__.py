"""Tests that forbid mistakes. Each message says what to do instead."""
