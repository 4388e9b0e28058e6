"""How clients speak with the cloud."""

import socket
import ssl

from .conftest import Cloud


def test_a_client_that_could_speak_http_2_is_answered_in_http_1(cloud: Cloud) -> None:
    context = ssl.create_default_context(cafile=str(cloud.settings.certificate))
    context.set_alpn_protocols(["h2", "http/1.1"])
    address = ("localhost", cloud.settings.ports["CIS_CLOUD_PORT"])
    with (
        socket.create_connection(address) as connection,
        context.wrap_socket(connection, server_hostname="localhost") as tls,
    ):
        assert tls.selected_alpn_protocol() == "http/1.1"
