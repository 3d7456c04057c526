"""A page to print: the code that tells which keymap a scanner has, as Code 128 and as QR code.

Both hold calibration.TEXT, with GS as the character ASCII 29, which scanners send as they send
what stands between GS1 elements.
"""

from drivers.hid.protocol.calibration import TEXT
from drivers.scanner.printed import code_128

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Readpoint: which keyboard is this scanner?</title>
<style>
body {{ font: 12pt sans-serif; margin: 20mm; color: #000; background: #fff }}
svg {{ display: block; margin: 8mm 0 }}
</style>
<h1>Which keyboard is this scanner?</h1>
<p>Scan one of the two, once, while <code>readpoint-gateway devices --calibrate</code> waits.
Print at 100 %; the bars need the white around them.</p>
{bars}
{matrix}
</html>
"""


def page() -> bytes:
    """An HTML page, complete in itself. Raises ImportError where the libraries are absent."""
    import segno

    matrix = segno.make(TEXT, error="m", micro=False).svg_inline(scale=6, border=4)
    return _PAGE.format(bars=code_128(TEXT), matrix=matrix).encode()
