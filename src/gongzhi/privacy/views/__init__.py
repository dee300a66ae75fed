"""Pages by story: the register, one's own, requests, exports, breaches, retention."""
