"""The environments programs are started with."""

import os

from stack.settings import ACCOUNT, CHECKOUT, MAIL_DOMAIN, REGION, TABLE, Settings

# All the stack keeps of the caller's environment. The rest would send its calls to a proxy, distrust its certificate
# or, worse, reach a real AWS account; and the functions are handed everything.
KEPT = ("PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "CARGO_HOME", "RUSTUP_HOME")


def for_installing(settings: Settings) -> dict[str, str]:
    """The machine's own: its proxies and certificates lead to the registries. Caches stay in the checkout."""
    return {
        **os.environ,
        "PIP_CACHE_DIR": str(settings.tools / "cache" / "pip"),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "npm_config_cache": str(settings.tools / "cache" / "npm"),
        "npm_config_update_notifier": "false",
        "npm_config_fund": "false",
        "npm_config_audit": "false",
        "npm_config_loglevel": "error",
    }


def for_the_stack(settings: Settings) -> dict[str, str]:
    """What every program of the stack, its functions and its clients get."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    certificate = str(settings.certificate)
    return {
        **kept,
        **{name: str(port) for name, port in settings.ports.items()},
        "CIS_LOCAL_STATE": str(settings.state),
        "NO_PROXY": "localhost,127.0.0.1",
        "AWS_ENDPOINT_URL": settings.cloud_url,
        "AWS_ENDPOINT_URL_SESV2": settings.ses_url,
        "AWS_CA_BUNDLE": certificate,
        "SSL_CERT_FILE": certificate,
        "REQUESTS_CA_BUNDLE": certificate,
        "NODE_EXTRA_CA_CERTS": certificate,
        # Any account number is accepted as a key; this one is the account the stacks are written for.
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "TMPDIR": str(settings.state / "tmp"),
    }


def for_the_cloud(settings: Settings) -> dict[str, str]:
    """MiniStack's own. It hands all of it on to the functions, so nothing here may be secret or misleading to them."""
    return {
        **for_the_stack(settings),
        "PYTHONPATH": str(CHECKOUT / "local"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "GATEWAY_PORT": str(settings.ports["CIS_CLOUD_PORT"]),
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "MINISTACK_REGION": REGION,
        "AUTH": "true",
        "USE_SSL": "1",
        "MINISTACK_SSL_CERT": str(settings.certificate),
        "MINISTACK_SSL_KEY": str(settings.certificate_key),
        "PERSIST_STATE": "1",
        "S3_PERSIST": "1",
        "STATE_DIR": str(settings.state / "cloud"),
        "S3_DATA_DIR": str(settings.state / "s3"),
        "SAVE_SECONDS": "60",
        "ALARM_SECONDS": "10",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "DOCKER_HOST": "unix:///nonexistent",
        "LOG_LEVEL": "INFO",
        **settings.cloud_environment,
    }


def for_people(settings: Settings, api_url: str, token: str) -> dict[str, str]:
    """What `.local/environment` holds: enough for the tests and for any AWS client to find this stack."""
    stack = for_the_stack(settings)
    names = (
        "AWS_ENDPOINT_URL",
        "AWS_ENDPOINT_URL_SESV2",
        "AWS_CA_BUNDLE",
        "SSL_CERT_FILE",
        "NODE_EXTRA_CA_CERTS",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_REGION",
        "AWS_DEFAULT_REGION",
        "AWS_CONFIG_FILE",
        "AWS_SHARED_CREDENTIALS_FILE",
        "AWS_EC2_METADATA_DISABLED",
        "NO_PROXY",
    )
    return {
        **{name: stack[name] for name in names},
        "CIS_SMTP": f"127.0.0.1:{settings.ports['CIS_SMTP_PORT']}",
        "CIS_MAILBOX_URL": settings.mailbox_url,
        "CIS_API_URL": api_url,
        "CIS_API_TOKEN": token,
        "CIS_MAIL_DOMAIN": MAIL_DOMAIN,
        "CIS_TABLE": TABLE,
    }
