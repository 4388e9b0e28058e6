"""The three programs of the stack."""

import shutil
import signal
import ssl
import urllib.error
import urllib.request

from stack.environments import for_the_cloud, for_the_stack
from stack.install import MAILBOX
from stack.ports import is_open
from stack.service import Service
from stack.settings import CHECKOUT, Settings

# What the cloud takes as "save your state now" (local/cloud/mends/autosave.py).
SAVE_NOW = signal.SIGUSR1


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


def forget_half_made_cloud(settings: Settings) -> None:
    """A cloud killed during its first deployment leaves buckets and nothing that owns them: start from nothing."""
    if not (settings.state / "cloud" / "cloudformation.json").is_file():
        shutil.rmtree(settings.state / "cloud", ignore_errors=True)
        shutil.rmtree(settings.state / "s3", ignore_errors=True)


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


def post_office(settings: Settings) -> Service:
    """local-ses: takes mail in by SMTP as SES's receipt rules say, and hands what is sent to the mailbox."""
    program = settings.state / "programs" / "local-ses"
    smtp, front = settings.ports["CIS_SMTP_PORT"], settings.ports["CIS_SES_PORT"]
    return Service(
        name="local-ses",
        title="the post office (local-ses)",
        command=[
            str(program),
            *("--smtp", f"127.0.0.1:{smtp}", "--front", f"127.0.0.1:{front}", "--cloud", settings.cloud_url),
            *("--mailbox", settings.mailbox_at or f"127.0.0.1:{settings.ports['CIS_MAILBOX_SMTP_PORT']}"),
            "--trust-local",
            *settings.post_office_options,
        ],
        environment=for_the_stack(settings),
        listens={"CIS_SMTP_PORT": smtp, "CIS_SES_PORT": front},
        ready=lambda: is_open(smtp) and is_open(front),
        run=settings.run,
        logs=settings.logs,
        fingerprint_of=[program],
    )


def everything(settings: Settings) -> list[Service]:
    """In the order they start."""
    return [mailbox(settings), cloud(settings), post_office(settings)]


def _answers(url: str, context: ssl.SSLContext | None = None) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context))
    try:
        with opener.open(url, timeout=2) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False
