// Comments of an experiment: what others say and change comes by the channel, and each comment is fetched as this person may read
// it. Only the comment itself is exchanged, so that nobody loses what they are writing.
import { FIRST_WAIT_MS, isAway, longer } from "./away.js";
import { listen } from "./channel.js";
import { byId, exchange, fragment, insert, numberOf, offerUndo, pointAt } from "./comment-article.js";
import { sayFar } from "./failures.js";
import { bindMentions } from "./mentions.js";
import { keepUnsent } from "./unsent.js";

export class Conversation {
  // changed(): there may be other pins, or another number of comments.
  constructor(experiment, news, changed) {
    this.experiment = experiment;
    this.changed = changed;
    this.pane = document.querySelector("#comments");
    this.queue = Promise.resolve();
    this.early = new Map(); // what was heard while the comments were on their way
    this.held = new Map(); // what was heard while somebody chooses in a menu of that comment
    listen(`experiment:${experiment}`, { comment: (told) => this.heard(told), missed: () => this.catchUp() }, news);
    document.body.addEventListener("comment-made", ({ detail }) => this.made(detail));
    document.body.addEventListener("comment-deleted", ({ detail }) => this.deleted(detail));
    document.addEventListener("htmx:beforeRequest", (event) => this.keepReply(event));
    document.addEventListener("htmx:beforeRequest", ({ detail }) => detail.target === this.pane && this.early.clear());
    document.addEventListener("htmx:afterSwap", ({ target }) => this.swapped(target));
    document.addEventListener("htmx:afterRequest", ({ detail }) => this.givenUp(detail));
    document.addEventListener("click", (event) => this.pressed(event));
    this.pane.addEventListener("hidden.bs.dropdown", ({ target }) => this.release(target.closest("article")));
    addEventListener("hashchange", () => this.toPermalink());
    bindMentions(document);
    keepUnsent(this.pane);
    this.toPermalink();
  }

  get list() { return this.pane.querySelector("[data-threads]"); }

  // The form for a new comment, once the tab has been fetched.
  get form() { return new Promise((resolve) => this.whenThere(() => resolve(this.pane.querySelector("[data-new-comment]")))); }

  whenThere(act) {
    if (this.list) act();
    else this.pane.addEventListener("htmx:afterSwap", () => act(), { once: true });
  }

  heard(told) {
    this.changed();
    if (this.list) this.follow(told);
    else this.early.set(told.id, told);
  }

  // One after the other; again, after longer and longer, while the server is away.
  follow(told, wait = FIRST_WAIT_MS) {
    const again = () => this.follow(told, longer(wait));
    this.queue = this.queue.then(() => this.refresh(told)).catch(() => { setTimeout(again, wait); });
    return this.queue;
  }

  async made({ id, thread }) {
    await this.follow({ id, thread });
    byId(id)?.scrollIntoView({ block: "nearest" });
    if (id !== thread) byId(id)?.focus({ preventScroll: true });
    this.changed();
  }

  // One comment as it is now: exchanged, added, or taken away. One that is being edited stays, and one with an open menu until that closes.
  async refresh({ id, thread }) {
    const isFirst = id === thread, whole = isFirst && !byId(id);
    if (this.isInUse(id, thread)) return;
    if (!isFirst && !document.getElementById(`thread-${thread}`)) return this.refresh({ id: thread, thread });
    const answer = await fetch(`/comments/${id}${whole ? "/thread" : ""}`);
    if (isAway(answer)) throw new Error(answer.statusText);
    if (answer.redirected || (!answer.ok && answer.status !== 404)) return;
    if (answer.status !== 200) await this.gone(id, thread);
    else {
      const made = fragment(await answer.text()).firstElementChild;
      if (!this.isInUse(id, thread)) this.put(id, thread, made, whole); // it may be only now
    }
    this.pane.querySelector("[data-no-comments]").hidden = Boolean(this.list.children.length);
  }

  // Whether the comment is to stay as it is: edited, or with an open menu. Where a button of it waits for its answer we come again.
  isInUse(id, thread) {
    const there = byId(id);
    if (there?.querySelector(".htmx-request")) throw new Error("in use");
    const isChosenIn = Boolean(there?.querySelector(".dropdown-menu.show"));
    if (isChosenIn) this.held.set(id, { id, thread });
    return isChosenIn || Boolean(there && "editing" in there.dataset);
  }

  put(id, thread, made, whole) {
    const there = byId(id);
    if (there) exchange(there, made);
    else if (whole) {
      if (document.getElementById(`thread-${id}`)) return;
      insert(this.list, made);
    } else insert(document.querySelector(`#thread-${thread} [data-replies]`), made);
  }

