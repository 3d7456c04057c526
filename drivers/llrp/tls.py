"""The TLS of a reader's connection, from its settings; the files are read when it is made."""

import ssl

from drivers.llrp.settings import Tls


def context(tls: Tls) -> ssl.SSLContext:
    """Raises OSError (ssl.SSLError is one) where a file is missing or is not what it should be."""
    made = ssl.create_default_context(cafile=tls.ca_file)
    if tls.cert_file is not None:
        made.load_cert_chain(tls.cert_file, tls.key_file)
    return made
