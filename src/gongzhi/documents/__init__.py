"""Documents: photos and what they prove.

Legal basis: 个人信息保护法 6, 19, 28, 51 (no more than needed, place and time taken out, sealed, erasable).
Words: 影像 Media (one stored picture), 佐证 Evidence (a Media that belongs to a case, an order, an acceptance).
What may be uploaded, and what becomes of it, is docs/reference/uploads.md.
"""
