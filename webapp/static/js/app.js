// What every page has. Widgets of single pages have entries of their own.
import "./bell.js";
import "./channel.js";
import "./copy.js";
import "./failures.js";
import "./focus.js";
import "./forms.js";
import "./keys.js";
import "./stars.js";
import "./tag-field.js";
import "./time.js";

if (document.querySelector("#experiment-form")) import("./spec-form.js");

const back = document.querySelector("[data-back]");
if (back && history.length > 1) {
  back.hidden = false;
  back.addEventListener("click", () => history.back());
}
