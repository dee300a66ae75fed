"""What every room may use: errors, the actor, time, ids, paging, text, sealing. No tables, no workflow."""
