"""线上社区 the neighbourhood space: what verified neighbours write to one another, who takes it down and why, appeals.

Office notices are publications; what neighbours write is a Message (docs/decisions/0030). Whoever publishes what users
write must look after it (网络安全法 47): the words of a hidden message are kept for a while, with the reason and who.
"""
