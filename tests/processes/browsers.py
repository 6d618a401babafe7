"""A browser of one officer, without a screen: it signs in through the page, keeps its session, and sends forms with their token."""

import http.client
import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from campaigns.agreement import passkeys, software_keys
from workers.rehearsal_processes import HOST

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass
class Browser:
    """Whose it is, by the number of their software key; the session's cookie and the token of its forms, good on every server of the installation."""

    officer: UUID
    cookie: str = ""
    token: str = ""

    def sign_in(self, port: int, email: str, password: str) -> None:
        """Through the page."""
        self.look(port, "/sign-in")
        status, words = self.post(port, "/sign-in", {"email": email, "password": password})
        assert status == 302, words
        self.look(port, "/")

    def look(self, port: int, path: str) -> str:
        """A page, and with it the token of its forms."""
        _, words = self.ask(port, "GET", path)
        if found := TOKEN.search(words):
            self.token = found[1]
        return words

    def post(self, port: int, path: str, fields: dict[str, str]) -> tuple[int, str]:
        """Send a form; gives the status and the words."""
        return self.ask(port, "POST", path, urlencode({"csrf_token": self.token, **fields}))

    def ask(self, port: int, method: str, path: str, body: str | None = None) -> tuple[int, str]:
        """One request on a connection of its own; redirects are not followed."""
        connection = http.client.HTTPConnection(HOST, port, timeout=30)
        try:
            connection.request(method, path, body, {"Cookie": self.cookie, "Connection": "close"} | (FORM if body else {}))
            answer = connection.getresponse()
            words = answer.read().decode("utf-8", "replace")
        finally:
            connection.close()
        if kept := answer.getheader("Set-Cookie"):
            self.cookie = kept.partition(";")[0]
        return answer.status, words

    def signature(self, port: int, release: UUID, digest: str) -> dict[str, str]:
        """Ask what to sign, and let the officer's key answer: the fields of the form that signs."""
        status, words = self.post(port, f"/releases/{release}/challenge", {"digest": digest})
        assert status == 200, (status, words[:500])
        asked: dict[str, Any] = json.loads(words)
        given = software_keys.assertion(self.officer, passkeys.decode(asked["challenge"]), asked["nonce"], software_keys.SITE)
        response = {"authenticatorData": given.authenticator_data, "clientDataJSON": given.client_data, "signature": given.signature}
        return {"digest": digest, "nonce": asked["nonce"], "answer": json.dumps({"id": given.credential, "response": response})}
