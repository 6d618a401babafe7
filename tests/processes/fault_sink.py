"""A mail server that misbehaves by plan and tells the truth about it: the first witness of every storm. Standard library only.

Its journal has three lines a letter, each in the file before the next thing happens: *begun* at MAIL, with the port and sender; the *reply*
with what it was given, before a byte of that reply is written; and *written*, whether the reply could then be handed to the network.
A letter with a 2xx in its reply line is accepted here, heard or not. One that broke off before has a *gone* line, with the stage. Whoever said
NOOP has a line of number 0 with how often. `sink_maillog` makes a mail relay's log of it.

A script, as {"3": "cut in DATA"}, names what happens to the nth letter; else its fault is drawn. `pace` is letters a second over all
connections; the stage at which a letter waits for its turn is drawn too, so that a kill may fall anywhere.
"""

import argparse
import asyncio
import hashlib
import json
import os
import random
import re
import time
from dataclasses import dataclass
from typing import Any

NO_REPLY, AT_RCPT, AFTER_DOT = "no reply", "450 at RCPT", "451 after the dot"
CUT, SLOW, CLOSING = "cut in DATA", "slow reply", "421 at MAIL"
M7 = {NO_REPLY: 0.02, AT_RCPT: 0.03, AFTER_DOT: 0.02, CUT: 0.01, SLOW: 0.005, CLOSING: 0.005}  # the trial's rates; "some" said in figures
REFUSALS = {("MAIL", CLOSING): "421 4.3.2 closing", ("RCPT", AT_RCPT): "450 4.2.0 not now", ("dot", AFTER_DOT): "451 4.3.0 not now"}
STAGES = ("MAIL", "RCPT", "DATA", "dot")
EHLO = "250-fault sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE 10000000"
SET_WHEN_SENT = re.compile(rb"((DKIM-Signature|Date|Received):[^\n]*\n([ \t][^\n]*\n)*)*", re.IGNORECASE)  # in front of what was sealed
MESSAGE_ID = re.compile(rb"^Message-ID:\s*(\S+)", re.IGNORECASE | re.MULTILINE)


class Gone(Exception):
    """The client went away, or we hung up."""


