"""Sealing small values with the installation's secret, bound to what they are for (AES-256-GCM)."""

import base64
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def _cipher(secret: str, purpose: str) -> AESGCM:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"portfolio {purpose}".encode()).derive(secret.encode())
    return AESGCM(key)


def seal(secret: str, purpose: str, plain: bytes, bound_to: str) -> str:
    """Text safe in a form or a column; opens only with the same secret, purpose and binding."""
    nonce = os.urandom(12)
    return base64.urlsafe_b64encode(nonce + _cipher(secret, purpose).encrypt(nonce, plain, bound_to.encode())).decode()


def unseal(secret: str, purpose: str, sealed: str, bound_to: str) -> bytes | None:
    """The plain bytes, or nothing for anything altered, foreign or bound to another."""
    try:
        data = base64.urlsafe_b64decode(sealed)
        return _cipher(secret, purpose).decrypt(data[:12], data[12:], bound_to.encode())
    except (ValueError, InvalidTag):
        return None
