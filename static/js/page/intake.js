// Home: logs by drop, file dialog or paste, with progress and errors in place.
import { show, toProblem, UNREACHED } from "./dom.js";

const HIDDEN = /^(\.|__MACOSX$|__pycache__$)/;
const META = "meta.yaml"; // tells the name of a run of MLflow; no other .yaml is read

export function startIntake(intake) {
  if (!intake) return;
  const drop = intake.querySelector("[data-drop]");
  const paste = intake.querySelector("[data-paste]");
  const outcome = document.getElementById("outcome");
  const picker = drop.querySelector("input[type=file]");
  const text = paste.querySelector("textarea");
  const progress = progressBar(drop.querySelector("[data-progress]"));
  let busy = false;

  async function upload(body, what, type) {
    if (busy) return;
    busy = true;
    show(outcome, null);
    const answer = await post("/api/diagnoses", body, type, (sent, total) => progress.tell(what, sent, total));
    if (answer.ok) {
      progress.say(`Opening the diagnosis of ${what}`);
      location.assign(answer.data.url);
      return;
    }
    busy = false;
    progress.hide();
    show(outcome, answer.problem);
  }

  // Each file comes with its path from the dropped folder on: it tells which files are one log.
  function sendFiles(files, { left = 0, folder = "" } = {}) {
    if (!files.length) {
      if (left)
        show(outcome, {
          title: "No log in this folder",
          detail: `${left} files and folders were seen; all of them are weights, pictures, code or hidden.`,
          hint: "Drop the log file itself.",
        });
      return;
    }
    const most = Number(intake.dataset.files);
    if (files.length > most) {
      show(outcome, {
        title: "Too many files to send",
        detail: `${folder || "The drop"} holds more than ${most} files that may be logs.`,
        hint: "Drop the folder of one run, pack it as .zip, or use the command line: lrdiag diagnose FOLDER",
      });
      return;
    }
    const size = files.reduce((sum, { file }) => sum + file.size, 0);
    const what = folder || (files.length === 1 ? files[0].file.name : `${files.length} files`);
    const limit = Number(intake.dataset.limit);
    if (size > limit) {
      show(outcome, {
        title: "Too large to send",
        detail: `${what}: ${megabytes(size)}; this server reads up to ${megabytes(limit)} at a time.`,
        hint: "Compress it, send fewer files, or use the command line, which has no limit: lrdiag diagnose FILE",
      });
      return;
    }
    const body = new FormData();
    for (const { file, path } of files) body.append("files", file, path);
    upload(body, what);
  }

  picker.addEventListener("change", () => {
    const files = bare(picker.files);
    picker.value = ""; // the same file may be chosen again
    sendFiles(files);
  });
  paste.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!text.value.trim()) {
      show(outcome, {
        title: "Nothing was pasted",
        detail: "The box is empty.",
        hint: "Paste the lines of a log, with their header if there is one.",
      });
      text.focus();
      return;
    }
    upload(JSON.stringify({ text: text.value, name: "pasted.txt" }), "the pasted log", "application/json");
  });

  // The whole window takes a drop: a file that misses the box must not replace the page.
  let depth = 0;
  const over = (on) => drop.classList.toggle("over", on);
  addEventListener("dragenter", (event) => hasFiles(event) && over(++depth > 0));
  addEventListener("dragleave", (event) => hasFiles(event) && over(--depth > 0));
  addEventListener("dragover", (event) => hasFiles(event) && event.preventDefault());
  addEventListener("drop", async (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    over(false);
    depth = 0;
    const beside = new Set(intake.dataset.beside.split(" "));
    const { files, ...about } = await collect(event.dataTransfer, beside, Number(intake.dataset.files));
    sendFiles(files, about);
  });

  document.addEventListener("paste", (event) => {
    const files = bare(event.clipboardData?.files ?? []);
    if (files.length) {
      event.preventDefault();
      sendFiles(files);
    } else if (!event.target.closest?.("input, textarea")) {
      text.value = event.clipboardData.getData("text");
      text.scrollIntoView({ block: "nearest" });
      paste.querySelector("button").focus(); // Enter diagnoses
    }
  });
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    busy = false;
    progress.hide();
  });
}

const bare = (files) => [...files].map((file) => ({ file, path: file.name }));
const hasFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
const megabytes = (bytes) =>
  bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${(bytes / 1e6).toPrecision(bytes < 1e8 ? 2 : 3)} MB`;

function progressBar(box) {
  const bar = box.querySelector("progress");
  const line = box.querySelector("p");
  const say = (words) => {
    box.hidden = false;
    if (line.textContent !== words) line.textContent = words;
  };
  return {
    say,
    hide: () => (box.hidden = true),
    tell(what, sent, total) {
      bar.value = total ? sent / total : 0;
      say(
        sent < total ? `Sending ${what}: ${megabytes(sent)} of ${megabytes(total)}` : `Reading and diagnosing ${what}`,
      );
    },
  };
}

// XMLHttpRequest, because fetch does not tell how much of a body has left.
function post(url, body, type, onProgress) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.setRequestHeader("Accept", "application/json");
    if (type) request.setRequestHeader("Content-Type", type);
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => onProgress(event.loaded, event.total));
    request.addEventListener("load", () =>
      resolve(
        request.status === 201
          ? { ok: true, data: request.response }
          : { ok: false, problem: toProblem(request.status, request.response) },
      ),
    );
    request.addEventListener("error", () => resolve({ ok: false, problem: UNREACHED }));
    request.send(body);
  });
}

// The files of a drop; out of a folder all but what lies beside logs, as lrdiag/readers/folders.py
// has it. One file more than may be sent is enough to say that there are too many.
async function collect(transfer, beside, most) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  const folders = entries.filter((entry) => entry.isDirectory);
  if (!folders.length) return { files: bare(transfer.files) };
  const files = [];
  let left = 0;
  const wanted = ({ name }) =>
    !HIDDEN.test(name) && (name === META || !beside.has(name.slice(name.lastIndexOf(".")).toLowerCase()));
  const walk = async (entry, chosen) => {
    if (files.length > most) return;
    if (!chosen && !wanted(entry)) left += 1;
    else if (entry.isFile) files.push(await opened(entry));
    else for (const child of await children(entry)) await walk(child, false);
  };
  for (const entry of entries) await walk(entry, true);
  return { files, left, folder: folders[0].name };
}

async function opened(entry) {
  const file = await new Promise((yes, no) => entry.file(yes, no));
  return { file, path: entry.fullPath.replace(/^\/+/, "") || file.name };
}

async function children(folder) {
  const reader = folder.createReader();
  const all = [];
  for (;;) {
    const some = await new Promise((yes, no) => reader.readEntries(yes, no)); // at most 100 a call
    if (!some.length) return all;
    all.push(...some);
  }
}
