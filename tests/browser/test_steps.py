"""The steps of the other tests: what they wait for, on a machine that is slow to answer."""

from __future__ import annotations

import os
import signal
import threading

from tests.browser import steps


def test_a_page_is_finished_when_a_slow_server_has_answered(app, open_page):
    page = open_page("/")
    before = steps.title(page)
    os.killpg(app.pid, signal.SIGSTOP)
    later = threading.Timer(4, os.killpg, (app.pid, signal.SIGCONT))
    page.get_by_role("link", name="Targets").click()
    later.start()
    steps.settled(page)
    title = steps.title(page)
    later.join()
    assert title != before
    assert "target reached" in title
