"""One `portico peer --ortc` as an asyncio process. The program is named by PORTICO."""

import asyncio
import json
import os

PROGRAM = os.environ["PORTICO"].split()
# A line of 64 KiB of binary has 90 KB in base64.
LINE_BYTES = 1024 * 1024


class PorticoPeer:
    @classmethod
    async def start(cls, *arguments):
        self = cls()
        self.process = await asyncio.create_subprocess_exec(
            *PROGRAM, "peer", "--ortc", *arguments, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            limit=LINE_BYTES)
        self.lines = []
        self._changed = asyncio.Condition()
        self._ended = False
        self._reader = asyncio.create_task(self._read())
        return self

    async def _read(self):
        async for raw in self.process.stdout:
            async with self._changed:
                self.lines.append(json.loads(raw))
                self._changed.notify_all()
        async with self._changed:
            self._ended = True
            self._changed.notify_all()

    async def send(self, line):
        self.process.stdin.write(json.dumps(line).encode() + b"\n")
        await self.process.stdin.drain()

    async def wait(self, event, **members):
        return await self._wait(lambda line: line.get("event") == event and
                                all(line.get(key) == value for key, value in members.items()))

    async def wait_ortc(self):
        return await self._wait(lambda line: "ortc" in line)

    async def _wait(self, matches):
        looked_at = 0
        async with self._changed:
            while True:
                for line in self.lines[looked_at:]:
                    if matches(line):
                        return line
                looked_at = len(self.lines)
                if self._ended:
                    raise AssertionError("the peer ended; its last lines:\n" +
                                         "\n".join(json.dumps(line)[:200] for line in self.lines[-20:]))
                await self._changed.wait()

    def errors(self):
        return [line for line in self.lines if line.get("event") == "error"]

    async def end(self):
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()
        await self._reader
