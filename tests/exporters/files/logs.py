"""Lines of an access log for the tests."""

from __future__ import annotations


def line(second: int, status: int = 200, rest: str = '"https://example.org/?q=1" "Mozilla/5.0"') -> str:
    """A line of the combined format, that many seconds into the first hours of 2025."""
    clock = f"01/Jan/2025:{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d} +0000"
    return f'203.0.113.77 - siti.aminah [{clock}] "GET /izin?nik=3273 HTTP/1.1" {status} 512 {rest}'.strip()
