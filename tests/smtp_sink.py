"""A tiny SMTP server on loopback that keeps what it is sent, and refuses what a test tells it to refuse."""

import asyncio
import email
import email.policy
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from email.message import EmailMessage
from types import TracebackType
from typing import cast


class SmtpSink:
    """A real server in a thread: `with SmtpSink() as sink` gives its `port`, and `messages` after some mail.

    `on_rcpt` and `on_data` answer a line such as "450 later"; nothing means acceptance. `drop_after` closes each
    connection after so many messages.
    """

    def __init__(self, tls: ssl.SSLContext | None = None, drop_after: int = 10**9) -> None:
        self.messages: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.was_encrypted: list[bool] = []
        self.logins = 0
        self.on_rcpt: Callable[[str], str] = lambda _address: ""
        self.on_data: Callable[[EmailMessage], str] = lambda _message: ""
        self._tls, self._drop_after = tls, drop_after
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._run)
        self.port = 0

    def __enter__(self) -> "SmtpSink":
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)
        self._loop.close()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._talk, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()
        for task in asyncio.all_tasks() - {cast("asyncio.Task[None]", asyncio.current_task())}:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        encrypted, taken = False, 0
        try:
            await self._say(writer, "220 sink ready")
            while line := (await reader.readline()).decode().strip():
                verb = line.split(" ")[0].upper()
                if verb == "STARTTLS" and self._tls is not None:
                    await self._say(writer, "220 go ahead")
                    await writer.start_tls(self._tls)
                    encrypted = True
                elif verb == "DATA":
                    await self._say(writer, "354 end with a dot")
                    answer = self._take(await self._read_data(reader), encrypted)
                    await self._say(writer, answer)
                    taken += 1
                    if taken >= self._drop_after:
                        return
                else:
                    await self._say(writer, self._answer(verb, line, encrypted))
                    if verb == "QUIT":
                        return
        except ConnectionError:
            pass
        finally:
            writer.close()
            with suppress(ConnectionError, ssl.SSLError):
                await writer.wait_closed()

    def _answer(self, verb: str, line: str, encrypted: bool) -> str:
        if verb == "EHLO":
            offers = ["STARTTLS"] if self._tls and not encrypted else []
            offers += ["AUTH PLAIN", "SMTPUTF8"]
            lines = ["sink", *offers]
            return "\r\n".join(f"250{' ' if part is lines[-1] else '-'}{part}" for part in lines)
        if verb == "AUTH":
            self.logins += 1
            return "235 welcome"
        if verb == "RCPT":
            address = line[line.index("<") + 1 : line.index(">")]
            self.recipients.append(address)
            return self.on_rcpt(address) or "250 ok"
        return "221 bye" if verb == "QUIT" else "250 ok"

    def _take(self, data: bytes, encrypted: bool) -> str:
        message = email.message_from_bytes(data, policy=email.policy.SMTP)
        refused = self.on_data(message)
        if refused:
            return refused
        self.messages.append(message)
        self.was_encrypted.append(encrypted)
        return "250 taken"

    @staticmethod
    async def _say(writer: asyncio.StreamWriter, line: str) -> None:
        writer.write(line.encode() + b"\r\n")
        await writer.drain()

    @staticmethod
    async def _read_data(reader: asyncio.StreamReader) -> bytes:
        lines = []
        while (line := await reader.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b"..") else line)
        return b"".join(lines)
