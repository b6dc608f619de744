// The log tab: new lines are added at the end, which stays in sight unless one has scrolled up.
const MOST_LINES = 2000;

const keyOf = (at, message) => `${Date.parse(at)} ${message}`;

export class Log {
  constructor(list, empty) {
    this.list = list;
    this.empty = empty;
    this.seen = new Set([...list.children].map((line) => keyOf(line.dataset.at, line.querySelector("span").textContent)));
    for (const time of list.querySelectorAll("time")) this.localise(time);
  }

  localise(time) {
    time.textContent = new Date(time.dateTime).toLocaleTimeString("en-GB");
  }

  add({ at, level, message, step }) {
    const key = keyOf(at, message);
    if (this.seen.has(key)) return;
    this.seen.add(key);
    const follow = this.atEnd();
    const line = document.createElement("li"), time = document.createElement("time"), text = document.createElement("span");
    line.className = `log-${level}`;
    line.dataset.at = at;
    time.dateTime = at;
    if (step !== null && step !== undefined) time.title = `step ${step}`;
    this.localise(time);
    text.textContent = message;
    line.append(time, text);
    this.list.append(line);
    if (this.list.children.length > MOST_LINES) this.list.firstElementChild.remove();
    this.list.hidden = false;
    this.empty.hidden = true;
    if (follow) this.toEnd();
  }

  // What was said while nobody listened: the page as it would be now has it.
  async catchUp() {
    const answer = await fetch(location.pathname).catch(() => null);
    if (!answer?.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const line of page.querySelectorAll("[data-log] > li")) {
      const [time, text] = line.children;
      this.add({ at: line.dataset.at, level: line.className.slice("log-".length), message: text.textContent, step: time.title.split(" ")[1] });
    }
  }

  atEnd() {
    return this.list.scrollHeight - this.list.scrollTop - this.list.clientHeight < 40;
  }

  toEnd() {
    this.list.scrollTop = this.list.scrollHeight;
  }
}
