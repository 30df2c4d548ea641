"""What ``dashboard`` starts, and that it ends with it."""

import signal

import pytest

from tests.services.command import Installed
from tests.services.dashboard import served


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_dashboard_answers_on_its_port_until_it_is_told_to_end(
    filled: Installed, how: signal.Signals
) -> None:
    with served(filled.home) as dashboard:
        dashboard.process.send_signal(how)
        assert dashboard.process.wait(timeout=60) == 0
        assert not dashboard.answers
