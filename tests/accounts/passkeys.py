"""A passkey made of software, so that the whole ceremony is tested without a browser (WebAuthn Level 2, ES256)."""

from __future__ import annotations

import base64
import hashlib
import json
import struct
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.cose import ES256


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Passkey:
    """One key of one person at one site."""

    def __init__(self, origin: str, site: str, person: str = "") -> None:
        self.origin, self.site, self.person = origin, site, person
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = hashlib.sha256(str(id(self)).encode()).digest()
        self.used = 0

    def _said(self, kind: str, options: dict[str, Any]) -> bytes:
        told = {"type": kind, "challenge": options["publicKey"]["challenge"], "origin": self.origin}
        return json.dumps(told).encode()

    def _seen(self, flags: int) -> bytes:
        self.used += 1
        return hashlib.sha256(self.site.encode()).digest() + struct.pack(">BI", flags, self.used)

    def created(self, options: dict[str, Any]) -> str:
        """What the browser hands back for a new key; also keeps whose it is."""
        self.person = options["publicKey"]["user"]["id"]
        public = cbor.encode(dict(ES256.from_cryptography_key(self.key.public_key())))
        seen = self._seen(0x45) + bytes(16) + struct.pack(">H", len(self.id)) + self.id + public
        attestation = cbor.encode({"fmt": "none", "attStmt": {}, "authData": seen})
        response = {
            "clientDataJSON": _text(self._said("webauthn.create", options)),
            "attestationObject": _text(attestation),
            "transports": ["internal"],
        }
        return self._credential(response, {"credProps": {"rk": True}})

    def got(self, options: dict[str, Any]) -> str:
        """What the browser hands back for a sign-in."""
        said, seen = self._said("webauthn.get", options), self._seen(0x05)
        signature = self.key.sign(seen + hashlib.sha256(said).digest(), ec.ECDSA(hashes.SHA256()))
        response = {
            "clientDataJSON": _text(said),
            "authenticatorData": _text(seen),
            "signature": _text(signature),
            "userHandle": self.person,
        }
        return self._credential(response, {})

    def _credential(self, response: dict[str, Any], more: dict[str, Any]) -> str:
        told = {"type": "public-key", "id": _text(self.id), "rawId": _text(self.id), "response": response}
        return json.dumps({**told, "authenticatorAttachment": "platform", "clientExtensionResults": more})
