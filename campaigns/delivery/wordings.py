"""What mail servers mean by what they say when they cannot deliver: their words, by kind, in the order in which one outweighs another.

Wordings are told apart by what they say, not by who says it. Addresses, hosts and links are taken out first, for they prove nothing.
"""

import re

FULL, SUSPENDED, TOO_BIG, UNWANTED, SENDER, EXPIRED, NO_HOST, NOBODY, NETWORK, REJECTED, UNSAID = (
    "mailbox full",
    "mailbox suspended",
    "message too big",
    "blocked or against policy",
    "sender not accepted",
    "tried for too long",
    "no such domain",
    "no such mailbox",
    "server not reached",
    "rejected",
    "no reason given",
)
BLAMES_NOBODY = frozenset({FULL, SUSPENDED, TOO_BIG, UNWANTED, SENDER, EXPIRED})  # the address may be a good one
_BOX = r"(?:mail ?(?:box|folder)|in-?box|account|user(?:'s| has| is)?|recipient(?:'s)?|quota|storage|disk|box|postfach|bo[iî]te|casella|buz[oó]n)"
_KINDS = {
    FULL: (
        rf"{_BOX}[^.;]{{0,50}}\b(?:full|over ?-?quota|exceed\w*|over (?:its|the|storage|disk|mail)|voll|pleine?|piena|llen[oa])\b",
        r"quota[^.;]{0,30}exceed|exceed\w*[^.;]{0,40}(?:quota|storage|(?:mail)?box size|allowed size)|over ?-?quota|overquota|diskquota|mailfull",
        r"(?:not enough|insufficient|no|out of|lack of)(?: free| system| disk| storage| mailbox)* (?:space|storage|room)\b(?! to relay)",
        r"mailbox size|would be over|переполнен|превышен\w* квот|容量|already full|\bfull mailbox|size of (?:the )?mailbox",
    ),
    SUSPENDED: (
        r"disabled ?user|disabled (?:mail)?box|inactive (?:user|mail|account|recipient)|(?:in|de)activated?\b|suspend|frozen|not (?:been )?active|dormant",
        r"(?:account|mailbox|user|recipient|address|mail)[^.;]{0,60}\b(?:disabled|locked|on hold|terminated|closed|expired|archived|discontinued)",
        r"not accepting (?:any |new )?(?:mail|messages?|e-?mail)|no longer accepts?|not currently accepting|unavailable or access denied|заблокирован|停止",
    ),
    TOO_BIG: (
        r"(?:message|mail|letter|size|attachment)[^.;]{0,40}(?:too (?:big|large)|exceed\w*|larger than|zu gro[sß]|trop (?:gros|volumineux))",
        r"size limit|too (?:big|large) (?:message|mail)|exceeds? (?:the )?(?:maximum|max|fixed|size|administrative|limit)|maximum (?:message )?size",
    ),
    UNWANTED: (
        r"spam|junk|\bbulk\b|\bube\b|unsolicited|virus|malware|phish|infected|(?:black|block|deny|white|allow)[- ]?list|block(?:ed|ing)|\b(?:dns|r)bl\b",
        r"reputation|polic(?:y|ies)|politique|prohibit|banned|forbidden|not (?:permitted|allowed|authori[sz]ed|accepted)|unauthori[sz]ed|permission",
        r"denied|restrict|\bdmarc\b|\bdkim\b|\bspf\b|unauthenticated|authenticat|(?:smtp )?auth\b|content[^.;]{0,30}(?:reject|filter|refus|restrict|violat)",
        r"relay(?:ing)?[^.;]{0,20}(?:denied|not|prohibit|through|access)|(?:unable|cannot|not) (?:to )?relay|filter|rate[- ]limit|at a rate|rate that|too quickly|too (?:many|fast|much)|throttl",
        r"gr[ae]y-?list|suspicious|abus|complain|improper|malformed (?:header|address|message|mime)|header|8-bit|not rfc|rfc ?\d+|\bgroups?\b|subscribe|moderat|\bpost(?:ing)? to\b",
        r"(?<!not )listed (?:in|at|by|on)|listing|\bcharset|encod(?:ed|ing)|attachment|\btls\b|encrypt|certificate|insecure|trust|content error|protocol",
    ),
    SENDER: (
        r"sender\b[^.;]{0,40}(?:reject|refus|verif|invalid|unknown|exist|fail|denied|domain)|(?:helo|ehlo|return-path|\bptr\b|reverse dns)",
        r"\b(?:your|sending) (?:\w+ ){0,2}(?:ip|domain|host|server|network|mta)\b|my name was rejected|invalid domain name|does not like me",
        r"(?:host|client) (?:name|network)\b",
    ),
    EXPIRED: (
        r"expired|retry (?:time(?:out)?|limit)|timed? ?out|too long|for a long time|could not be delivered (?:for|within|after)|gave up|not yet",
        r"has been (?:delayed|deferred)|undelivered (?:for|after)|delivery time|retries",
    ),
    NO_HOST: (
        r"host (?:or domain name )?(?:not found|unknown)|unknown (?:host|domain)|no such (?:host|domain)|unrouteable|nxdomain|illegal host",
        r"domain[^.;]{0,30}(?:does ?n[o']t exist|does not exist|not found|couldn't be found|unknown)|couldn't find any host|name or service not known",
        r"bad destination (?:system|host)|no (?:dns|mx)(?: or mx)? (?:for|record)",
    ),
    NOBODY: (
        r"(?:user|recipient|mailbox|account|address|addressee|alias|customer|person|name|id)[^.;:]{0,40}\b(?:unknown|not (?:found|known|recognized|recognised)"
        r"|non-?exist\w*|(?:does|did|do)(?:n't| not) exist|(?:is )?no(?:t a)? ?valid|not listed|not exist|invalid|wasn't found|couldn't be found|not our customer)",
        r"(?:unknown|no such|bad|invalid|nonexistent|non-existent)(?: or \w+)?(?: virtual| local| e-?mail| destination)* "
        r"(?:user|recipient|mailbox|account|address|addressee|alias|person|local[- ]?part|users?\b|rcpt)",
        r"no (?:mailbox|account|user|person)[^.;]{0,20}\b(?:here|by that|with that|named|called|found)|nosuchuser|recip(?:ient)?notfound|no mailbox",
        r"doesn't have an? |(?:does|did) ?n[o']t exist|does not exist|not listed in|wasn't found at|introuvable|unbekannt|inconnu|desconocid[oa]|sconosciut[oa]",
        r"existiert nicht|non esiste|no existe|n'existe pas|не существует|not found in|address not found|is not a known|addr\w* rejected(?! ?:)",
    ),
    NETWORK: (
        r"connection|connect to|network|no route|name serv(?:er|ice)|\bdns\b|\bmx\b|hop count|too many hops|loop|not reachable|unreachable|unavailable",
        r"try (?:again )?later|temporar|deferred|busy|resource|system|server error|internal error|configuration|disk i/o|command (?:un|not )",
    ),
    REJECTED: (r"reject|refus|declin|not accept|decline|abgelehnt|отклон|rifiut|rechaz",),
}
KINDS = {reason: re.compile("|".join(forms), re.IGNORECASE) for reason, forms in _KINDS.items()}
_MEANS = re.compile(r"https?://\S{0,300}?[?&]p=(\w{1,40})\S{0,200}")  # a link may name the kind: …/mail/?p=NoSuchUser
_PROVES_NOTHING = re.compile(
    r"https?://\S{1,500}|<?[^\s<>@]{1,64}@[^\s<>]{1,255}>?|\b[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,8}\.[a-z]{2,20}\b|\[[\d.:a-fA-F]{3,45}\]"
)


def _bare(said: str) -> str:
    """What was said, on one line, without addresses, hosts and links."""
    return " ".join(_PROVES_NOTHING.sub(" ", _MEANS.sub(r" \1 ", said)).split())


def reason(said: str) -> str:
    """The kind of what was said."""
    words = _bare(said)
    return next((kind for kind, form in KINDS.items() if form.search(words)), UNSAID)


def says(kind: str, said: str) -> bool:
    """Whether words of this kind are among what was said."""
    return KINDS[kind].search(_bare(said)) is not None
