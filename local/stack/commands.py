"""The commands of `scripts/dev`."""

import shutil

from stack import install, services
from stack.certificate import ensure_certificate
from stack.environment_file import write_environment
from stack.progress import say, step
from stack.service import Service
from stack.settings import Settings


def cloud_only(settings: Settings) -> None:
    prepare(settings, for_deployment=False)
    for service in (services.mailbox(settings), services.cloud(settings)):
        take_up(service)
    write_environment(settings)
    say(f"The cloud answers at {settings.cloud_url}; for any AWS client: set -a; . {settings.environment_file}")


def stop(settings: Settings) -> None:
    stopped = [service.title for service in reversed(everything(settings)) if service.stop()]
    say("stopped " + ", ".join(stopped) if stopped else "nothing was running")


def status(settings: Settings) -> int:
    missing = 0
    for service in everything(settings):
        pid = service.pid()
        missing += pid is None
        where = ", ".join(f"127.0.0.1:{port}" for port in service.listens.values())
        say(f"{service.title}: {f'process {pid} on {where}' if pid else 'not running'}, log {service.log_file}")
    return 1 if missing else 0


def reset(settings: Settings) -> None:
    stop(settings)
    shutil.rmtree(settings.state, ignore_errors=True)
    say(f"forgot everything in {settings.state}")


def prepare(settings: Settings, *, for_deployment: bool) -> None:
    install.install(settings, for_deployment=for_deployment)
    install.continue_in(settings)
    ensure_certificate(settings)


def everything(settings: Settings) -> list[Service]:
    return [services.mailbox(settings), services.cloud(settings)]


def take_up(service: Service) -> None:
    """Leaves alone what runs and is current; restarts what was started from something else; starts what is missing."""
    if service.is_current():
        return
    service.stop()
    with step(f"start {service.title}"):
        service.start()
