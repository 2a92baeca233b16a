"""A mail server of a test: takes what it is told to take, refuses or stalls over the rest."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message


@dataclass(kw_only=True)
class Letterbox:
    """What arrived, and what is to be said to whom: an address part and the reply to its RCPT."""

    port: int = 0
    arrived: list[Message] = field(default_factory=list)
    replies: dict[str, list[str]] = field(default_factory=dict)
    stalls: str = ""  # an address part that is never answered
    stalled: threading.Event = field(default_factory=threading.Event)
    closing: threading.Event = field(default_factory=threading.Event)

    def to(self, address: str) -> list[Message]:
        """What arrived for this address."""
        return [mail for mail in self.arrived if address in str(mail["To"])]

    def reply(self, line: str) -> str:
        """The reply to one RCPT line."""
        for part, replies in self.replies.items():
            if part in line and replies:
                return replies.pop(0)
        return "250 taken"


@contextmanager
def letterbox() -> Iterator[Letterbox]:
    """A mail server on a free port."""
    box = Letterbox()

    class Talk(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 test\r\n")
            while line := self.rfile.readline().decode().strip():
                word = line[:4].upper()
                if word == "DATA":
                    self.wfile.write(b"354 go on\r\n")
                    lines = []
                    while (data := self.rfile.readline()) not in (b".\r\n", b""):
                        lines.append(data)
                    box.arrived.append(message_from_bytes(b"".join(lines)))
                    self.wfile.write(b"250 taken\r\n")
                elif word == "RCPT" and box.stalls and box.stalls in line:
                    box.stalled.set()
                    box.closing.wait(60)
                    return
                elif word == "QUIT":
                    self.wfile.write(b"221 bye\r\n")
                    return
                else:
                    self.wfile.write(f"{box.reply(line) if word == 'RCPT' else '250 yes'}\r\n".encode())

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

    with Server(("127.0.0.1", 0), Talk) as server:
        box.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield box
        finally:
            box.closing.set()
            server.shutdown()
            thread.join()
