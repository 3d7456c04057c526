"""The TLS of a reader's connection, from its settings; the files are read when it is made."""

import os
import ssl

from drivers.base import DeviceLost
from drivers.llrp.settings import Tls


def context(tls: Tls) -> ssl.SSLContext:
    """Raises DeviceLost where a file is missing or is not what it should be."""
    for file in (tls.ca_file, tls.cert_file, tls.key_file):
        if file is not None and not os.access(file, os.R_OK):
            raise DeviceLost(f"tls: {file}: cannot be read")
    try:
        made = ssl.create_default_context(cafile=tls.ca_file)
    except ssl.SSLError:
        raise DeviceLost(f"tls: {tls.ca_file}: no certificate") from None
    if tls.cert_file is not None:
        try:
            # A key with a password would be asked for at the terminal that a service has not.
            made.load_cert_chain(tls.cert_file, tls.key_file, password=str)
        except ssl.SSLError:
            what = f"{tls.cert_file}, {tls.key_file}"
            raise DeviceLost(f"tls: {what}: no certificate with its key") from None
    return made
