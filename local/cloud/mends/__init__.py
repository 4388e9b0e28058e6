"""What MiniStack lacks for this system. One module a gap: the name, the reason, and `apply`."""

from types import ModuleType

from cloud.mends import (
    alarms,
    autosave,
    batch_rights,
    cors,
    identity_dkim,
    jwks_over_tls,
    mapping_window,
    points_in_time,
    provider_url,
    receipt_rules,
    runtime_latency,
    secret_ref,
    send_email_rights,
    stream_state,
    streams,
)

MENDS: list[ModuleType] = [
    receipt_rules,
    identity_dkim,
    send_email_rights,
    batch_rights,
    runtime_latency,
    streams,
    mapping_window,
    stream_state,
    points_in_time,
    secret_ref,
    cors,
    provider_url,
    jwks_over_tls,
    alarms,
    autosave,
]


def mend_all() -> None:
    """Applies every mend, in the order of the path a mail takes."""
    for mend in MENDS:
        mend.apply()
