"""How much may be pushed, how fast, and how long an answer is remembered."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class PushSettings(BaseModel):
    """Bounds of what is pushed. Whoever comes up against one is told which."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    max_body_bytes: int = Field(16 << 20, ge=1, description="bytes of one body as it is sent")
    max_content_bytes: int = Field(64 << 20, ge=1, description="bytes of one body once decompressed")
    max_ratio: float = Field(
        200.0, gt=1, description="how many times its size a body of more than 1 MiB may grow to"
    )
    max_rows: int = Field(100_000, ge=1, description="records of one body")
    body_seconds: float = Field(60.0, gt=0, description="time in which a body must have arrived")
    waiting_pushes: int = Field(500, ge=1, description="pushes under way at one time; more are answered 503")
    waiting_bytes: int = Field(
        256 << 20, ge=1, description="bytes of all pushes under way; what goes beyond is answered 503"
    )
    pushes_per_second: float = Field(
        5.0, gt=0, description="pushes of one token in the long run; more are answered 429"
    )
    burst: int = Field(50, ge=1, description="pushes that one token may send at once after a rest")
    wrong_tokens_per_minute: float = Field(
        30.0, gt=0, description="wrong tokens from one address that are answered 401; more are answered 429"
    )
    remember_hours: float = Field(24.0, gt=0, le=720, description="how long the answer to a push is kept")
    remember_bytes: int = Field(
        64 << 20, ge=1, description="bytes of the answers that are kept of one token; the oldest go first"
    )
    refresh_seconds: float = Field(
        10.0, ge=0, description="time between two computations of the indicators after pushes"
    )
