/*
 * Common parts of every page's script: the page's data, copy and download. All text is inserted as
 * text.
 */
"use strict";

const pageData = JSON.parse(document.getElementById("model").textContent);
document.documentElement.classList.add("scripted");

/** Copies the text of `source` on a click on `button`; `said` is read aloud. */
function copies(button, source, said) {
  const label = button.textContent;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(source.textContent);
      said.textContent = button.textContent = "Copied";
    } catch {
      // Without permission the text is at least selected, so that one key copies it.
      getSelection().selectAllChildren(source);
      said.textContent = button.textContent = "Selected";
    }
    setTimeout(() => {
      button.textContent = label;
      said.textContent = "";
    }, 2000);
  });
}

function download(name, type, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name.replace(/[^\w.-]+/g, "_");
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/* A printed page has nothing to unfold. */
let folded = [];
addEventListener("beforeprint", () => {
  folded = [...document.querySelectorAll("details:not([open])")];
  for (const one of folded) one.open = true;
});
addEventListener("afterprint", () => {
  for (const one of folded) one.open = false;
});
