"""IP network addresses.

Source: https://developer.hashicorp.com/terraform/language/functions/cidrsubnet and its siblings. An address is a
number of 32 or 128 bits here.
"""

from __future__ import annotations

from enclint.frontends.terraform.functions.integers import NOT_WHOLE, is_whole, whole_number
from enclint.frontends.terraform.functions.signature import (
    ArgumentFault,
    CallFault,
    Functions,
    LimitFault,
    check_elements,
    number,
    text,
)
from enclint.frontends.terraform.types import STRING, list_of
from enclint.frontends.terraform.values import list_value, string
from enclint.lean_typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from enclint.frontends.terraform.functions.signature import Call
    from enclint.model.value import Value

FUNCTIONS: Final = Functions()


class Network(NamedTuple):
    """An address prefix: its lowest address, the length of the prefix, and the bits of an address (32 or 128)."""

    address: int
    length: int
    bits: int

    def __str__(self) -> str:
        return f"{_address_text(self.address, self.bits)}/{self.length}"

    @property
    def last(self) -> int:
        """The highest address."""
        return self.address | ((1 << (self.bits - self.length)) - 1)


def _parse(prefix: str) -> Network:
    """The network that a text in CIDR notation names; leading zeros in an IPv4 address are decimal."""
    from ipaddress import IPv6Address

    fault = CallFault(f"invalid CIDR expression: invalid CIDR address: {prefix}")
    address_text, slash, length_text = prefix.partition("/")
    if not slash or not (length_text.isascii() and length_text.isdigit()) or len(length_text) > 4:
        raise fault
    if ":" in address_text:
        try:
            address, bits = int(IPv6Address(address_text)), 128
        except ValueError:
            raise fault from None
        if "%" in address_text:
            raise fault
        if address >> 32 == 0xFFFF:
            raise LimitFault(f"`{prefix}` is an IPv4 address written as IPv6, which is not computed with")
    else:
        parts = address_text.split(".")
        if len(parts) != 4 or not all(_is_octet(part) for part in parts):
            raise fault
        address, bits = int.from_bytes([int(part) for part in parts], "big"), 32
    length = int(length_text)
    if length > bits:
        raise fault
    host_bits = bits - length
    return Network(address >> host_bits << host_bits, length, bits)


def _is_octet(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 4 and int(text) <= 255


def _address_text(address: int, bits: int) -> str:
    if bits == 32:
        return ".".join([str(octet) for octet in address.to_bytes(4, "big")])
    from ipaddress import IPv6Address

    return str(IPv6Address(address))


def _integer(data: Any) -> int:
    if not isinstance(data, int):
        raise CallFault("value must be a whole number")
    return data


def _low_bits(number: int) -> int:
    """The lowest 64 bits of a number's size: all of it that Terraform checks."""
    return abs(number) & 0xFFFFFFFFFFFFFFFF


def _inserted(network: Network, number: int, length: int) -> int:
    """The address of the network with a number's bits put in behind `length` bits, as Terraform does it.

    A quirk: of what a negative number makes, the size is taken.
    """
    made = abs(network.address | number << (network.bits - length))
    if made >> network.bits:
        raise CallFault("panic in function implementation: runtime error: index out of range [-1]")
    return made


@FUNCTIONS.define_plain("cidrhost", text("prefix"), number("hostnum"), result=STRING)
def cidrhost(prefix: str, host: Any) -> str:
    """`cidrhost(prefix, hostnum)`: negative numbers count from the end."""
    wanted = _integer(host)
    network = _parse(prefix)
    last = (1 << (network.bits - network.length)) - 1
    checked = -wanted - 1 if wanted < 0 else _low_bits(wanted)
    if wanted < 0:
        wanted = last - checked
    if checked > last:
        raise CallFault(f"prefix of {network.length} does not accommodate a host numbered {wanted}")
    return _address_text(_inserted(network, wanted, network.bits), network.bits)


@FUNCTIONS.define_plain("cidrnetmask", text("prefix"), result=STRING)
def cidrnetmask(prefix: str) -> str:
    """`cidrnetmask(prefix)`: of IPv4 only."""
    network = _parse(prefix)
    if network.bits != 32:
        raise CallFault(f"IPv6 addresses cannot have a netmask: {prefix}")
    return _address_text((0xFFFFFFFF << (32 - network.length)) & 0xFFFFFFFF, 32)


@FUNCTIONS.define_plain("cidrsubnet", text("prefix"), number("newbits"), number("netnum"), result=STRING)
def cidrsubnet(prefix: str, new_bits: Any, subnet: Any) -> str:
    """`cidrsubnet(prefix, newbits, netnum)`."""
    more = whole_number(new_bits)
    wanted = _integer(subnet)
    network = _parse(prefix)
    length = network.length + more
    if length > network.bits:
        raise CallFault(f"insufficient address space to extend prefix of {network.length} by {more}")
    if 0 <= more < 64 and _low_bits(wanted) >= 1 << more:
        raise CallFault(f"prefix extension of {more} does not accommodate a subnet numbered {wanted}")
    address = _inserted(network, wanted, length)
    if length < 0:
        return "<nil>"  # a quirk: Terraform prints a network that there is not
    return str(Network(address, length, network.bits))


@FUNCTIONS.define("cidrsubnets", text("prefix"), variadic=number("newbits"), result=list_of(STRING))
def cidrsubnets(call: Call, arguments: list[Value]) -> Value:
    """`cidrsubnets(prefix, newbits...)`: one after the other."""
    try:
        network = _parse(arguments[0].data)  # type: ignore[attr-defined]
    except CallFault as fault:
        raise ArgumentFault(0, fault.message) from None
    check_elements(len(arguments))
    subnets: list[Value] = []
    current: Network | None = None
    for index, argument in enumerate(arguments[1:], 1):
        length = network.length + _new_bits(network, argument.data, index)  # type: ignore[attr-defined]
        current = _next_subnet(network, current or _subnet_before(network, length), length, index)
        subnets.append(string(str(current), call.span))
    return list_value(subnets, STRING, call.span)


def _new_bits(network: Network, data: Any, index: int) -> int:
    if not is_whole(data):
        raise ArgumentFault(index, NOT_WHOLE)
    if data < 1:
        raise ArgumentFault(index, "must extend prefix by at least one bit")
    if data > 32:
        raise ArgumentFault(index, "may not extend prefix by more than 32 bits")
    length = network.length + int(data)
    if length > network.bits:
        family = "IPv4" if network.bits == 32 else "IPv6"
        message = f"would extend prefix to {length} bits, which is too long for an {family} address"
        raise ArgumentFault(index, message)
    return int(data)


def _subnet_before(network: Network, length: int) -> Network:
    """The subnet that ends where the network begins; before the first address there is the last of all."""
    host_bits = network.bits - length
    last = (network.address - 1) % (1 << network.bits)
    return Network(last >> host_bits << host_bits, length, network.bits)


def _next_subnet(network: Network, current: Network, length: int, index: int) -> Network:
    host_bits = network.bits - length
    start = (((current.last >> host_bits) + 1) << host_bits) % (1 << network.bits)
    if start == 0 or not network.address <= start <= network.last:
        message = f"not enough remaining address space for a subnet with a prefix of {length} bits after {current}"
        raise ArgumentFault(index, message)
    return Network(start, length, network.bits)
