// A finding that the chart or the keys light up must be in sight: its fold opens by itself.
export function startFindings() {
  const watch = new MutationObserver((changes) => {
    for (const { target } of changes) {
      const fold = target.closest("details.more");
      if (!target.classList.contains("lit") || !fold || fold.open) continue;
      fold.open = true;
      target.querySelector("summary").focus();
    }
  });
  for (const finding of document.querySelectorAll(".more .finding")) {
    watch.observe(finding, { attributes: true, attributeFilter: ["class"] });
  }
}
