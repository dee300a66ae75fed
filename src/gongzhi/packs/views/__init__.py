"""Pages of packs: what the instance runs on, and the law of a place and a day."""
