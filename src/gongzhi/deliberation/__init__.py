"""程序 Procedure: lawful stepwise ways to a decision, and the resolutions (决议) that come out of them.

Which steps there are, who acts, how many days and how many votes stands in packs (四议两公开一监督, 民法典 278 …);
`engines.procedure` replays what was recorded and says what may come next. Nothing is skipped or backdated here.
"""
