// The login of whoever looks at the page may end elsewhere. The page stays, with what they were writing.
import { listen, me } from "./channel.js";
import { warning } from "./toast.js";

export function sayLoggedOut() {
  const here = encodeURIComponent(location.pathname + location.search), link = document.createElement("a");
  Object.assign(link, { href: `/login?next=${here}`, target: "_blank", textContent: "Log in in another tab" });
  warning("You have been logged out. What you wrote is still on this page. ", link);
}

if (me) listen(me, { gone: sayLoggedOut });
