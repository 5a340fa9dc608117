"""The page behind the link, for people: one sentence and one button, in the language of their browser."""

from html import escape

WORDS = {
    "nl": {
        "title": "Afmelden",
        "ask": "Wilt u geen herinneringen meer aan deze vragenlijst?",
        "button": "Meld mij af",
        "done": "U bent afgemeld. U krijgt geen mail meer over deze vragenlijst; de link naar de vragen blijft werken.",
    },
    "en": {
        "title": "Unsubscribe",
        "ask": "Do you want no more reminders of this survey?",
        "button": "Unsubscribe",
        "done": "You have unsubscribed. You will get no more mail about this survey; the link to the questions keeps working.",
    },
}
STYLE = (
    "body{font:18px/1.5 'Segoe UI',Helvetica,Arial,sans-serif;color:#1f2933;background:#eef2f4;margin:0}"
    "main{background:#fff;max-width:32rem;margin:3rem auto;padding:2rem}h1{font-size:1.5rem;margin-top:0}"
    "button{font:inherit;font-weight:600;color:#fff;background:#0b5563;border:0;border-radius:6px;padding:.75rem 1.5rem}"
    "button:focus-visible{outline:3px solid #f2a900;outline-offset:2px}"
)
POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"


def language_wanted(accept_language: str) -> str:
    """The first of the browser's that there are words in."""
    for part in accept_language.lower().split(","):
        if (base := part.strip().partition(";")[0].partition("-")[0]) in WORDS:
            return base
    return "en"


def page(language: str, *, done: bool) -> str:
    words = WORDS[language]
    if done:
        body = f'<p role="status">{escape(words["done"])}</p>'
    else:
        body = (
            f'<p>{escape(words["ask"])}</p><form method="post">'
            '<input type="hidden" name="List-Unsubscribe" value="One-Click">'
            f'<button type="submit">{escape(words["button"])}</button></form>'
        )
    return _whole(language, words["title"], body)


def _whole(language: str, title: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(title)}</title>'
        f"<style>{STYLE}</style></head><body><main><h1>{escape(title)}</h1>{body}</main></body></html>"
    )
