// The theme button; theme.js in the head has set the first theme before the first paint.
export function startTheme() {
  const root = document.documentElement;
  const buttons = document.querySelectorAll(".theme");

  function name() {
    const other = root.dataset.theme === "dark" ? "light" : "dark";
    buttons.forEach((button) => button.setAttribute("aria-label", `Use the ${other} theme`));
  }

  function set(theme) {
    root.dataset.theme = theme;
    name();
    document.dispatchEvent(new Event("themechange")); // the chart maps its colours again
  }

  buttons.forEach((button) =>
    button.addEventListener("click", () => {
      set(root.dataset.theme === "dark" ? "light" : "dark");
      try {
        localStorage.setItem("theme", root.dataset.theme);
      } catch {
        // storage is off: the choice holds for this page
      }
    }),
  );
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", (event) => {
    try {
      if (localStorage.getItem("theme")) return;
    } catch {
      // storage is off: follow the system
    }
    set(event.matches ? "dark" : "light");
  });
  name();
}
