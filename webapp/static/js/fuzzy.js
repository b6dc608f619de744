// How well a text fits what was typed: its letters in this order, best at the beginnings of words and side by side. 0: not at all.
export function fit(typed, text) {
  const wanted = typed.toLowerCase().replace(/\s+/g, ""), whole = text.toLowerCase();
  if (!wanted) return 1;
  const place = whole.indexOf(typed.trim().toLowerCase());
  if (place >= 0) return 1000 - Math.min(place, 200) + (place === 0 || isStart(whole, place) ? 300 : 0) - whole.length / 100;
  let at = -1, score = 100 - whole.length / 100;
  for (const letter of wanted) {
    const next = whole.indexOf(letter, at + 1);
    if (next < 0) return 0;
    score += isStart(whole, next) ? 8 : next === at + 1 ? 4 : -Math.min(next - at, 10);
    at = next;
  }
  return Math.max(score, 1);
}

const isStart = (text, place) => place === 0 || /[^\p{L}\p{N}]/u.test(text[place - 1]);

// Those that fit, best first; equal ones stay in their order.
export function fitting(typed, items, textOf) {
  return items
    .map((item) => [fit(typed, textOf(item)), item])
    .filter(([score]) => score > 0)
    .sort(([one], [other]) => other - one)
    .map(([, item]) => item);
}
