"""The page before the page."""

from __future__ import annotations

import http.client
import resource

import pytest

from bot.demo.errors import PortTakenError, PortUnusableError
from bot.demo.holding import HoldingPage
from tests.demo.driver import free_port


def test_the_page_says_that_it_is_getting_ready_in_both_languages() -> None:
    with HoldingPage(free_port()) as holding:
        connection = http.client.HTTPConnection("127.0.0.1", holding.port, timeout=10)
        connection.request("GET", "/")
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
    assert answer.status == 503
    assert "getting ready" in text
    assert "正在准备" in text


def test_a_port_in_use_is_refused_or_replaced_by_a_free_one() -> None:
    with HoldingPage(free_port()) as first:
        with pytest.raises(PortTakenError, match=f"Port {first.port} is in use. .*--port"):
            HoldingPage(first.port)
        with HoldingPage(first.port, or_any=True) as second:
            assert second.port != first.port


def test_the_port_is_free_again_when_the_page_is_closed_and_closing_twice_does_no_harm() -> None:
    holding = HoldingPage(free_port())
    holding.close()
    holding.close()
    HoldingPage(holding.port).close()


def test_a_port_that_cannot_be_taken_for_another_reason_is_told_with_it() -> None:
    port, (soft, hard) = free_port(), resource.getrlimit(resource.RLIMIT_NOFILE)
    # Whoever runs the tests may be allowed every port, but nobody opens a socket beyond this.
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, hard))
    try:
        with pytest.raises(PortUnusableError, match=rf"Port {port} cannot be used: Too many open files\. .*--port"):
            HoldingPage(port)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
