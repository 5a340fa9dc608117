"""What the intake is measured against: the same body in a plain FastAPI app, validated only, or with two inserts."""

import os
from typing import Any
from uuid import UUID, uuid4

import uvicorn
from fastapi import FastAPI, Response
from pydantic import BaseModel
from sqlalchemy import Column, MetaData, Table, Text, Uuid, insert
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine


class Answer(BaseModel):
    question: str
    serviceId: UUID | None = None
    value: int | float | bool | str | list[str] | None = None
    notApplicable: bool = False


class Answers(BaseModel):
    language: str
    answers: list[Answer]


METADATA = MetaData()
USED = Table("plain_used", METADATA, Column("token", Text, primary_key=True))
RESPONSES = Table("plain_responses", METADATA, Column("id", Uuid, primary_key=True), Column("body", JSONB))


def validate_only() -> FastAPI:
    app = FastAPI()

    @app.put("/v1/respond/{token}", status_code=204)
    async def respond(token: str, body: Answers) -> Response:
        return Response(status_code=204)

    return app


def two_inserts() -> FastAPI:
    app = FastAPI()
    engine = create_async_engine(os.environ["PLAIN_DATABASE_URL"], pool_size=16, max_overflow=0)
    sessions = async_sessionmaker(engine)

    @app.put("/v1/respond/{token}", status_code=204)
    async def respond(token: str, body: Answers) -> Response:
        row: dict[str, Any] = {"id": uuid4(), "body": body.model_dump(mode="json")}
        async with sessions() as session, session.begin():
            await session.execute(insert(USED), {"token": token})
            await session.execute(insert(RESPONSES), row)
        return Response(status_code=204)

    return app


if __name__ == "__main__":
    make = {"validate-only": validate_only, "two-inserts": two_inserts}[os.environ["PLAIN_APP"]]
    uvicorn.run(make(), host="127.0.0.1", port=int(os.environ["PLAIN_PORT"]), loop="uvloop", http="httptools",
                log_config=None, access_log=False)  # fmt: skip
