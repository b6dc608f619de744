// The reference of parts: only what has every typed word stays, with its family.
const root = document.querySelector("[data-parts]");
const input = root.querySelector("[data-parts-filter]");
const count = root.querySelector("[data-parts-count]");
const none = root.querySelector("[data-parts-none]");
const chapters = [...root.querySelectorAll("section")].map((section) => ({
  section,
  link: root.querySelector(`[data-parts-family="${section.id}"]`),
  parts: [...section.querySelectorAll("[data-part]")],
}));
const total = chapters.reduce((sum, { parts }) => sum + parts.length, 0);

function filter() {
  const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
  let left = 0;
  for (const { section, link, parts } of chapters) {
    const fits = parts.filter((part) => {
      part.hidden = !words.every((word) => part.dataset.part.includes(word));
      return !part.hidden;
    });
    section.hidden = link.parentElement.hidden = fits.length === 0;
    link.querySelector("span").textContent = fits.length;
    left += fits.length;
  }
  none.hidden = left > 0;
  count.textContent = words.length ? `${left} of ${total}.` : `${total} in all.`;
}

// A link to a part that the filter hides shows it all the same.
function reveal() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target?.closest("[hidden]")) return;
  input.value = "";
  filter();
  target.scrollIntoView();
}

input.addEventListener("input", filter);
root.querySelector("[data-parts-search]").addEventListener("submit", (event) => event.preventDefault());
addEventListener("hashchange", reveal);
filter(); // a browser that goes back keeps what was typed
