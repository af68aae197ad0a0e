"""Read a mail as a person does: its subject, its plain text, and its HTML as a page."""

from dataclasses import dataclass
from email.message import EmailMessage

from devtools.testing.mail_server import Received
from devtools.testing.page import Page, on_one_line
from notifications.models import Notice


@dataclass(frozen=True)
class Mail:
    """A mail. `text` is its plain text as it was written, `page` its HTML."""

    subject: str
    text: str
    page: Page

    @property
    def bodies(self) -> tuple[str, str]:
        """All that each of the two bodies holds, on one line: what both must say, and neither may."""
        return on_one_line(self.text), self.page.everything


def read_mail(mail: Received | EmailMessage | Notice | dict) -> Mail:
    """Read what a mail server got, a message, a notice that was written, or what `write_mail` returns."""
    if isinstance(mail, dict):
        return Mail(mail["subject"], mail["text"], Page(mail["html"]))
    if isinstance(mail, Notice):
        return Mail(mail.subject, mail.text, Page(mail.html))
    message = mail.message if isinstance(mail, Received) else mail
    plain, html = (message.get_body((kind,)).get_content().replace("\r\n", "\n") for kind in ("plain", "html"))
    return Mail(message["Subject"], plain, Page(html))


def is_as_shown(mail: Received, shown: str) -> bool:
    """Tell whether each line of a mail but its greeting and its links stands in what a page showed."""
    lines = [on_one_line(line) for line in read_mail(mail).text.splitlines()]
    return all(line in on_one_line(shown) for line in lines if "://" not in line and not line.startswith("Hello"))
