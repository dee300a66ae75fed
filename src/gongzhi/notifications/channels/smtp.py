"""Mail over SMTP (RFC 5321), plain text in UTF-8, one stable Message-ID per delivery."""

import smtplib
import ssl
from email.utils import format_datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

from gongzhi.common.logs import without_personal_values
from gongzhi.notifications import rules
from gongzhi.notifications.channels import ChannelDown, NotSent, Outgoing, Rejected


def send(message: Outgoing) -> None:
    """Hand one mail to the server; returning means the server took responsibility for it.

    Raises ChannelDown, Rejected (the server's 5xx answer), NotSent (its 4xx answer).
    """
    mail = EmailMessage(message.subject, message.text, settings.DEFAULT_FROM_EMAIL, [message.to])
    mail.connection = EmailBackend(fail_silently=False)
    host = urlsplit(settings.HOST_URL).hostname or ""
    mail.extra_headers = {
        "Message-ID": rules.message_id(message.dedupe_key, host),
        "Date": format_datetime(message.created_at),
        "Auto-Submitted": "auto-generated",
    }
    try:
        mail.send()
    except smtplib.SMTPRecipientsRefused as error:
        code, answer = next(iter(error.recipients.values()))
        raise _refusal(code, answer) from error
    except (smtplib.SMTPAuthenticationError, smtplib.SMTPConnectError, smtplib.SMTPHeloError) as error:
        raise ChannelDown(_words(error.smtp_code, error.smtp_error)) from error
    except smtplib.SMTPResponseException as error:
        raise _refusal(error.smtp_code, error.smtp_error) from error
    except (smtplib.SMTPException, ssl.SSLError, OSError) as error:
        raise ChannelDown(without_personal_values(f"{type(error).__name__}: {error}")) from error


def _refusal(code: int, answer: bytes | str) -> NotSent:
    # 421 and 45x speak of the server or of "later"; 5xx of this message.
    kind = Rejected if code >= 500 else ChannelDown if code == 421 else NotSent
    return kind(_words(code, answer))


def _words(code: int, answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return without_personal_values(f"SMTP {code} {text}")[:500]
