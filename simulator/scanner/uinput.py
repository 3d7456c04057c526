"""A scanner that plays a keyboard, where the kernel lets a program be one (/dev/uinput).

It types as scanners do that are set to the US: Shift around a capital, Ctrl+] for GS, Enter behind.
It has a table of its own, so that a mistake in the driver's keymaps is not made twice.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from evdev import UInput

UINPUT = Path("/dev/uinput")
NODE_S = 5.0  # for udev to make the device's node

_KEY, _SHIFT, _CTRL, _ENTER = 1, 42, 29, 28
_PLAIN = {
    **dict(zip("1234567890-=", range(2, 14), strict=True)),
    **dict(zip("qwertyuiop[]", range(16, 28), strict=True)),
    **dict(zip("asdfghjkl;'`", range(30, 42), strict=True)),
    **dict(zip("\\zxcvbnm,./", range(43, 54), strict=True)),
    " ": 57,
}
_SHIFTED = dict(zip('!@#$%^&*()_+{}:"~|<>?', "1234567890-=[];'`\\,./", strict=True))


def why_not() -> str:
    """Why there can be none here; empty where there can."""
    if not UINPUT.exists():
        return f"no {UINPUT}: this kernel lets no program be a keyboard"
    try:
        with UINPUT.open("wb"):
            return ""
    except OSError as error:
        return f"{UINPUT}: {error.strerror}"


@dataclass(slots=True)
class UinputScanner:
    """`async with`; `path` is the device's node, another one after each `plug`."""

    name: str = "Readpoint simulated scanner"
    key_s: float = 0.008  # between two events of a key
    _device: "UInput | None" = field(default=None, init=False)

    async def __aenter__(self) -> Self:
        await self.plug()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.unplug()

    @property
    def path(self) -> Path:
        assert self._device is not None and self._device.device is not None
        return Path(str(self._device.device.path))

    async def plug(self) -> None:
        """Raises OSError, evdev.UInputError, ImportError; TimeoutError where no node comes."""
        from evdev import UInput

        codes = [*_PLAIN.values(), _SHIFT, _CTRL, _ENTER]
        self._device = await asyncio.to_thread(lambda: UInput({_KEY: codes}, name=self.name))
        async with asyncio.timeout(NODE_S):
            while not self.path.exists():
                await asyncio.sleep(0.01)

    def unplug(self) -> None:
        device, self._device = self._device, None
        if device is not None:
            device.close()

    async def scan(self, text: str, *, end: bool = True) -> None:
        """Type it, with Enter behind. Raises ValueError for what has no key in the US."""
        for code, is_down in [each for one in text for each in _strokes(one)]:
            await self._event(code, is_down=is_down)
        if end:
            await self._event(_ENTER, is_down=True)
            await self._event(_ENTER, is_down=False)

    async def _event(self, code: int, *, is_down: bool) -> None:
        assert self._device is not None
        self._device.write(_KEY, code, int(is_down))
        self._device.syn()
        await asyncio.sleep(self.key_s)


def _strokes(character: str) -> Iterator[tuple[int, bool]]:
    held: int | None = None
    if character == "\x1d":
        character, held = "]", _CTRL
    elif character in _SHIFTED or character.isupper():
        character, held = _SHIFTED.get(character, character.lower()), _SHIFT
    code = _PLAIN.get(character)
    if code is None:
        raise ValueError(f"{character!r}: no key of a US keyboard types it")
    if held is not None:
        yield held, True
    yield code, True
    yield code, False
    if held is not None:
        yield held, False