  release(article) {
    const told = article && this.held.get(numberOf(article));
    if (told && this.held.delete(told.id)) this.follow(told);
  }

  // Nothing comes in the place of a comment that was deleted while somebody edited it, and gave that up.
  givenUp({ xhr, target }) {
    if (xhr.status === 204 && target?.matches?.("article[data-editing]")) this.gone(numberOf(target), numberOf(target.closest("[data-thread]")));
  }

  // A thread whose first comment was deleted goes with its last reply.
  async gone(id, thread) {
    this.remove(id, id === thread);
    if (id !== thread && byId(thread)?.matches(".comment-deleted")) await this.refresh({ id: thread, thread });
  }

  // A thread in which somebody writes stays for as long as they do.
  remove(id, isFirst) {
    const thread = isFirst && document.getElementById(`thread-${id}`);
    if (!thread) byId(id)?.remove();
    else if (!thread.querySelector("[data-reply-form]")) thread.remove();
  }

  catchUp() { this.again().catch(() => setTimeout(() => this.catchUp(), 5 * FIRST_WAIT_MS)); }

  async again() {
    this.changed();
    if (!this.list) return;
    const answer = await fetch(`/experiments/${this.experiment}/comments`);
    if (!answer.ok || answer.redirected) return;
    const fresh = fragment(await answer.text()), ids = [...fresh.querySelectorAll("article")].map(numberOf);
    const threads = new Map([...fresh.querySelectorAll("[data-thread]")].flatMap((one) => [...one.querySelectorAll("article")].map((comment) => [numberOf(comment), numberOf(one)])));
    const since = Number(fresh.querySelector("[data-earlier]")?.dataset.earlier ?? 0); // what is older was not asked for
    const gone = [...this.list.querySelectorAll("article")].map(numberOf).filter((id) => id >= since && !threads.has(id));
    for (const id of gone) this.remove(id, Boolean(document.getElementById(`thread-${id}`)));
    for (const id of ids) await this.follow({ id, thread: threads.get(id) });
  }

  // Comments before those that are shown; whether there were any.
  async earlier() {
    const button = this.pane.querySelector("[data-earlier]");
    const answer = button && await fetch(`/experiments/${this.experiment}/comments?before=${button.dataset.earlier}`);
    if (!answer?.ok || answer.redirected) return false;
    const fresh = fragment(await answer.text()), next = fresh.querySelector("[data-earlier]"), hadFocus = document.activeElement === button;
    for (const thread of fresh.querySelectorAll("[data-thread]")) {
      const there = document.getElementById(thread.id), replies = [...thread.querySelectorAll("[data-replies] > article")];
      if (!there) insert(this.list, thread);
      else for (const reply of replies) if (!byId(numberOf(reply))) insert(there.querySelector("[data-replies]"), reply);
    }
    if (next) button.dataset.earlier = next.dataset.earlier;
    else button.parentElement.remove();
    if (hadFocus && !next) this.list.querySelector("article")?.focus({ preventScroll: true });
    return true;
  }

  isEarlier(id) { return Number(id) < Number(this.pane.querySelector("[data-earlier]")?.dataset.earlier); }

  // A reply that somebody began to write is not thrown away for an empty form.
  keepReply(event) {
    const begun = event.target.dataset?.reply && document.querySelector(`#reply-${event.target.dataset.reply} textarea`);
    if (!begun?.value.trim()) return;
    event.preventDefault();
    begun.focus();
  }

  swapped(target) {
    if (target.matches?.("[data-reply-place]")) {
      const words = target.querySelector("textarea");
      words?.focus();
      words?.setSelectionRange(words.value.length, words.value.length);
    }
    if (target !== this.pane) return;
    for (const told of this.early.values()) this.follow(told);
    this.early.clear();
    this.toPermalink();
  }

  pressed({ target }) {
    if (target.closest("[data-earlier]")) this.earlier().catch(sayFar);
    if (target.closest("[data-give-up]")) target.closest("[data-reply-form]").remove();
    if (target.closest("[data-close-history]")) target.closest(".history").remove();
  }

  deleted({ id, thread }) {
    offerUndo(id, async () => {
      await this.follow({ id, thread });
      byId(id)?.focus();
      this.changed();
    });
    this.changed();
  }

  toPermalink() {
    const id = /^#comment-(\d+)$/.exec(location.hash)?.[1];
    if (!id) return;
    this.pane.scrollIntoView(); // it is fetched when it is seen
    this.whenThere(async () => {
      while (!byId(id) && this.isEarlier(id) && await this.earlier());
      if (byId(id)) pointAt(byId(id));
    });
  }
}
