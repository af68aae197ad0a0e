// What only a script can add; every page works without it.

// One button opens or closes all the parts of an accordion. Its text says what it will do.
for (const head of document.querySelectorAll("[data-expands]")) {
  const parts = document.getElementById(head.dataset.expands)?.getElementsByTagName("details") ?? [];
  if (parts.length < 2) continue;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-sm btn-outline-primary";
  const allOpen = () => [...parts].every((part) => part.open);
  const name = () => { button.textContent = allOpen() ? "Collapse all" : "Expand all"; };
  button.addEventListener("click", () => {
    const open = !allOpen();
    for (const part of parts) part.open = open;
    name();
  });
  for (const part of parts) part.addEventListener("toggle", name);
  name();
  head.append(button);
}

// An address to copy has a button that does it. Without one, or where the browser forbids it, it is marked for copying.
for (const field of document.querySelectorAll("[data-copies]")) {
  field.addEventListener("focus", () => field.select());
  if (!navigator.clipboard) continue;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-sm btn-outline-primary mt-2";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(field.value);
      button.textContent = "Copied";
      document.getElementById("say").textContent = "Copied.";
    } catch { field.focus(); }
  });
  field.after(button);
}

// Paper shows everything, whatever was open on the screen.
let closed = [];
addEventListener("beforeprint", () => {
  closed = [...document.querySelectorAll("details:not([open])")];
  for (const part of closed) part.open = true;
});
addEventListener("afterprint", () => { for (const part of closed) part.open = false; });

// A double click is one press: what has just been sent is not sent once more.
const TWO_SECONDS = 2000;
let pressed = null, pressedAt = -TWO_SECONDS;
document.addEventListener("submit", (event) => {
  if (event.target.method !== "post") return;
  if (event.target === pressed && event.timeStamp - pressedAt < TWO_SECONDS) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  [pressed, pressedAt] = [event.target, event.timeStamp];
}, true);

// A form that came back with errors puts the reader at their summary; one with a single field at the field.
if (!document.querySelector("[autofocus]")) {
  document.querySelector(".q-errors[tabindex], .alert-danger[tabindex]")?.focus();
}

// If a fragment cannot be had, go to the page it is a part of: that one says what is wrong.
document.addEventListener("htmx:responseError", (event) => {
  if (event.detail.boosted) location.assign(event.detail.pathInfo.finalRequestPath);
});

// What opens over the page closes with Escape, and with a press anywhere else.
const who = document.querySelector(".q-who");
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !who?.open) return;
  who.open = false;
  who.querySelector("summary").focus();
});
document.addEventListener("click", (event) => { if (who?.open && !who.contains(event.target)) who.open = false; });
