// <button data-copy="#id"> copies an element's text; <button data-download="#id" data-filename="x.yaml"> saves it.
export function sayOn(button, word) {
  const before = button.textContent;
  button.textContent = word;
  setTimeout(() => { button.textContent = before; }, 1500);
}

export async function copy(text) {
  if (navigator.clipboard && isSecureContext) return navigator.clipboard.writeText(text);
  const area = Object.assign(document.createElement("textarea"), { value: text });
  document.body.append(area);
  area.select();
  document.execCommand("copy"); // the clipboard API is for HTTPS and localhost only
  area.remove();
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy], [data-download]");
  if (!button) return;
  const source = document.querySelector(button.dataset.copy ?? button.dataset.download);
  const text = source.value ?? source.textContent;
  if (button.dataset.copy) {
    await copy(text);
    sayOn(button, "Copied");
    return;
  }
  const url = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  const link = Object.assign(document.createElement("a"), { href: url, download: button.dataset.filename });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
});
