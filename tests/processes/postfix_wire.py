"""Between us and a real Postfix: hands it every letter, gives back its own replies, and does to them what the fault sink would.

`python -m tests.processes.postfix_wire --port P --relay Q --journal wire.jsonl --faults m7` listens until it is killed. A refusal of the plan is
said here and Postfix is not asked; a letter *cut in DATA* or without a reply is lost on the way to it or back. Pace, faults and the journal are the
fault sink's, with one line more: *dot*, with the Message-ID, before Postfix is given the end of a letter. Whether it then took it, when nothing
was answered, only its own log says (see postfix_books.py).
"""

import argparse
import asyncio
import json
import os

from tests.processes.fault_sink import AFTER_DOT, CUT, M7, MESSAGE_ID, REFUSALS, Conversation, Gone, Sink

END = b".\r\n"


class Wire(Sink):
    """What every connection shares, and where Postfix listens."""

    relay = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, and one to Postfix for it."""
        talk = Passing(self, reader, writer)
        try:
            await talk.run()
        except (Gone, OSError, ValueError):
            if talk.number:
                self.note(talk.number, gone=talk.stage, fault=talk.fault)
        finally:
            writer.transport.abort()
            talk.hang_up()


class Passing(Conversation):
    """One client, served by Postfix."""

    postfix: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def run(self) -> None:
        """Every command to Postfix and its reply back, one at a time."""
        await self.tell(await self.call())
        while line := await self.reader.readline():
            verb = line[:4].upper().decode("ascii", "replace")
            if verb in {"MAIL", "RCPT", "DATA"}:
                await self.pass_on(verb, line)
            else:
                self.number = 0 if verb in {"RSET", "QUIT"} else self.number
                await self.tell(await self.ask(line))
        raise Gone

    async def pass_on(self, verb: str, line: bytes) -> None:
        """A command about a letter, unless the plan refuses it."""
        if verb == "MAIL":
            self.number, self.fault, self.waits = self.sink.next_letter()
            self.sink.note(self.number, client=self.client, begun=True)
        await self.reach(verb)
        if refusal := REFUSALS.get((verb, self.fault)) if self.number else None:
            await self.ask(b"RSET\r\n")
            return await self.answer(refusal)
        reply = await self.ask(line)
        if self.number and reply[:1] in b"45":
            return await self.answer(reply.decode("ascii", "replace").strip())
        await self.tell(reply)
        return await self.letter() if reply.startswith(b"354") else None

    async def letter(self) -> None:
        """What stands between DATA and the dot, and Postfix's word on it."""
        lines: list[bytes] = []
        while (line := await self.reader.readline()) != END:
            if not line.endswith(b"\n") or (self.fault == CUT and len(lines) == 3):
                raise Gone
            lines.append(line)
        await self.reach("dot")
        content = b"".join(lines)
        found = MESSAGE_ID.search(content.partition(b"\r\n\r\n")[0])
        named = found[1].decode("ascii", "replace") if found else ""
        if self.fault == AFTER_DOT:
            await self.call()
            return await self.answer(REFUSALS["dot", AFTER_DOT], message_id=named)
        self.sink.note(self.number, dot=named)
        reply = await self.ask(content + END)
        return await self.answer(reply.decode("ascii", "replace").strip(), message_id=named)

    async def call(self) -> bytes:
        """A new connection to Postfix, greeted, in place of any there was; gives the words it began with."""
        known = self.postfix is not None
        self.hang_up()
        self.postfix = await asyncio.open_connection("127.0.0.1", self.sink.relay)  # type: ignore[attr-defined]
        greeting = await self.heard()
        if known:
            await self.ask(b"EHLO countersign.test\r\n")
        return greeting

    async def ask(self, octets: bytes) -> bytes:
        """Say it to Postfix; gives its whole reply."""
        assert self.postfix
        self.postfix[1].write(octets)
        return await self.heard()

    async def heard(self) -> bytes:
        """A reply of Postfix, all its lines."""
        assert self.postfix
        lines = b""
        while line := await self.postfix[0].readline():
            lines += line
            if line[3:4] != b"-":
                return lines
        raise Gone

    async def tell(self, reply: bytes) -> None:
        """Give a reply back as it is."""
        self.writer.write(reply)
        await self.writer.drain()

    def hang_up(self) -> None:
        """On Postfix."""
        if self.postfix:
            self.postfix[1].transport.abort()


if __name__ == "__main__":
    words = argparse.ArgumentParser(description=__doc__)
    for word, usual in {"port": 2526, "relay": 25, "journal": "wire.jsonl", "faults": "{}", "pace": 0.0, "slow": 2.0, "seed": 1}.items():
        words.add_argument(f"--{word}", type=type(usual), default=usual)
    given = words.parse_args()
    journal = os.open(given.journal, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    wire = Wire(journal, M7 if given.faults == "m7" else json.loads(given.faults), {}, given.pace, given.slow, given.seed)
    wire.relay = given.relay
    asyncio.run(wire.listen(given.port))
