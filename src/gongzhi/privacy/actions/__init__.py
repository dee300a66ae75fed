"""The only writes of this room, by story: the register, rights, exports, breaches, retention."""
