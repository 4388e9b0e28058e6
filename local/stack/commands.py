"""The commands of `scripts/dev`."""

import shutil
from collections.abc import Callable
from pathlib import Path

from stack import function_logs, install, services
from stack.build import Built, build
from stack.certificate import ensure_certificate
from stack.deploy import activate_receipt_rules, deploy, deploy_described, outputs
from stack.environment_file import read_environment, write_environment
from stack.progress import say, since_start_secs, step
from stack.seed import client_credentials, seed
from stack.service import Service
from stack.settings import Settings
from stack.show import show
from stack.story import play


def up(settings: Settings) -> int:
    """From whatever is there to a running stack of this code; the story is played until it was seen once."""
    bring_up(settings)
    seen = settings.run / "story-seen"
    code = 0 if seen.is_file() else play(settings)
    if code == 0:
        seen.touch()
    show(settings)
    say(f"\nReady after {since_start_secs():.0f} s." + ("" if code == 0 else " The story was not seen."))
    return code


def story(settings: Settings) -> int:
    bring_up(settings)
    return play(settings)


def cloud_only(settings: Settings) -> None:
    prepare(settings, for_deployment=False)
    take_up(services.mailbox(settings))
    take_up_cloud(settings)
    write_environment(settings)
    say(f"The cloud answers at {settings.cloud_url}; for any AWS client: set -a; . {settings.environment_file}")


def stop(settings: Settings, *, aloud: bool = True) -> None:
    stopped = [service.title for service in reversed(services.everything(settings)) if service.stop()]
    if aloud:
        say("stopped " + ", ".join(stopped) if stopped else "nothing was running")


def status(settings: Settings) -> int:
    missing = 0
    for service in services.everything(settings):
        pid = service.pid()
        missing += pid is None
        where = ", ".join(f"127.0.0.1:{port}" for port in service.listens.values())
        say(f"{service.title}: {f'process {pid} on {where}' if pid else 'not running'}, log {service.log_file}")
    return 1 if missing else 0


def logs(settings: Settings, name: str | None, *, follow: bool) -> None:
    if settings.python.exists():
        install.continue_in(settings)
    function_logs.show(settings, name, services.everything(settings), follow=follow)


def reset(settings: Settings, *, aloud: bool = True) -> None:
    stop(settings, aloud=aloud)
    shutil.rmtree(settings.state, ignore_errors=True)
    if aloud:
        say(f"forgot everything in {settings.state}")


def prepare(settings: Settings, *, for_deployment: bool) -> None:
    install.install(settings, for_deployment=for_deployment)
    install.continue_in(settings)
    ensure_certificate(settings)


def bring_up(settings: Settings) -> None:
    prepare(settings, for_deployment=True)
    put_up(settings, build(settings))


def put_up(settings: Settings, built: Built) -> None:
    """From these programs to a deployed stack."""
    _put_up(settings, lambda: deploy(settings, built))


def put_up_described(settings: Settings, assembly: Path) -> None:
    """From stacks that were described elsewhere to a deployed stack; the programs beside it are there already."""

    def deployed() -> bool:
        deploy_described(settings, assembly)
        return True

    _put_up(settings, deployed)


def _put_up(settings: Settings, deployed: Callable[[], bool]) -> None:
    take_up(services.mailbox(settings))
    take_up_cloud(settings)
    if deployed():
        activate_receipt_rules(settings)
        services.cloud(settings).tell(services.SAVE_NOW)
    take_up(services.post_office(settings))
    sign_in(settings)


def sign_in(settings: Settings) -> None:
    """Writes how people find the stack, with a token that is good for half an hour at least."""
    found = outputs(settings)
    token = seed(settings, found, read_environment(settings).get("CIS_API_TOKEN", ""))
    write_environment(settings, found["ApiUrl"], token, client_credentials(settings, found))


def take_up_cloud(settings: Settings) -> None:
    cloud = services.cloud(settings)
    if cloud.pid() is None:
        services.forget_half_made_cloud(settings)
    if not cloud.is_current():
        cloud.stop()
        # Unpacked code of earlier functions.
        shutil.rmtree(settings.state / "tmp", ignore_errors=True)
        (settings.state / "tmp").mkdir(parents=True)
    take_up(cloud)


def take_up(service: Service) -> None:
    """Leaves alone what runs and is current; restarts what was started from something else; starts what is missing."""
    if service.is_current():
        return
    service.stop()
    with step(f"start {service.title}"):
        service.start()
