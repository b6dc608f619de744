"""Where a webhook may lead: to the public internet, and nowhere within the network that we run in."""

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

LONGEST = 2000
NAT64 = ipaddress.ip_network("64:ff9b::/96")
PORTS = {"http": 80, "https": 443}


class AddressProblem(ValueError):
    """Why nothing is sent to an address, as a sentence."""


class WithinNetwork(AddressProblem):
    """It leads to where webhooks may not go."""

    def __init__(self, host: str) -> None:
        super().__init__(
            f"{host} leads to an address within this network, which webhooks may not reach unless an administrator sets "
            "DESCENT_PRIVATE_WEBHOOKS."
        )


@dataclass(frozen=True)
class Target:
    """A URL taken apart; ``path`` is what is asked for, its query included."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """The header ``Host``."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


def read(url: str, allow_private: bool) -> Target:
    """What a URL says. Raises AddressProblem, also where it is plain before any name is looked up that it may not lead there."""
    if len(url) > LONGEST:
        raise AddressProblem(f"A webhook's URL has at most {LONGEST:,} characters; this one has {len(url):,}.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise AddressProblem("This is not a URL, such as https://example.com/hook.") from None
    if parts.scheme not in PORTS or not parts.hostname or not url.isascii() or not url.isprintable() or " " in url:
        raise AddressProblem("A webhook's URL begins with https:// or http://, and holds plain letters only.")
    if "@" in parts.netloc or parts.fragment or port == 0:
        raise AddressProblem("A webhook's URL holds no password, no # and no port 0.")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    target = Target(parts.scheme, parts.hostname, port or PORTS[parts.scheme], path)
    if not allow_private and f".{target.host}".endswith(".localhost"):
        raise WithinNetwork(target.host)
    if not allow_private and as_ip(target.host):
        resolve(target, allow_private)
    return target


def as_ip(host: str) -> bool:
    """Whether a host is a number, however it is written: 127.1 and 0x7f000001 count."""
    try:
        socket.inet_aton(host)
    except OSError:
        return ":" in host
    return True


def resolve(target: Target, allow_private: bool) -> list[str]:
    """The addresses to connect to. Raises AddressProblem where one of them is not public: a name may not have both kinds."""
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise AddressProblem(f"The name {target.host} cannot be found.") from None
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not allow_private and not all(map(is_public, addresses)):
        raise WithinNetwork(target.host)
    return addresses


def is_public(address: str) -> bool:
    """Whether it is on the internet: neither loopback, private, link-local (where clouds keep their metadata) nor reserved.

    An IPv4 address within an IPv6 one counts as itself.
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if ip in NAT64 or int(ip) < 2**32:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
        if ip.is_site_local:
            return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved
