"""What a scanner said of itself by one scan, in words and as settings."""

from gateway.core.discovered import plain


def block(
    device: str,
    keymap: str | None = None,
    gs_key: str | None = None,
    terminator: str | None = None,
    *,
    driver: str = "hid",
) -> list[str]:
    """The lines to paste; what is as the driver takes it anyway is left out."""
    lines = [
        "[[scanner]]",
        'name = "scanner-1"',
        f'driver = "{driver}"',
        f"device = {_quoted(device)}",
    ]
    if keymap is not None:
        lines.append(f"keymap = {_quoted(keymap)}")
    if gs_key is not None:
        lines.append(f"gs_key = {_quoted(gs_key)}")
    if terminator not in (None, "line"):
        lines.append(f'terminator = "{terminator}"')
    return lines


def _quoted(text: str) -> str:
    """As TOML has it."""
    escaped = plain(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
