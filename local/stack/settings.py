"""Where things are and which ports they take: everything is inside the checkout."""

import os
from dataclasses import dataclass, field
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
REGION = "us-east-1"
ACCOUNT = "000000000000"
STAGE = "local"
TENANT = "acme"
MAIL_DOMAIN = "acme.invites.example"
STACKS = f"cis-{STAGE}-{TENANT}"
TABLE = f"cis-{STAGE}-{TENANT}"

DEFAULT_PORTS = {
    "CIS_CLOUD_PORT": 4566,
    "CIS_SES_PORT": 4579,
    "CIS_SMTP_PORT": 2525,
    "CIS_MAILBOX_SMTP_PORT": 1025,
    "CIS_MAILBOX_PORT": 1080,
}


class Refusal(Exception):
    """Something a person has to change; the text says what."""


@dataclass(frozen=True)
class Settings:
    """One local stack. A second one (the tests') lives in its own state folder on its own ports."""

    state: Path
    tools: Path
    ports: dict[str, int]
    # What the cloud's environment has instead, and with it that of its functions, which inherit it.
    cloud_environment: dict[str, str] = field(default_factory=dict)
    # Further options of local-ses: its faults on demand.
    post_office_options: tuple[str, ...] = ()
    # Whom local-ses gives the mail to instead of the mailbox, as host:port.
    mailbox_at: str = ""
    # The CDK app that describes the stacks instead of infra's own, seen from there.
    described_by: str = ""

    @property
    def logs(self) -> Path:
        return self.state / "logs"

    @property
    def run(self) -> Path:
        return self.state / "run"

    @property
    def certificate(self) -> Path:
        return self.state / "tls" / "localhost.pem"

    @property
    def certificate_key(self) -> Path:
        return self.state / "tls" / "localhost.key"

    @property
    def environment_file(self) -> Path:
        return self.state / "environment"

    @property
    def python(self) -> Path:
        return self.tools / "python" / "bin" / "python"

    @property
    def cloud_url(self) -> str:
        return f"https://localhost:{self.ports['CIS_CLOUD_PORT']}"

    @property
    def ses_url(self) -> str:
        return f"http://127.0.0.1:{self.ports['CIS_SES_PORT']}"

    @property
    def mailbox_url(self) -> str:
        return f"http://127.0.0.1:{self.ports['CIS_MAILBOX_PORT']}"


def read_settings() -> Settings:
    """`CIS_LOCAL_STATE` (a folder) and the ports can be set in the environment."""
    ports = {}
    for name, default in DEFAULT_PORTS.items():
        text = os.environ.get(name, str(default))
        if not text.isdigit() or not 0 < int(text) < 65536:
            raise Refusal(f"{name}={text} is not a port number")
        ports[name] = int(text)
    if len(set(ports.values())) != len(ports):
        raise Refusal(f"two of these ports are the same: {ports}")
    state = Path(os.environ.get("CIS_LOCAL_STATE") or CHECKOUT / ".local")
    if not state.is_absolute():
        state = CHECKOUT / state
    return Settings(state=state, tools=CHECKOUT / ".tools", ports=ports)
