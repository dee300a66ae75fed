"""Pages: spaces, one message, the desk of who looks after them."""
