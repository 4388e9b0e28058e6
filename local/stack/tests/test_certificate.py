"""The certificate of the local cloud."""

from pathlib import Path

from cryptography import x509

from stack.certificate import ensure_certificate
from stack.settings import Settings, read_settings


def test_it_is_made_once_and_names_this_machine_alone(tmp_path: Path) -> None:
    settings = Settings(state=tmp_path, tools=tmp_path, ports=read_settings().ports)
    assert ensure_certificate(settings)
    assert not ensure_certificate(settings)
    assert settings.certificate_key.stat().st_mode & 0o077 == 0
    shown = x509.load_pem_x509_certificate(settings.certificate.read_bytes())
    names = shown.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert [str(name.value) for name in names] == ["localhost", "127.0.0.1"]
    assert not shown.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
