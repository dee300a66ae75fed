"""Pages: what to sign up for, the leader's day, one's own record, checking a certificate."""
