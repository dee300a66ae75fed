"""Pages about people: one's own account, and organizations with their posts."""
