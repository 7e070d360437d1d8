"""The check digits of the standards, on what the standards print."""

import doctest

import pytest

from curator.personal_data import checksums, keccak
from curator.personal_data.checksums import base58check, bech32, luhn, mod_11, mod_97, mrz
from curator.personal_data.keccak import eip_55, keccak_256


@pytest.mark.parametrize("module", [checksums, keccak])
def test_the_examples_in_the_docstrings_hold(module):
    """Each function shows a right and a wrong one."""
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize("check", [luhn, mod_11])
def test_a_changed_digit_is_noticed_anywhere(check):
    """Every single mistake in a number breaks its check digit."""
    right = {luhn: "4012888888881881", mod_11: "9434765919"}[check]
    wrong = [
        right[:at] + digit + right[at + 1 :]
        for at in range(len(right))
        for digit in "0123456789"
        if digit != right[at]
    ]
    assert check(right)
    assert not any(map(check, wrong))


def test_two_letters_that_changed_places_are_noticed():
    """MOD 97-10 finds what people mistype in an IBAN."""
    assert mod_97("DE89370400440532013000")
    assert not mod_97("DE89370400440532013003")
    assert not mod_97("DE89370400440523013000")


def test_the_specimen_of_icao_keeps_all_its_digits():
    """Doc 9303, part 4, appendix B: number, birth, expiry, what is optional, and all of it."""
    fields = [("L898902C3", "6"), ("740812", "2"), ("120415", "9"), ("ZE184226B<<<<<", "1")]
    assert all(mrz(field, check) for field, check in fields)
    assert mrz("L898902C36" + "7408122" + "1204159" + "ZE184226B<<<<<1", "0")


def test_hashes_of_keccak_are_those_of_its_reference():
    """Short, and longer than what is taken in at a time; SHA-3 gives others."""
    assert keccak_256(b"").hex().endswith("5d85a470")
    assert keccak_256(b"abc").hex().startswith("4e03657aea45a94f")
    # one byte less than a block, a block, one more: where the padding goes wrong first
    assert keccak_256(b"a" * 135).hex().startswith("34367dc248bbd832")
    assert keccak_256(b"a" * 136).hex().startswith("a6c4d403279fe3e0")
    assert keccak_256(b"a" * 137).hex().startswith("d869f639c7046b49")


def test_addresses_of_the_proposals_are_right_and_no_others():
    """BIP 173, BIP 350 and EIP-55 list right ones and wrong ones."""
    assert bech32("BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4")
    assert bech32("bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0")
    assert not bech32("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5")
    assert base58check("3P14159f73E4gFr7JterCCQh9QjiTjiZrG")
    assert not base58check("3P14159f73E4gFr7JterCCQh9QjiTjiZrH")
    for address in (
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
        "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB", "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
    ):  # fmt: skip
        assert eip_55(address)
        assert not eip_55(address.swapcase().replace("X", "x"))
    assert not eip_55("0x" + "a" * 40)
