"""Hosts as readers see them: what a link's words promise, and where it really leads."""

import re
import unicodedata

from campaigns.drafting import links
from campaigns.drafting.markup import Link

NAMED = re.compile(r"(?:^|(?<=[\s/@(“\"']))((?:[^\W_][\w-]*\.)+[^\W\d_]{2,}|xn--[\w-]+)(?=$|[\s/:?#).,;”\"'])")
FILES = {
    "pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "zip", "htm", "html", "csv", "txt", "jpg", "jpeg", "png", "ics", "asp", "aspx",
    "php",
}  # fmt: skip


def named_instead(link: Link) -> str:
    """The host a link's words name though it leads to another; empty when they name none, or the right one."""
    real = _plain(links.host_of(link.target))
    for found in NAMED.findall(unicodedata.normalize("NFKC", link.words)):
        host = _plain(found)
        if host.rpartition(".")[2] not in FILES and host != real and not real.endswith(f".{host}"):
            return str(found)
    return ""


def said(target: str) -> str:
    """The host of a link, in its own letters with what stands for them beside it: `bücher.test (xn--bcher-kva.test)`."""
    host = links.host_of(target)
    spoken = links.spoken(host)
    return f"{spoken} ({host})" if spoken != host else host or f"no host at all: {target[:100]}"


def _plain(host: str) -> str:
    return links.spoken(host.lower()).removeprefix("www.")
