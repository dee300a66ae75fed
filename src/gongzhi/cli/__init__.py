"""The commands of `./gongzhi`: one file per verb in `verbs/`, the embedded PostgreSQL in `postgres/`."""
