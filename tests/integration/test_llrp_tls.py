"""LLRP over TLS: with the certificate that we wait for, and with any other."""

import asyncio
import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from drivers.llrp.settings import Antenna, LlrpSettings, Tls
from tests.integration.devices import NAME, Heard, lost
from tests.unit.drivers.llrp import far_end

OPENSSL = shutil.which("openssl")
SAID = "connection refused by the reader: another client is connected"

pytestmark = pytest.mark.skipif(OPENSSL is None, reason="no openssl: apt-get install openssl")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With two certificates that sign themselves, of a reader and of a gateway, and their keys."""
    made = tmp_path_factory.mktemp("tls")
    for name in ("reader", "gateway"):
        assert OPENSSL is not None
        key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        files = ["-keyout", f"{name}.key", "-out", f"{name}.pem"]
        names = ["-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}"]
        command = [OPENSSL, "req", "-x509", "-days", "1", *key, *files, *names]
        subprocess.run(command, cwd=made, check=True, capture_output=True)
    return made


@pytest.fixture
async def port(folder: Path) -> AsyncIterator[int]:
    """Of a reader that speaks TLS, wants to see a certificate, and has no time for another client.

    Its one word shows that the bytes went both ways: it comes only when the handshake is over.
    """

    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(far_end.connection_event(2))
        await writer.drain()
        writer.close()

    wants = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    wants.load_cert_chain(folder / "reader.pem", folder / "reader.key")
    wants.load_verify_locations(folder / "gateway.pem")
    wants.verify_mode = ssl.CERT_REQUIRED
    server = await asyncio.start_server(greet, "127.0.0.1", 0, ssl=wants)
    async with server:
        yield server.sockets[0].getsockname()[1]


def wanted(port: int, tls: Tls) -> LlrpSettings:
    return LlrpSettings(
        name=NAME, host="127.0.0.1", port=port, tls=tls, antennas=(Antenna(port=1),)
    )


def ours(folder: Path, server_name: str = "reader", ca: str = "reader") -> Tls:
    return Tls(
        ca_file=folder / f"{ca}.pem",
        cert_file=folder / "gateway.pem",
        key_file=folder / "gateway.key",
        server_name=server_name,
    )


async def test_a_reader_is_heard_through_tls_when_both_know_each_other(
    port: int, folder: Path
) -> None:
    assert await lost(Heard(), wanted(port, ours(folder))) == f"127.0.0.1:{port}: {SAID}"


async def test_a_reader_that_nobody_vouches_for_is_not_spoken_to(port: int, folder: Path) -> None:
    why = await lost(Heard(), wanted(port, ours(folder, ca="gateway")))

    assert why == f"127.0.0.1:{port}: TLS: self-signed certificate"


async def test_a_reader_of_another_name_is_not_spoken_to(port: int, folder: Path) -> None:
    why = await lost(Heard(), wanted(port, ours(folder, server_name="dock-2")))

    assert why == (
        f"127.0.0.1:{port}: TLS: hostname mismatch, certificate is not valid for 'dock-2'."
    )


async def test_a_file_that_is_missing_or_is_something_else_is_named(folder: Path) -> None:
    key, certificate = folder / "reader.key", folder / "reader.pem"

    async def why(tls: Tls) -> str:
        return await lost(Heard(), wanted(1, tls))

    assert await why(Tls(ca_file=folder / "x")) == f"tls: {folder}/x: cannot be read"
    assert await why(Tls(ca_file=key)) == f"tls: {key}: no certificate"
    assert await why(Tls(cert_file=certificate, key_file=folder / "gateway.key")) == (
        f"tls: {certificate}, {folder}/gateway.key: no certificate with its key"
    )
