"""Keccak-256, as Ethereum has it: hashlib has only its successor."""

from __future__ import annotations

_MASK = (1 << 64) - 1
_RATE = 136  # bytes taken in at a time: 1088 of the 1600 bits


def _round_constants() -> list[int]:
    register, constants = 1, []
    for _ in range(24):
        constant = 0
        for power in range(7):
            constant |= (register & 1) << (1 << power) - 1
            register = register << 1 ^ (0x171 if register & 0x80 else 0)
        constants.append(constant)
    return constants


_CONSTANTS = _round_constants()


def _turned(lane: int, by: int) -> int:
    return (lane << by | lane >> 64 - by) & _MASK if by else lane


def _permuted(lanes: list[int]) -> list[int]:
    for constant in _CONSTANTS:
        parity = [
            lanes[x] ^ lanes[x + 5] ^ lanes[x + 10] ^ lanes[x + 15] ^ lanes[x + 20]
            for x in range(5)
        ]
        mixed = [parity[x - 1] ^ _turned(parity[(x + 1) % 5], 1) for x in range(5)]
        lanes = [lane ^ mixed[at % 5] for at, lane in enumerate(lanes)]
        x, y, moved = 1, 0, lanes[1]
        for step in range(24):
            x, y = y, (2 * x + 3 * y) % 5
            at = x + 5 * y
            lanes[at], moved = _turned(moved, (step + 1) * (step + 2) // 2 % 64), lanes[at]
        lanes = [
            lanes[at] ^ (~lanes[at - at % 5 + (at + 1) % 5] & lanes[at - at % 5 + (at + 2) % 5])
            for at in range(25)
        ]
        lanes[0] ^= constant
    return lanes


def keccak_256(message: bytes) -> bytes:
    """
    Hash a message.

    Source: the Keccak reference, version 3.0; SHA-3 as standardised pads otherwise.

    >>> keccak_256(b"").hex()[:16]
    'c5d2460186f7233c'
    """
    padded = message + b"\1" + b"\0" * ((-len(message) - 1) % _RATE)
    padded = padded[:-1] + bytes([padded[-1] | 0x80])
    lanes = [0] * 25
    for start in range(0, len(padded), _RATE):
        for at in range(_RATE // 8):
            lanes[at] ^= int.from_bytes(padded[start + 8 * at : start + 8 * at + 8], "little")
        lanes = _permuted(lanes)
    return b"".join(lane.to_bytes(8, "little") for lane in lanes[:4])


def eip_55(address: str) -> bool:
    """
    Whether the capitals of an address are its checksum; letters of one size are none.

    Source: EIP-55.

    >>> eip_55("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")
    True
    """
    digits = address.removeprefix("0x")
    if digits in {digits.lower(), digits.upper()}:
        return False
    hashed = keccak_256(digits.lower().encode()).hex()
    return all(
        char.isdecimal() or char.isupper() == (int(nibble, 16) >= 8)
        for char, nibble in zip(digits, hashed, strict=False)
    )
