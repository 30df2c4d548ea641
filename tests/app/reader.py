"""A reader of the dashboard in Streamlit's own test runner: opens pages, sees what they say."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import ElementList

from app.main import PAGES
from tests.services.command import Installed

MAIN = Path(__file__).parents[2] / "app" / "main.py"
TAG = re.compile(r"<(?:style|script).*?</(?:style|script)>|<[^>]*>", re.DOTALL)
HEADING = re.compile(r"<h1>(.*?)</h1>", re.DOTALL)


@dataclass
class Reader:
    """A tab of the dashboard. ``open`` may be called again and again."""

    test: AppTest

    @classmethod
    def of(cls, installed: Installed) -> Reader:
        """Return a tab on an installation, which must be the one that PANTAU_HOME names."""
        del installed
        return cls(AppTest.from_file(MAIN, default_timeout=120).run())

    def open(self, page: str, /, **query: str) -> Reader:
        """Open a page with a state in its address."""
        assert page in PAGES, page
        self.test.switch_page(f"views/{page}.py")
        self.test.query_params = dict(query)
        self.test.run()
        return self

    @property
    def failures(self) -> list[str]:
        return [f"{element.message}\n{element.stack_trace}" for element in self.test.exception]

    @property
    def markup(self) -> list[str]:
        """Every piece of HTML that a page puts together by hand, without the style sheet."""
        bodies = (element.proto.body for element in self.test.get("html"))
        return [body for body in bodies if not body.startswith(("<style>", "<script>"))]

    @property
    def heading(self) -> str:
        """The page's one heading of the first level."""
        (found,) = (unescape(title) for body in self.markup for title in HEADING.findall(body))
        return found

    @property
    def words(self) -> str:
        """All that the page says, charts left out."""
        said = [unescape(TAG.sub(" ", body)) for body in self.markup]
        said += [str(element.value) for elements in self._plain for element in elements]
        said += [element.label for element in (*self.test.expander, *self.test.selectbox)]
        said += [word for rows in self.tables for row in rows for cell in row.items() for word in cell]
        return "\n".join(" ".join(part.split()) for part in said)

    @property
    def _plain(self) -> list[ElementList[Any]]:
        at = self.test
        return [
            at.markdown,
            at.caption,
            at.subheader,
            at.title,
            at.header,
            at.info,
            at.warning,
            at.error,
            at.code,
        ]

    @property
    def charts(self) -> int:
        return len(self.test.get("plotly_chart"))

    @property
    def tables(self) -> list[list[dict[str, str]]]:
        """Every table of data, as its rows."""
        return [
            [{str(key): str(cell) for key, cell in row.items()} for row in table.value.to_dict("records")]
            for table in self.test.dataframe
        ]

    def table(self, *headings: str) -> list[dict[str, str]]:
        """The one table that has these headings and no others."""
        (found,) = (rows for rows in self.tables if rows and rows[0].keys() == set(headings))
        return found


def opened(home: Path, monkeypatch: pytest.MonkeyPatch) -> Reader:
    """A tab on an installation, which becomes the one that PANTAU_HOME names."""
    monkeypatch.setenv("PANTAU_HOME", str(home))
    monkeypatch.delenv("PANTAU_STORE_URL", raising=False)
    return Reader.of(Installed(home))
