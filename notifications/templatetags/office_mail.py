"""What the office's first page says about mail."""

from django import template
from django.utils import timezone

from notifications.health import STUCK_AFTER
from notifications.models import MailQueue, Notice

register = template.Library()


@register.simple_tag
def mail_to_look_at() -> dict:
    """Give how many notices are undeliverable, and a sentence for each thing that keeps mail from going out."""
    now, problems = timezone.now(), []
    queue = MailQueue.objects.first()
    if queue is None or queue.beat_at is None or queue.beat_at < now - MailQueue.ALIVE:
        problems.append("Sessions are not being decided and mail is not going out: the background service has stopped.")
    elif queue.is_paused(now):
        problems.append(f"The mail server refuses us: {queue.problem}")
    elif Notice.objects.due(now - STUCK_AFTER).exists():
        problems.append("Mail has been waiting for more than fifteen minutes.")
    return {"dead": Notice.objects.filter(state=Notice.State.DEAD).count(), "problems": problems}
