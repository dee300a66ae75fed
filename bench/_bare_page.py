"""The peer of `bench list`: Starlette and asyncpg, nothing else. Arguments: port, file with the statements."""

import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

_STATEMENTS = json.loads(Path(sys.argv[2]).read_text())


@asynccontextmanager
async def _pool(app: Starlette) -> AsyncIterator[None]:
    async with asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=8, max_size=8) as pool:
        app.state.pool = pool
        yield


async def _page(request: Request) -> Response:
    async with request.app.state.pool.acquire() as connection:
        for statement in _STATEMENTS:
            rows = await connection.fetch(statement)
    return Response(f'{{"items":{rows[0][0]},"next_cursor":{json.dumps(rows[0][1])}}}', media_type="application/json")


if __name__ == "__main__":
    app = Starlette(routes=[Route("/", _page)], lifespan=_pool)
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="error", access_log=False)
