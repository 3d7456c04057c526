"""Codes that are printed for a scanner to read: of a keymap, of a station's commands."""

import io


def code_128(text: str, *, module_mm: float = 0.4, height_mm: float = 20.0) -> str:
    """The drawing of `text` as an <svg>, without words. Raises ImportError without the library."""
    import barcode
    from barcode.writer import SVGWriter

    drawn = io.BytesIO()
    code = barcode.get("code128", text, writer=SVGWriter())
    shape = {"write_text": False, "module_width": module_mm, "module_height": height_mm}
    code.write(drawn, shape)
    svg = drawn.getvalue().decode()
    return svg[svg.index("<svg") :]
