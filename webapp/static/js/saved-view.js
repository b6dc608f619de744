// Forms that keep how a page looks: their field "view" says it when they are sent.
document.addEventListener("submit", ({ target }) => {
  const field = target.querySelector?.("[data-view]");
  if (field) field.value = location.search.slice(1) + location.hash;
}, true);
