// The errors tab: what the network gets wrong on the test part, or why that is not known yet, and the button that asks for it.
import { drawReport } from "./report.js";

export class Errors {
  // follow() listens to the trial again, which has ended; settled() says that nothing more is awaited; tested(metrics) what came out.
  constructor(root, { follow, settled, tested }) {
    Object.assign(this, { root, follow, settled, tested });
    this.awaited = false;
    this.turn = 0;
    document.addEventListener("theme-changed", () => !root.hidden && this.redraw?.());
  }

  // A report never changes once it is there; before that every opening of the tab looks again.
  async load(failure) {
    if (this.redraw) return this.redraw();
    const turn = ++this.turn;
    const answer = await fetch(this.root.dataset.errorsTab, { headers: { Accept: "text/html" } }).catch(() => null);
    const html = answer?.ok && !answer.redirected ? await answer.text() : null;
    if (turn !== this.turn) return;
    if (html === null) return this.say("This could not be fetched. Open the tab again to try once more.");
    this.root.innerHTML = html;
    document.dispatchEvent(new Event("shown"));
    this.root.querySelector("form[data-test]")?.addEventListener("submit", (event) => this.ask(event));
    this.expect(this.root.querySelector("[data-asked]") !== null);
    if (failure) this.say(failure);
    const report = this.root.querySelector("[data-report]");
    if (report) await this.show(report, turn);
  }

  expect(awaited) {
    const before = this.awaited;
    this.awaited = awaited;
    if (awaited && !before) this.follow();
    if (before && !awaited) this.settled();
  }

  async show(element, turn) {
    const answer = await fetch(element.dataset.report, { headers: { Accept: "application/json" } }).catch(() => null);
    if (turn !== this.turn) return;
    if (!answer?.ok) return this.say("The report could not be fetched. Open the tab again to try once more.");
    const report = await answer.json();
    this.redraw = drawReport(element, report);
    this.tested(report.metrics);
  }

  // forms.js has asked for confirmation before this is reached.
  async ask(event) {
    event.preventDefault();
    event.submitter?.setAttribute("disabled", "");
    const token = document.querySelector('meta[name="csrf-token"]').content;
    const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
    const answer = await fetch(event.target.action, { method: "POST", headers, body: '{"action": "test"}' }).catch(() => null);
    if (answer?.ok) {
      this.expect(true);
      return this.load();
    }
    const problem = await answer?.json().catch(() => null);
    this.load(problem?.detail ?? "The server did not answer. Try again.");
  }

  // The trial ended, or a worker has looked at the test part.
  changed({ failure } = {}) {
    if (!this.root.hidden || this.awaited) this.load(failure);
  }

  say(words) {
    const line = this.root.querySelector("[data-errors-failure]") ?? this.root.querySelector("[data-errors=summary]");
    if (!line) return this.root.replaceChildren(Object.assign(document.createElement("p"), { className: "empty", textContent: words }));
    line.hidden = false;
    line.textContent = words;
  }
}
