"""What a notification says and where it leads, read from what it is about as that is now."""

from webapp.models import Kind, Notification, State

EXCERPT = 200


def sentence(notification: Notification) -> str:
    """In one line."""
    title = notification.experiment.title if notification.experiment else ""
    match Kind(notification.kind):
        case Kind.MENTION:
            return f"{author_of(notification)} mentioned you in “{title}”"
        case Kind.COMMENT:
            return f"{author_of(notification)} commented on “{title}”"
        case Kind.FAILED:
            return f"{trial_of(notification)} of “{title}” failed"
        case Kind.DIVERGED:
            return f"{trial_of(notification)} of “{title}” diverged"
        case Kind.ENDED:
            return f"{trial_of(notification)} of “{title}” {how_it_ended(notification)}"
        case Kind.WEBHOOK:
            return "One of your webhooks was switched off"


def details(notification: Notification) -> str:
    """More about it: the beginning of the comment, why the trial failed."""
    if notification.comment is not None:
        words = " ".join(notification.comment.body.split())
        return words if len(words) <= EXCERPT else f"{words[:EXCERPT].rstrip()} …"
    if notification.trial is not None:
        return notification.trial.failure or ""
    if notification.webhook is not None:
        return notification.webhook.disabled_because or ""
    return ""


def place(notification: Notification) -> str:
    """The path of the page that it leads to."""
    if notification.webhook_id is not None:
        return f"/account/webhooks/{notification.webhook_id}"
    if notification.comment_id is not None:
        return f"/experiments/{notification.experiment_id}#comment-{notification.comment_id}"
    if notification.trial is not None:
        return f"/experiments/{notification.experiment_id}?trial={notification.trial.number}"
    return f"/experiments/{notification.experiment_id}"


def author_of(notification: Notification) -> str:
    """Who said it."""
    return notification.comment.author.shown_name if notification.comment else "Somebody"


def trial_of(notification: Notification) -> str:
    """Which trial it was."""
    return f"Trial {notification.trial.number}" if notification.trial else "A trial"


def how_it_ended(notification: Notification) -> str:
    """Completed, or stopped."""
    stopped = notification.trial is not None and notification.trial.state == State.CANCELLED.value
    return "was stopped" if stopped else "is completed"
