"""The three programs of the stack, in the order they start."""

import ssl
import urllib.error
import urllib.request

from stack.environments import for_the_cloud, for_the_stack
from stack.install import MAILBOX
from stack.ports import is_open
from stack.service import Service
from stack.settings import CHECKOUT, Settings


def cloud(settings: Settings) -> Service:
    """MiniStack with local/cloud's mends: AWS, as far as this system needs it."""
    trusted = settings.certificate

    def answers() -> bool:
        context = ssl.create_default_context(cafile=str(trusted))
        return _answers(f"{settings.cloud_url}/_ministack/health", context)

    own = sorted((CHECKOUT / "local" / "cloud").rglob("*.py"))
    return Service(
        name="cloud",
        title="the local cloud (MiniStack)",
        command=[str(settings.python), "-m", "cloud"],
        environment=for_the_cloud(settings),
        listens={"CIS_CLOUD_PORT": settings.ports["CIS_CLOUD_PORT"]},
        ready=answers,
        run=settings.run,
        logs=settings.logs,
        fingerprint_of=[*(path for path in own if "tests" not in path.parts), settings.certificate],
    )


def mailbox(settings: Settings) -> Service:
    """MailDev: where everything the system sends can be looked at."""
    mails = settings.state / "mailbox"
    mails.mkdir(parents=True, exist_ok=True)
    web, smtp = settings.ports["CIS_MAILBOX_PORT"], settings.ports["CIS_MAILBOX_SMTP_PORT"]
    return Service(
        name="mailbox",
        title="the mailbox (MailDev)",
        command=[
            str(MAILBOX / "node_modules" / ".bin" / "maildev"),
            *("--ip", "127.0.0.1", "--smtp", str(smtp), "--web", str(web), "--mail-directory", str(mails)),
        ],
        environment=for_the_stack(settings),
        listens={"CIS_MAILBOX_SMTP_PORT": smtp, "CIS_MAILBOX_PORT": web},
        ready=lambda: _answers(f"{settings.mailbox_url}/healthz") and is_open(smtp),
        run=settings.run,
        logs=settings.logs,
        fingerprint_of=[MAILBOX / "package-lock.json"],
    )


def _answers(url: str, context: ssl.SSLContext | None = None) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context))
    try:
        with opener.open(url, timeout=2) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False
