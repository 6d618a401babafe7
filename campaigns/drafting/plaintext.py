"""The text part of a letter: the same Markdown, written for readers (and gateways) without HTML."""

from markdown_it.token import Token

UNDERLINES = {"h1": "=", "h2": "-"}


def write(tokens: list[Token]) -> str:
    """Plain text from markdown-it's tokens: headings underlined, lists with dashes or numbers, links followed by their address."""
    blocks: list[str] = []
    marks: list[str] = []
    heading = ""
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            heading = token.tag if token.nesting > 0 else ""
        elif token.type in {"bullet_list_open", "ordered_list_open", "list_item_open", "bullet_list_close", "ordered_list_close"}:
            _list(token, marks)
        elif token.type == "inline":
            blocks.append(_block(_inline(token.children or []), heading, marks))
        elif token.type in {"hr", "fence", "code_block"}:
            blocks.append(token.content.rstrip("\n") or "-" * 30)
    return "\n\n".join(blocks) + "\n"


def _list(token: Token, marks: list[str]) -> None:
    if token.type.endswith("list_open"):
        marks.append("-" if token.type == "bullet_list_open" else "0.")
    elif token.type.endswith("list_close"):
        marks.pop()
    elif marks[-1] != "-":
        marks[-1] = f"{int(marks[-1][:-1]) + 1}."


def _block(text: str, heading: str, marks: list[str]) -> str:
    if heading:
        return f"{text}\n{UNDERLINES.get(heading, '-') * min(len(text), 72)}"
    if marks:
        indent = "  " * (len(marks) - 1)
        return f"{indent}{marks[-1]} " + text.replace("\n", f"\n{indent}  ")
    return text


def _inline(tokens: list[Token]) -> str:
    text, links = "", []
    for token in tokens:
        match token.type:
            case "text" | "code_inline":
                text += token.content
            case "softbreak" | "hardbreak":
                text += "\n"
            case "link_open":
                links.append((str(token.attrGet("href")), len(text)))
            case "link_close":
                href, start = links.pop()
                text += "" if text[start:] in (href, href.removeprefix("mailto:")) else f" ({href})"
    return text
