// <time data-time-ago datetime="..."> shows how long ago that was, and keeps saying so.
const words = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const UNITS = [["year", 31536000], ["month", 2592000], ["day", 86400], ["hour", 3600], ["minute", 60]];

export function timeAgo(moment, now = Date.now()) {
  const seconds = (moment - now) / 1000;
  const unit = UNITS.find(([, length]) => Math.abs(seconds) >= length);
  return unit ? words.format(Math.round(seconds / unit[1]), unit[0]) : "just now";
}

function refresh(root = document) {
  for (const element of root.querySelectorAll("time[data-time-ago]")) {
    const moment = Date.parse(element.dateTime);
    if (!Number.isNaN(moment)) element.textContent = timeAgo(moment);
  }
}

refresh();
setInterval(refresh, 30_000);
document.addEventListener("htmx:afterSettle", () => refresh());
