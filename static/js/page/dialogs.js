// Native dialogs, the buttons that open them, and Copy.
export function startDialogs() {
  for (const button of document.querySelectorAll("[data-dialog]")) {
    button.addEventListener("click", () => document.getElementById(button.dataset.dialog).showModal());
  }
  for (const button of document.querySelectorAll("dialog [data-close]")) {
    button.addEventListener("click", () => {
      button.closest("dialog").close();
      if (button.dataset.click) document.querySelector(button.dataset.click)?.click();
    });
  }
  for (const dialog of document.querySelectorAll("dialog")) {
    // a click on the backdrop hits the dialog itself, outside its box
    dialog.addEventListener("click", (event) => {
      const box = dialog.getBoundingClientRect();
      const outside =
        event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
      if (event.target === dialog && outside) dialog.close();
    });
  }
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.addEventListener("click", () => copy(button, document.getElementById(button.dataset.copy)));
  }
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, dialog");
    if (event.key !== "?" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    document.getElementById("keys")?.showModal();
  });
}

async function copy(button, field) {
  const was = button.textContent;
  try {
    await navigator.clipboard.writeText(field.value ?? field.textContent);
    button.textContent = "Copied";
  } catch {
    field.select?.(); // no permission, or a page without TLS: the keyboard still can
    button.textContent = "Press Ctrl+C";
  }
  setTimeout(() => (button.textContent = was), 1600);
}
