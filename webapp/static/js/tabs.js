// Tabs by the ARIA pattern, with the open one in the URL's hash: [data-tabs] holds [role=tab][data-tab=name] for #pane-name.
export function bindTabs(strip, onShow = () => {}) {
  const tabs = [...strip.querySelectorAll('[role="tab"]')];

  function show(name, remember) {
    const chosen = tabs.find((tab) => tab.dataset.tab === name) ?? tabs[0];
    for (const tab of tabs) {
      const open = tab === chosen;
      tab.setAttribute("aria-selected", String(open));
      tab.tabIndex = open ? 0 : -1;
      document.getElementById(tab.getAttribute("aria-controls")).hidden = !open;
    }
    for (const element of document.querySelectorAll("[data-for-tabs]")) {
      element.hidden = !element.dataset.forTabs.split(" ").includes(chosen.dataset.tab);
    }
    if (remember) history.replaceState(null, "", `#${chosen.dataset.tab}`);
    chosen.scrollIntoView({ block: "nearest", inline: "nearest" });
    onShow(chosen.dataset.tab);
    document.dispatchEvent(new Event("shown"));
  }

  const fromHash = () => {
    const name = location.hash.slice(1);
    return name.startsWith("comment-") ? "comments" : name;
  };
  strip.addEventListener("click", (event) => {
    const tab = event.target.closest('[role="tab"]');
    if (tab) show(tab.dataset.tab, true);
  });
  strip.addEventListener("keydown", (event) => {
    const here = tabs.indexOf(event.target);
    const to = { ArrowRight: here + 1, ArrowLeft: here - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (here < 0 || to === undefined) return;
    event.preventDefault();
    const next = tabs[(to + tabs.length) % tabs.length];
    show(next.dataset.tab, true);
    next.focus();
  });
  addEventListener("hashchange", () => show(fromHash(), false));
  show(fromHash(), false);
}
