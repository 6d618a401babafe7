"""What a person newly wrote in a reply: the text above what they quote, and without the signature below it.

Mail programs introduce a quotation in a few manners and many languages: a line with a name, a date and a colon; the quoted letter's own
head; a rule with words in it. What is cut off is only folded on screen, never thrown away.
"""

import re

LONGEST = 100_000
LONGEST_INTRODUCTION = 500
WROTE = (
    r"wrote|writes|a écrit|schrieb|geschrieben|escribi[oó]|escreveu|ha scritto|scrisse|schreef|heeft geschreven|skrev|skrifaði|kirjoitti|napisał\w*|napsal\w*|napísal\w*"
    r"|написал\w*|пишет|писал\w*|yazdı|írta|a scris|写道|寫道|のメール|さんは書きました|작성|έγραψε|ysgrifennodd"
)
ADDRESSED = r"<[^<>\n]{0,100}@[^<>]{1,200}>|\[mailto:|\S@\S"
DATED = r"\d{1,2}[:.]\d{2}|\b(?:19|20)\d\d\b"
INTRODUCED = re.compile(
    rf"^[>\s]*(?:(?=[^\n]{{0,400}}(?:{DATED}|{ADDRESSED}))[^\n]{{1,400}}\b(?:{WROTE})\b[^\n]{{0,200}}:?\s*$"
    rf"|(?=[^\n]{{0,400}}(?:{DATED}))[^\n]{{0,400}}(?:{ADDRESSED})[^\n]{{0,60}}:\s*$)",
    re.IGNORECASE,
)
OPENED = re.compile(rf"{DATED}|<", re.IGNORECASE)
FROM = r"from|de|von|da|van|fra|från|od|от|lähettäjä|feladó|kimden|expéditeur|mittente|发件人|寄件者|差出人|보낸 ?사람|oddi wrth"
OTHER = r"sent|date|to|subject|cc|envoyé(?: le)?|à|a|objet|copie à|gesendet|datum|an|betreff|verzonden|aan|onderwerp|enviado(?: el)?|para|asunto|fecha|data|assunto|inviato|oggetto|sendt|dato|til|emne|skickat|till|ämne|wysłano|do|temat|дата|кому|тема|отправлено|发送时间|收件人|主题|日時|宛先|件名|anfonwyd|at|pwnc|reply-to"
HEAD = re.compile(rf"^[>\s*_]*(?:{FROM})[*_]*\s?[::]", re.IGNORECASE)
SECOND = re.compile(rf"^[>\s*_]*(?:{OTHER})[*_]*\s?[::]|\b(?:objet|subject)\s?:", re.IGNORECASE)
RULE = re.compile(
    r"^[>\s]*-{2,}\s?(?:original (?:message|appointment|e-?mail)|forwarded (?:message|by)|reply message|message d'origine|message (?:original|transféré)|ursprüngliche"
    r" (?:nachricht|e-?mail|mail)|weitergeleitete|original-?nachricht|oprindelig (?:besked|meddelelse)|ursprungligt|opprinnelig melding|mensaje original|mensagem original"
    r"|messaggio (?:originale|inoltrato)|oorspronkelijk bericht|doorgestuurd|alkuperäinen viesti|wiadomość oryginalna|původní (?:zpráva|e-?mail)|исходное сообщение"
    r"|оригинал|eredeti üzenet|原始邮件|原始郵件|元のメッセージ|neges wreiddiol)[^\n]{0,80}$"
    r"|^[>\s]*(?:begin forwarded message|message du|-{5,}\s*$(?=\n\s*(?:from|de|von)\s?:))",
    re.IGNORECASE | re.MULTILINE,
)
SIGNED = re.compile(
    r"^(?:--\s*|__+\s*|—\s*)$|^(?:sent from (?:my|mail|outlook|yahoo|samsung)|get outlook for|envoyé de(?:puis)? mon|von meinem .{1,40} gesendet|gesendet (?:von|mit) (?:meinem|der)"
    r"|enviado desde mi|enviado do meu|inviato da|verzonden vanaf mijn|skickat från min|sendt fra min|lähetetty|wysłane z|отправлено с|anfonwyd o fy)\b",
    re.IGNORECASE,
)
BETWEEN = re.compile(r"^[>\s]*(?:={2,}|_{5,}|-{3,}|\*{3,})\s*$")


def new_text(text: str) -> str:
    """The words that are new in a reply; whatever it quotes and its signature are left out."""
    lines = text[:LONGEST].replace("\r\n", "\n").split("\n")
    end = next((number for number in range(len(lines)) if _begins_a_quotation(lines, number)), len(lines))
    kept = [line for line in lines[:end] if not line.startswith(">")]
    signed = next((number for number, line in enumerate(kept) if number and SIGNED.match(line)), len(kept))
    kept = kept[:signed]
    while kept and (not kept[-1].strip() or BETWEEN.match(kept[-1])):
        kept.pop()
    return "\n".join(kept).strip()


def _begins_a_quotation(lines: list[str], number: int) -> bool:
    line = lines[number]
    if not line.strip() or line.startswith(">"):
        return False
    if RULE.match(line) or (HEAD.match(line) and any(SECOND.search(other) for other in lines[number + 1 : number + 5])):
        return True
    # An introduction may be broken over three lines; it begins with one that is not a sentence of its own, and has no gap.
    most = 3 if OPENED.search(line) and not line.rstrip().endswith((".", "!", "?")) else 1
    parts = [list(map(str.strip, lines[number : number + length])) for length in range(1, most + 1)]
    return any(INTRODUCED.match(" ".join(part)) for part in parts if all(part) and sum(map(len, part)) < LONGEST_INTRODUCTION)
