"""Why a download stopped, in a few words: the exceptions of requests and urllib3 wrap the reason several deep."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit

import requests
from urllib3 import exceptions as urllib3_errors

_UNREACHABLE = (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN)


class Interrupted(Exception):
    """An attempt to download ended early.

    Attributes:
        may_pass: whether another attempt may do better.
    """

    def __init__(self, reason: str, may_pass: bool = True):
        super().__init__(reason)
        self.may_pass = may_pass


def shown(url: str) -> str:
    """`url` without user name and password, for messages and records."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def interrupted(error: Exception, timeout_s: tuple[float, float]) -> Interrupted:
    """The reason behind an exception of requests or urllib3; `timeout_s` is for connecting and for each read."""
    causes = list(_causes(error))

    def has(*kinds: type[BaseException]) -> bool:
        return any(isinstance(cause, kinds) for cause in causes)

    if has(requests.exceptions.ProxyError, urllib3_errors.ProxyError):
        return Interrupted("the proxy that the environment names (HTTPS_PROXY, HTTP_PROXY) did not let it through")
    if has(socket.gaierror, urllib3_errors.NameResolutionError):
        return Interrupted("the server's name cannot be resolved (is there a network?)")
    if has(ConnectionRefusedError):
        return Interrupted("the server refused the connection")
    if any(isinstance(cause, OSError) and cause.errno in _UNREACHABLE for cause in causes):
        return Interrupted("the network is unreachable")
    if has(urllib3_errors.ReadTimeoutError, requests.exceptions.ReadTimeout):
        return Interrupted(f"the server sent nothing for {timeout_s[1]:g} s")
    if has(urllib3_errors.TimeoutError, requests.exceptions.Timeout, TimeoutError):
        return Interrupted(f"no connection within {timeout_s[0]:g} s")
    if has(requests.exceptions.SSLError, urllib3_errors.SSLError):
        return Interrupted("the server's certificate was not accepted (own authority: REQUESTS_CA_BUNDLE)", False)
    if has(requests.exceptions.InvalidURL, requests.exceptions.TooManyRedirects, urllib3_errors.LocationParseError):
        return Interrupted(f"not a usable address ({type(error).__name__})", False)
    if has(urllib3_errors.ProtocolError, ConnectionError):
        return Interrupted("the connection was cut")
    return Interrupted(f"the request failed ({type(error).__name__})")


def _causes(error: BaseException) -> Iterator[BaseException]:
    """`error`, what it was raised from and what it carries, each once."""
    waiting: list[object] = [error]
    seen: set[int] = set()
    while waiting:
        cause = waiting.pop()
        if not isinstance(cause, BaseException) or id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        waiting += [cause.__cause__, cause.__context__, getattr(cause, "reason", None), *cause.args]