@dataclass
class Sink:
    """What every connection shares: the journal and the plan."""

    journal: int
    faults: dict[str, float]
    script: dict[str, str]
    pace: float
    slow: float  # seconds
    seed: int

    def __post_init__(self) -> None:
        self.chance, self.letters, self.free_at = random.Random(self.seed), 0, time.monotonic()

    def next_letter(self) -> tuple[int, str, str]:
        """Its number, what goes wrong with it if anything, and where it waits for its turn."""
        self.letters, well = self.letters + 1, 1 - sum(self.faults.values())
        (drawn,) = self.chance.choices([*self.faults, ""], [*self.faults.values(), well])
        return self.letters, self.script.get(str(self.letters), drawn), self.chance.choice(STAGES)

    def note(self, number: int, **line: Any) -> None:
        """One line, whole and in the file when this returns."""
        os.write(self.journal, (json.dumps({"n": number, "at": time.time(), **line}) + "\n").encode())

    async def listen(self, port: int) -> None:
        await (await asyncio.start_server(self.serve, "127.0.0.1", port, limit=1_000_000)).serve_forever()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, from the greeting on."""
        talk = Conversation(self, reader, writer)
        try:
            await talk.run()
        except (Gone, OSError, ValueError):
            if talk.number:
                self.note(talk.number, gone=talk.stage, fault=talk.fault)
            elif talk.noops:
                self.note(0, client=talk.client, noops=talk.noops)
        finally:
            writer.transport.abort()


class Conversation:
    """One client; `number` is the letter it is in the middle of, or 0."""

    def __init__(self, sink: Sink, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.sink, self.reader, self.writer, self.client = sink, reader, writer, writer.get_extra_info("peername")[1]
        self.number, self.noops, self.to, self.fault, self.stage, self.waits = 0, 0, list[str](), "", "", ""

    async def run(self) -> None:
        await self.say("220 fault sink")
        while line := (await self.reader.readline()).decode("ascii", "replace").strip():
            verb = line[:4].upper()
            if verb in {"MAIL", "RCPT", "DATA"}:
                await self.step(verb, line[line.find("<") + 1 : line.rfind(">")])
            else:
                self.number, self.noops = 0 if verb in {"RSET", "QUIT"} else self.number, self.noops + (verb == "NOOP")
                await self.say({"EHLO": EHLO, "QUIT": "221 bye"}.get(verb, "250 ok"))
        raise Gone

    async def step(self, verb: str, address: str) -> None:
        if verb == "MAIL":
            self.number, self.fault, self.waits = self.sink.next_letter()
            self.sink.note(self.number, client=self.client, begun=True, sender=address)
        self.to += [address] if verb == "RCPT" else []
        await self.reach(verb)
        refused = (verb, self.fault) in REFUSALS
        await (self.answer(REFUSALS[verb, self.fault]) if refused else self.data() if verb == "DATA" else self.say("250 ok"))

    async def reach(self, stage: str) -> None:
        self.stage = stage
        if self.waits == stage and self.sink.pace:
            self.sink.free_at = max(self.sink.free_at, time.monotonic()) + 1 / self.sink.pace
            await asyncio.sleep(self.sink.free_at - time.monotonic())

    async def data(self) -> None:
        if not self.to:
            return await self.say("503 5.5.1 nobody to send it to")
        await self.say("354 go on")
        lines: list[bytes] = []
        while (line := await self.reader.readline()) != b".\r\n":
            if not line.endswith(b"\n") or (self.fault == CUT and len(lines) == 3):
                raise Gone
            lines.append(line.removeprefix(b"."))
        await self.reach("dot")
        content = b"".join(lines)
        found = MESSAGE_ID.search(content.partition(b"\r\n\r\n")[0])
        whole, sealed = (hashlib.sha256(part).hexdigest() for part in (content, SET_WHEN_SENT.sub(b"", content, count=1)))
        said, named = REFUSALS.get(("dot", self.fault), "250 2.0.0 accepted"), found[1].decode("ascii", "replace") if found else ""
        return await self.answer(said, to=self.to, message_id=named, sha256=whole, canonical_sha256=sealed)

    async def answer(self, reply: str, **seen: Any) -> None:
        """The reply that settles a letter: noted, then written, then noted whether it could be."""
        number, self.number, self.to = self.number, 0, []
        self.sink.note(number, client=self.client, stage=self.stage, fault=self.fault, **{"message_id": "", **seen}, reply=reply)
        await asyncio.sleep(self.sink.slow if self.fault == SLOW else 0)
        if wanted := self.fault != NO_REPLY and not self.reader.at_eof():
            self.writer.write(f"{reply}\r\n".encode("ascii"))
        self.sink.note(number, written=wanted and not self.writer.is_closing())  # so short a reply is handed over at once, or never
        if not wanted or self.fault == CLOSING:
            raise Gone

    async def say(self, reply: str) -> None:
        self.writer.write(f"{reply}\r\n".encode("ascii"))
        await self.writer.drain()


if __name__ == "__main__":
    words = argparse.ArgumentParser(description=__doc__)
    for word, usual in {"port": 2526, "journal": "sink.jsonl", "faults": "{}", "script": "{}", "pace": 0.0, "slow": 2.0, "seed": 1}.items():
        words.add_argument(f"--{word}", type=type(usual), default=usual)
    given = words.parse_args()
    faults, script = M7 if given.faults == "m7" else json.loads(given.faults), json.loads(given.script)
    journal = os.open(given.journal, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    asyncio.run(Sink(journal, faults, script, given.pace, given.slow, given.seed).listen(given.port))
