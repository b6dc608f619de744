// The bell of every page: [data-bell-count] and [data-bell-words] say how many notifications are unread, as the news have it.
// Pages listen to "notified" and "delivered" on the body; a link with data-reads marks its notification as read when followed.
import { listen, me } from "./channel.js";

function show(unread) {
  const count = document.querySelector("[data-bell-count]"), words = document.querySelector("[data-bell-words]");
  if (!count) return;
  count.hidden = !unread;
  count.textContent = unread < 100 ? unread : "99+";
  words.textContent = unread ? `${unread} unread` : "";
}

const say = (name) => document.body.dispatchEvent(new Event(name));

async function catchUp() {
  const answer = await fetch("/api/v1/notifications?limit=1");
  if (answer.ok) show((await answer.json()).unread);
}

function follow(event) {
  const link = event.target.closest("[data-reads]");
  if (!link || event.button > 1) return;
  const token = document.querySelector("meta[name=csrf-token]").content;
  fetch(link.dataset.reads, { method: "POST", keepalive: true, headers: { "X-CSRFToken": token } }).catch(() => {});
}

if (me) {
  listen(me, {
    notification: ({ unread }) => { show(unread); say("notified"); },
    webhook: () => say("delivered"),
    missed: () => { catchUp(); say("notified"); say("delivered"); },
  });
}
document.addEventListener("click", follow);
document.addEventListener("auxclick", follow);
