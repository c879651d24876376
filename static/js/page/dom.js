// Small helpers: elements made of text only, messages in place, answers of the server.

// Text never becomes markup here: names of files and columns come from strangers.
export function element(tag, { className = "", text = "", ...attributes } = {}, ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text) node.textContent = text;
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  svg.setAttribute("class", name);
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

// What happened, what was seen, and the one thing to do.
export function message(problem) {
  const body = element("div", {}, element("h3", { text: problem.title }));
  if (problem.detail) body.append(element("p", { text: problem.detail }));
  for (const one of problem.errors ?? []) {
    const line = element("p", {}, element("b", { text: one.source ?? "" }), ` ${one.error ?? ""} ${one.hint ?? ""}`);
    body.append(line);
  }
  if (problem.hint) body.append(element("p", { className: "hint", text: problem.hint }));
  return element("div", { className: "message", role: "alert" }, icon("error"), body);
}

// Puts a message into its place and brings it into sight; null takes it away.
export function show(place, problem) {
  place.replaceChildren(...(problem ? [message(problem)] : []));
  if (problem) {
    place.focus({ preventScroll: true });
    place.scrollIntoView({ block: "nearest" });
  }
}

export const UNREACHED = {
  title: "The server did not answer",
  detail: "Nothing was changed, and what you typed still stands here.",
  hint: "See whether it still runs, then try again.",
};

const TITLES = {
  401: "This server asks for a token",
  404: "It is not there any more",
  409: "It was changed elsewhere meanwhile",
  413: "That is too large",
  422: "This could not be read",
};

// A problem as the API words it (RFC 9457), or one made of the bare status.
export function toProblem(status, body) {
  const data = body && typeof body === "object" ? body : {};
  const errors = Array.isArray(data.errors) ? data.errors.filter((one) => one && one.error) : [];
  return {
    title: TITLES[status] || data.title || `The server answered ${status}`,
    detail: typeof data.detail === "string" ? data.detail : "",
    hint: data.hint || "",
    errors: errors.length === 1 && errors[0].error === data.detail ? [] : errors,
  };
}

// Sends JSON and returns { ok, data, problem }; never throws.
export async function send(method, url, data) {
  try {
    const answer = await fetch(url, {
      method,
      headers: { Accept: "application/json", ...(data ? { "Content-Type": "application/json" } : {}) },
      body: data ? JSON.stringify(data) : undefined,
    });
    const body = await answer.json().catch(() => null);
    return answer.ok ? { ok: true, data: body } : { ok: false, problem: toProblem(answer.status, body) };
  } catch {
    return { ok: false, problem: UNREACHED };
  }
}
