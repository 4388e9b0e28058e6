"""The certificate the local cloud shows: made here, trusted by the stack only."""

import datetime
import ipaddress

from stack.settings import Settings

VALID_DAYS = 800


def ensure_certificate(settings: Settings) -> bool:
    """Makes one when there is none or it soon expires; whether it did."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    now = datetime.datetime.now(datetime.UTC)
    if settings.certificate.is_file() and settings.certificate_key.is_file():
        present = x509.load_pem_x509_certificate(settings.certificate.read_bytes())
        if present.not_valid_after_utc > now + datetime.timedelta(days=7):
            return False
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=5))
        .not_valid_after(now + datetime.timedelta(days=VALID_DAYS))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
        # rustls refuses a certificate authority shown as a server.
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    settings.certificate.parent.mkdir(parents=True, exist_ok=True)
    settings.certificate_key.touch(mode=0o600)
    settings.certificate_key.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    settings.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return True
