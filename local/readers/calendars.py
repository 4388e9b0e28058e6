"""The calendars in files and mails, taken out by Python's own `email`: none of the readers has a hand in it."""

import email
import email.policy
from email.message import EmailMessage
from pathlib import Path

KINDS = ("text/calendar", "application/ics", "text/x-vcalendar")
MARK = b"BEGIN:VCALENDAR"
LARGEST_BYTES = 2 * 1024 * 1024


def texts(file: Path) -> list[str]:
    """Each calendar text of a file, copies once."""
    raw = file.read_bytes()
    if len(raw) > LARGEST_BYTES:
        return []
    if not is_mail(raw):
        text = decoded(raw, None)
        return [text] if MARK.decode().lower() in text.lower() else []
    mail = email.message_from_bytes(raw, policy=email.policy.compat32)
    found = []
    for part in mail.walk():
        name = (part.get_filename() or "").lower()
        if part.get_content_type() not in KINDS and not name.endswith((".ics", ".vcs")):
            continue
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes):
            text = decoded(payload, charset_of(part))
            if MARK.decode().lower() in text.lower() and text not in found:
                found.append(text)
    return found


def charset_of(part: EmailMessage) -> str | None:
    charset = part.get_content_charset()
    return None if charset is None else str(charset)


def decoded(raw: bytes, charset: str | None) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", errors="replace")
    for encoding in (charset, "utf-8-sig", "windows-1252"):
        try:
            return raw.decode(encoding) if encoding else raw.decode("utf-8-sig")
        except (UnicodeDecodeError, LookupError):
            continue
    return raw.decode("latin-1")


def is_mail(raw: bytes) -> bool:
    head = raw.lstrip()[:65536].lower()
    return not head.startswith((b"begin:", b"\xef\xbb\xbfbegin:", b"\xff\xfe", b"\xfe\xff")) and any(
        mark in head for mark in (b"content-type:", b"from:", b"received:", b"mime-version:")
    )
