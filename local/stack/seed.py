"""Makes the sample tenant usable: an administrator in its user pool, a token of his, and what its client shows."""

import base64
import contextlib
import json
import secrets
import time

from stack.clients import client
from stack.settings import MAIL_DOMAIN, Settings

ADMINISTRATOR = f"admin@{MAIL_DOMAIN}"
GROUP = "admin"
CLIENT = "newsletter"
STILL_GOOD_SECS = 1800


def seed(settings: Settings, outputs: dict[str, str], known_token: str) -> str:
    """Returns a token good for at least half an hour: the known one, or a new one."""
    if _good_for_secs(known_token, outputs["UserPoolClientId"]) > STILL_GOOD_SECS:
        return known_token
    cognito = client(settings, "cognito-idp")
    pool = outputs["UserPoolId"]
    # Drawn anew each time and kept nowhere: the token is what is used.
    password = f"{secrets.token_urlsafe(24)}aA1!"
    with contextlib.suppress(cognito.exceptions.UsernameExistsException):
        cognito.admin_create_user(
            UserPoolId=pool,
            Username=ADMINISTRATOR,
            MessageAction="SUPPRESS",
            # Else MiniStack draws one that is shorter than the pool asks for.
            TemporaryPassword=password,
            UserAttributes=[
                {"Name": "email", "Value": ADMINISTRATOR},
                {"Name": "email_verified", "Value": "true"},
            ],
        )
    cognito.admin_set_user_password(UserPoolId=pool, Username=ADMINISTRATOR, Password=password, Permanent=True)
    cognito.admin_add_user_to_group(UserPoolId=pool, Username=ADMINISTRATOR, GroupName=GROUP)
    signed_in = cognito.admin_initiate_auth(
        UserPoolId=pool,
        ClientId=outputs["UserPoolClientId"],
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": ADMINISTRATOR, "PASSWORD": password},
    )
    return signed_in["AuthenticationResult"]["IdToken"]


def client_credentials(settings: Settings, outputs: dict[str, str]) -> dict[str, str]:
    """What the sample tenant's client shows for a token of its own, and where; the pool has drawn its secret."""
    client_id = outputs[f"ClientId{CLIENT}"]
    described = client(settings, "cognito-idp").describe_user_pool_client(
        UserPoolId=outputs["UserPoolId"], ClientId=client_id
    )
    return {
        "CIS_CLIENT_ID": client_id,
        "CIS_CLIENT_SECRET": described["UserPoolClient"]["ClientSecret"],
        "CIS_TOKEN_URL": outputs["TokenUrl"],
    }


def _good_for_secs(token: str, client_id: str) -> float:
    try:
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (IndexError, ValueError):
        return 0
    return float(claims.get("exp", 0)) - time.time() if claims.get("aud") == client_id else 0
