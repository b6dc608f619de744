// Runs in <head> before anything is painted, so that no page flashes in the wrong theme.
(() => {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const chosen = () => {
    try { return localStorage.getItem("theme"); } catch { return null; }
  };
  const apply = () => {
    root.dataset.bsTheme = chosen() ?? (system.matches ? "dark" : "light");
    document.dispatchEvent(new CustomEvent("theme-changed"));
  };
  apply();
  system.addEventListener("change", apply);
  addEventListener("storage", (event) => event.key === "theme" && apply());
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-theme-toggle]")) return;
    const next = root.dataset.bsTheme === "dark" ? "light" : "dark";
    const likeSystem = next === (system.matches ? "dark" : "light");
    try {
      if (likeSystem) localStorage.removeItem("theme");
      else localStorage.setItem("theme", next);
    } catch { /* private windows may have no storage; the choice then lasts for this page */ }
    apply();
    root.dataset.bsTheme = next;
  });
})();
