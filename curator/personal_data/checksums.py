"""The check digits of the standards, each over digits or characters that are already joined."""

from __future__ import annotations

import hashlib

BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_BECH32_SUMS = (1, 0x2BC830A3)  # of bech32 and of bech32m


def luhn(digits: str) -> bool:
    """
    Whether the last digit is the check digit of the others.

    Source: ISO/IEC 7812-1, annex B.

    >>> luhn("4111111111111111"), luhn("4111111111111112")
    (True, False)
    """
    doubled = sum(sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (doubled + sum(map(int, digits[-1::-2]))) % 10 == 0


def mod_97(letters_and_digits: str) -> bool:
    """
    Whether an IBAN's check digits are right, letters counting from 10.

    Source: ISO 7064, MOD 97-10.

    >>> mod_97("GB29NWBK60161331926819"), mod_97("GB28NWBK60161331926819")
    (True, False)
    """
    turned = letters_and_digits[4:] + letters_and_digits[:4]
    return int("".join(str(int(char, 36)) for char in turned)) % 97 == 1


def mod_11(digits: str) -> bool:
    """
    Whether the tenth digit is the check digit of an NHS number.

    Source: NHS Data Dictionary, NHS NUMBER.

    >>> mod_11("9434765919"), mod_11("9434765918")
    (True, False)
    """
    check = 11 - sum(int(digit) * (10 - at) for at, digit in enumerate(digits[:9])) % 11
    return check % 11 == int(digits[9])  # a check of 10 is never given out


def mrz(characters: str, check: str) -> bool:
    """
    Whether ``check`` is the check digit of a field that passports have for machines; < counts 0.

    Source: ICAO Doc 9303, part 3, section 4.9.

    >>> mrz("L898902C3", "6"), mrz("L898902C3", "7")
    (True, False)
    """
    total = sum(
        (0 if char == "<" else int(char, 36)) * (7, 3, 1)[at % 3]
        for at, char in enumerate(characters)
    )
    return str(total % 10) == check


def base58check(address: str) -> bool:
    """
    Whether the last four bytes are the hash of the 21 before them, as in a Bitcoin address.

    >>> base58check("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa")
    True
    """
    number = 0
    for char in address:
        number = number * 58 + BASE58.index(char)
    if number >> 200:
        return False
    raw = number.to_bytes(25, "big")
    leading = len(address) - len(address.lstrip("1"))
    zeros = len(raw) - len(raw.lstrip(b"\0"))
    twice = hashlib.sha256(hashlib.sha256(raw[:21]).digest()).digest()
    return leading == zeros and twice[:4] == raw[21:]


def bech32(address: str) -> bool:
    """
    Whether the last six characters are the checksum of the others.

    Source: BIP 173 and BIP 350.

    >>> bech32("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4")
    True
    """
    prefix, _, data = address.lower().rpartition("1")
    values = [ord(char) >> 5 for char in prefix] + [0] + [ord(char) & 31 for char in prefix]
    values += [BECH32.index(char) for char in data]
    total = 1
    for value in values:
        top, total = total >> 25, (total & 0x1FFFFFF) << 5 ^ value
        for bit, part in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            total ^= part if top >> bit & 1 else 0
    return total in _BECH32_SUMS
