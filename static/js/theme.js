// Runs before the first paint; the only classic script besides the chart bundle.
(() => {
  const root = document.documentElement;
  let saved = null;
  try {
    saved = localStorage.getItem("theme");
  } catch {
    // storage is off: the system decides
  }
  const dark = saved ? saved === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "dark" : "light";
  root.dataset.scripts = "on"; // what only works with scripts shows itself
})();
