"""Addresses of Bitcoin and Ethereum."""


def test_addresses_are_found_by_their_checksum(finds):
    """Three kinds of them, in a sentence."""
    for address in (
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "3P14159f73E4gFr7JterCCQh9QjiTjiZrG",
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    ):  # fmt: skip
        assert finds(f"send it to {address}.") == [("crypto_address", address, False)]


def test_hashes_and_words_are_none(finds):
    """Wrong checksums, letters of one size, and what is longer."""
    for text in (
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb", "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
        "x1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5",
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed00", "3da541559918a808c2402bba5012f6c60b27661c",
    ):  # fmt: skip
        assert finds(text) == []
