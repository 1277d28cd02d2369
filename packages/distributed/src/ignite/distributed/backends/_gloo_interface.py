"""The network interface of gloo, on machines whose own name leads nowhere.

Gloo listens where the machine's own name points to. Many systems have that name stand for
127.0.1.1 or 127.0.0.1, and then no other machine gets through: the ranks wait until the
timeout. The way to the other ranks is known, though, from the store that was reached.
"""

from __future__ import annotations

import ipaddress
import logging
import os
import socket
import struct
import sys

__all__ = ["address_towards", "choose_interface"]

_VARIABLE = "GLOO_SOCKET_IFNAME"

_logger = logging.getLogger(__name__)


def address_towards(host: str, port: int) -> str:
    """Return the address that this machine has on the way to ``host``; empty if that is itself.

    Empty also if there is no such way over IPv4; nothing is sent.
    """
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way:
            way.connect((host, port))
            address: str = way.getsockname()[0]
    except OSError:
        return ""
    return "" if ipaddress.ip_address(address).is_loopback else address


def choose_interface(address: str) -> None:
    """Have gloo use the interface with that address, unless it or the user chose one that works.

    It is chosen for this process, by ``GLOO_SOCKET_IFNAME``, as long as that is not set.
    """
    if not address or _VARIABLE in os.environ or not _name_leads_nowhere():
        return
    name = _interface_with(address)
    if name is not None:
        _logger.info("%s is %s, whose address is %s", _VARIABLE, name, address)
        os.environ[_VARIABLE] = name


def _name_leads_nowhere() -> bool:
    try:
        first = socket.getaddrinfo(socket.gethostname(), None)[0][4][0]
    except OSError:
        return True  # gloo takes the loopback interface then
    return ipaddress.ip_address(str(first).partition("%")[0]).is_loopback


def _interface_with(address: str) -> str | None:
    if sys.platform != "linux":
        return None
    import fcntl

    get_address, offset = 0x8915, 20  # SIOCGIFADDR, and where in its answer the address is
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        for _, name in socket.if_nameindex():
            try:
                answer = fcntl.ioctl(asking, get_address, struct.pack("256s", name.encode()))
            except OSError:
                continue  # it has none
            if socket.inet_ntoa(answer[offset : offset + 4]) == address:
                return name
    return None
