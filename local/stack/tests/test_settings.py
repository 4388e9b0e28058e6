"""Where things are, and what the stack's programs see of the machine."""

from pathlib import Path

import pytest

from stack.environment_file import read_environment, write_environment
from stack.environments import for_the_stack
from stack.settings import CHECKOUT, DEFAULT_PORTS, Refusal, Settings, read_settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(state=tmp_path / "a state", tools=tmp_path, ports=read_settings().ports)


def test_everything_is_inside_the_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CIS_LOCAL_STATE", raising=False)
    settings = read_settings()
    for place in (settings.state, settings.tools, settings.logs, settings.certificate, settings.environment_file):
        assert place.is_relative_to(CHECKOUT)


@pytest.mark.parametrize("port", ["http", "0", "70000", "1080"])
def test_a_port_that_cannot_be_is_refused(monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    for name in DEFAULT_PORTS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CIS_CLOUD_PORT", port)
    with pytest.raises(Refusal):
        read_settings()


def test_no_key_proxy_or_authority_of_the_machine_reaches_the_stack(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "HTTPS_PROXY", "SSL_CERT_DIR", "SECRET_OF_MINE"):
        monkeypatch.setenv(name, "the machine's")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAREAL")
    seen = for_the_stack(settings)
    assert "the machine's" not in seen.values()
    assert seen["AWS_ACCESS_KEY_ID"] == "test"
    assert seen["SSL_CERT_FILE"] == str(settings.certificate)


def test_the_environment_file_is_read_back_as_written_and_by_nobody_else(settings: Settings) -> None:
    settings.state.mkdir()
    write_environment(settings, "https://localhost/api", "a token with $pecial 'signs'")
    known = read_environment(settings)
    assert known["CIS_API_TOKEN"] == "a token with $pecial 'signs'"
    assert known["AWS_CA_BUNDLE"] == str(settings.certificate)
    assert settings.environment_file.stat().st_mode & 0o077 == 0
