// What else than charts an address says of a page: ?group=optimizer.kind&axes=..., without a step in the history.
export const said = (name) => new URLSearchParams(location.search).get(name) ?? "";

export function say(values) {
  const params = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(values)) {
    if (value) params.set(name, value);
    else params.delete(name);
  }
  const query = params.toString().replaceAll("%2C", ",").replaceAll("%2F", "/");
  history.replaceState(null, "", `${location.pathname}${query ? `?${query}` : ""}${location.hash}`);
}
