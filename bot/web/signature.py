"""Whether a webhook comes from GitHub (GitHub docs, "Validating webhook deliveries").

Only `X-Hub-Signature-256` counts. gidgethub falls back to SHA-1, and a signature that is not ASCII
makes `hmac.compare_digest` raise on text, so the form is checked first and bytes are compared.
"""

import hmac
import re
from collections.abc import Iterable

_FORM = re.compile(r"sha256=([0-9a-fA-F]{64})", re.ASCII)


def has_form(signature: str | None) -> bool:
    """Whether this is a signature at all, so that it is worth while to read what it signs."""
    return _FORM.fullmatch(signature or "") is not None


def is_signed(body: bytes | bytearray, signature: str | None, secrets: Iterable[str]) -> bool:
    """Whether one of the secrets signed the body; all are tried, as while one is being rotated."""
    match = _FORM.fullmatch(signature or "")
    if match is None:
        return False
    given = bytes.fromhex(match[1])
    matches = [
        hmac.compare_digest(hmac.digest(secret.encode(), body, "sha256"), given)
        for secret in secrets
        if secret
    ]
    return any(matches)
