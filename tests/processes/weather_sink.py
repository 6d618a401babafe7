"""A relay that shows the weather of many mail domains: dead ones, a storm of refusals that clears, greylists. Standard library only.

Its journal has a line for each letter at RCPT, with how many letters to that domain are under way, and one with each reply to a dot, as the
checker reads it. `dead` says by domain what is wrong: a reply at RCPT, or `silent`.
"""

import argparse
import asyncio
import hashlib
import json
import os
import random
import re
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

EHLO = "250-weather sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE 10000000"
LATER = "451 4.3.0 not now"
MESSAGE_ID = re.compile(rb"^Message-ID:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
SET_WHEN_SENT = re.compile(rb"((DKIM-Signature|Date|Received):[^\n]*\n([ \t][^\n]*\n)*)*", re.IGNORECASE)


@dataclass
class Weather:
    """What every connection shares. `storm`: the part of all conversations refused at each stage, for so many seconds from the first letter."""

    journal: int
    dead: dict[str, str]
    storm: float
    storm_for: float
    greylist: float
    chance: random.Random
    began: float = 0.0
    lag: float = 0.0  # the longest, in seconds, that it was kept from looking
    seen: dict[tuple[str, str], float] = field(default_factory=dict)
    under_way: Counter[str] = field(default_factory=Counter)

    def note(self, **line: Any) -> None:
        os.write(self.journal, (json.dumps({"at": time.time(), **line}) + "\n").encode())

    def storms(self) -> bool:
        """Whether this question is refused."""
        return self.began > 0 and time.monotonic() - self.began < self.storm_for and self.chance.random() < self.storm

    def is_grey(self, sender: str, to: str) -> bool:
        """Whether this pair was first seen too short a while ago."""
        now = time.monotonic()
        return now - self.seen.setdefault((sender, to), now) < self.greylist

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        talk = Talk(self, reader, writer)
        try:
            await talk.run()
        except (OSError, ValueError, asyncio.IncompleteReadError):
            pass
        finally:
            talk.over()
            writer.transport.abort()


class Talk:
    """One client; `to` is whom its letter is for, once RCPT was said."""

    def __init__(self, weather: Weather, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.weather, self.reader, self.writer, self.sender, self.to, self.domain = weather, reader, writer, "", "", ""

    async def run(self) -> None:
        if not await self.say("421 4.3.2 not now" if self.weather.storms() else "220 weather sink"):
            return
        while line := (await self.reader.readline()).decode("ascii", "replace").strip():
            if not await self.answer(line[:4].upper(), line[line.find("<") + 1 : line.rfind(">")]):
                return

    async def answer(self, verb: str, address: str) -> bool:
        """To one command; True: the conversation goes on."""
        if verb == "RCPT":
            return await self.recipient(address)
        if verb == "DATA":
            return await self.data()
        self.over()
        if verb == "MAIL":
            self.sender, self.weather.began = address, self.weather.began or time.monotonic()
        if verb in {"EHLO", "MAIL"} and self.weather.storms():
            return await self.say("421 4.3.2 not now" if verb == "EHLO" else LATER)
        await self.say({"EHLO": EHLO, "QUIT": "221 bye"}.get(verb, "250 ok"))
        return verb != "QUIT"

    async def recipient(self, address: str) -> bool:
        self.domain = address.rpartition("@")[2]
        self.weather.under_way[self.domain] += 1
        self.weather.note(domain=self.domain, rcpt=address, under_way=self.weather.under_way[self.domain], lag=self.weather.lag)
        wrong = self.weather.dead.get(self.domain, "")
        if wrong == "silent":
            await self.reader.read()  # until the client has had enough
            return False
        if wrong or self.weather.storms():
            said = wrong or LATER
        elif self.weather.is_grey(self.sender, address):
            said = "450 4.7.1 greylisted"
        else:
            self.to, said = address, "250 ok"
        if not self.to:
            self.over()
        return await self.say(said) and not said.startswith("421")

    async def data(self) -> bool:
        if not self.to:
            return await self.say("503 5.5.1 nobody to send it to")
        if self.weather.storms():
            self.over()
            return await self.say(LATER)
        await self.say("354 go on")
        lines: list[bytes] = []
        while (line := await self.reader.readline()) != b".\r\n":
            if not line.endswith(b"\n"):
                raise ValueError
            lines.append(line.removeprefix(b"."))
        content = b"".join(lines)
        reply = LATER if self.weather.storms() else "250 2.0.0 accepted"
        found, sealed = MESSAGE_ID.search(content), hashlib.sha256(SET_WHEN_SENT.sub(b"", content, count=1)).hexdigest()
        named = found[1].decode("ascii", "replace") if found else ""
        self.weather.note(domain=self.domain, to=[self.to], message_id=named, canonical_sha256=sealed, reply=reply)
        self.over()
        return await self.say(reply)

    def over(self) -> None:
        """No letter is under way here any more."""
        if self.domain:
            self.weather.under_way[self.domain] -= 1
        self.domain = self.to = ""

    async def say(self, reply: str) -> bool:
        """True: the conversation goes on."""
        self.writer.write(f"{reply}\r\n".encode("ascii"))
        await self.writer.drain()
        return not reply.startswith("421")


async def listen(weather: Weather, port: int) -> None:
    """Until killed."""
    await asyncio.start_server(weather.serve, "127.0.0.1", port, limit=1_000_000)
    while True:
        due = time.monotonic() + 0.05
        await asyncio.sleep(0.05)
        weather.lag = max(weather.lag, time.monotonic() - due)


if __name__ == "__main__":
    words = argparse.ArgumentParser(description=__doc__)
    usual = {"port": 2526, "journal": "sink.jsonl", "dead": "{}", "storm": 0.0, "storm-for": 0.0, "greylist": 0.0, "seed": 1}
    for word, value in usual.items():
        words.add_argument(f"--{word}", type=type(value), default=value)
    given = words.parse_args()
    file = os.open(given.journal, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    sky = Weather(file, json.loads(given.dead), given.storm, given.storm_for, given.greylist, random.Random(given.seed))
    asyncio.run(listen(sky, given.port))
