// The share dialog: make a link, show it once, end it.
import { element, send } from "./dom.js";

export function startShare(dialog) {
  if (!dialog) return;
  const base = `/api/diagnoses/${dialog.dataset.share}/shares`;
  const part = (name) => dialog.querySelector(`[data-share-${name}]`);
  const form = part("make");

  function complain(problem) {
    const place = part("error");
    place.hidden = !problem;
    place.textContent = problem ? [problem.title, problem.detail, problem.hint].filter(Boolean).join(" ") : "";
  }

  function count() {
    part("none").hidden = part("links").children.length > 0;
  }

  async function end(button) {
    const answer = await send("DELETE", `/api/shares/${button.dataset.end}`);
    complain(answer.ok ? null : answer.problem);
    if (!answer.ok) return;
    if (part("new").dataset.id === button.dataset.end) part("new").hidden = true;
    button.closest("li").remove();
    count();
    form.querySelector("button").focus();
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const days = form.elements.days;
    const hides = form.elements.hide_name.checked;
    const answer = await send("POST", base, { days: days.value ? Number(days.value) : null, hide_name: hides });
    complain(answer.ok ? null : answer.problem);
    if (!answer.ok) return;
    const url = new URL(answer.data.url, location.href).href;
    dialog.querySelector("#sh-link").value = url;
    part("open").href = url;
    part("new").dataset.id = answer.data.id;
    part("new").hidden = false;
    const ends = answer.data.expires_at ? `ends in ${days.selectedOptions[0].textContent}` : "never ends";
    const button = element("button", {
      className: "btn danger",
      type: "button",
      text: "End this link",
      "data-end": answer.data.id,
    });
    part("links").prepend(
      element("li", {}, element("span", { text: `Made just now, ${ends}${hides ? ", names hidden" : ""}` }), button),
    );
    count();
    dialog.querySelector("[data-copy]").focus();
  });
  part("links").addEventListener("click", (event) => {
    const button = event.target.closest("[data-end]");
    if (button) end(button);
  });
}
