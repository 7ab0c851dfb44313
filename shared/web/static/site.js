// Small comforts. Every page does its work without this file.
"use strict";

for (const button of document.querySelectorAll("[data-copy-button]")) {
  const words = button.querySelector("span");
  const source = button.parentElement.querySelector("[data-copy]");
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(source.textContent);
    words.textContent = button.dataset.done;
  });
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

document.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

// A submit button with data-swap="ID" sends the form and takes over only that part of the answer;
// whatever goes wrong, the form is sent the plain way.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-swap]");
  if (!button || !button.form) return;
  event.preventDefault();
  const id = button.dataset.swap;
  try {
    const form = button.form;
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form, button)) });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const part = page.getElementById(id);
    if (!part) throw new Error("no such part");
    const known = new Set([...document.querySelectorAll(`#${id} input`)].map((field) => field.id));
    document.getElementById(id).replaceWith(part);
    const fields = [...part.querySelectorAll("input:not([type=hidden])")];
    (fields.find((field) => !known.has(field.id)) || fields.at(-1) || part).focus();
  } catch {
    delete button.dataset.swap;
    button.form.requestSubmit(button);
  }
});

// A form that came back only because it was sent so quickly is sent again by itself.
for (const part of document.querySelectorAll("[data-send-after]")) {
  setTimeout(() => document.getElementById(part.dataset.send).requestSubmit(), Number(part.dataset.sendAfter));
}

document.addEventListener("change", (event) => {
  if (!event.target.matches("input[data-all]")) return;
  const boxes = event.target.closest("form, table").querySelectorAll("input[name=selected]");
  for (const box of boxes) box.checked = event.target.checked;
});
