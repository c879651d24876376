// Diagnosis: a column's role or the run's settings changed, and the diagnosis made again.
import { element, send, show } from "./dom.js";

const TOLD = "lrdiag-told"; // what to say after the page has come back

export function startCorrections(roles, config) {
  const form = roles ?? config;
  if (!form) return;
  const url = `/api/diagnoses/${form.getAttribute("action").split("/")[2]}`;

  async function again(change, told, place) {
    show(place, null);
    place.append(element("p", { className: "small dim", role: "status", text: "Diagnosing again" }));
    const answer = await send("PATCH", url, change);
    if (!answer.ok) {
      show(place, asThePageSays(answer.problem, config));
      return false;
    }
    try {
      sessionStorage.setItem(TOLD, JSON.stringify(told));
    } catch {
      // storage is off: the page comes back without the line
    }
    location.reload();
    return true;
  }

  const read = (column, role) =>
    again({ roles: { [column]: role } }, { at: "roles", line: `Diagnosed again with ${column} read as ${role}.` }, placeAfter(roles));
  for (const select of roles?.querySelectorAll("select") ?? []) {
    const was = select.value;
    select.addEventListener("change", async () => {
      if (!(await read(select.dataset.column, select.value))) select.value = was;
    });
  }
  roles?.addEventListener("submit", (event) => {
    if (!event.submitter?.value) return; // without scripts there is a button for the whole form
    event.preventDefault();
    read(event.submitter.value, event.submitter.name);
  });
  config?.addEventListener("submit", (event) => {
    event.preventDefault();
    const values = Object.fromEntries(new FormData(config));
    for (const name of Object.keys(values)) values[name] = values[name].trim() || null;
    again({ config: values }, { at: "config", line: "Diagnosed again with your answers." }, placeAfter(config));
  });
  tell(roles, config);
}

// The API calls a setting by its name, the page by its label.
function asThePageSays(problem, config) {
  const [name] = problem.detail.split(" ", 1);
  const label = config?.querySelector(`label[for="c-${CSS.escape(name)}"]`)?.textContent;
  return label ? { ...problem, title: label, detail: label + problem.detail.slice(name.length) } : problem;
}

function placeAfter(form) {
  const next = form.nextElementSibling;
  if (next?.matches(".outcome")) return next;
  const place = element("div", { className: "outcome", tabindex: "-1" });
  form.after(place);
  return place;
}

function tell(roles, config) {
  try {
    const told = JSON.parse(sessionStorage.getItem(TOLD));
    sessionStorage.removeItem(TOLD);
    const form = told?.at === "roles" ? roles : told ? config : null;
    if (form) placeAfter(form).append(element("p", { className: "small dim", role: "status", text: told.line }));
  } catch {
    // storage is off, or holds something else
  }
}
