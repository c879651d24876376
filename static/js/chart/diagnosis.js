// The loss chart of one run: its tools, its keys, its readout, and the findings it is linked with.

import { between, heldAt, nearest, sayLoss, sayRate, sayStep, smooth } from "./numbers.js";
import { paint } from "./paint.js";

const CONFIG = { displayModeBar: false, displaylogo: false, showSendToCloud: false, plotlyServerURL: "", responsive: true, scrollZoom: false, doubleClick: false, showTips: false };
const NARROW = matchMedia("(max-width: 47.99rem)");
const PICTURE_FONT = 'system-ui, "Segoe UI", "Helvetica Neue", Arial, sans-serif';   // a saved picture cannot load the page's own
const WAIT = 120;          // ms after the last move before a finer part is asked for
const MARGIN = .5;         // of the view, fetched on either side, so that small moves need no answer

const $ = (selector, root) => root.querySelector(selector);
const $$ = (selector, root) => [...root.querySelectorAll(selector)];

/** Draw the chart of `box` and bring its tools to life. */
export async function diagnosisChart(box) {
  const answer = await fetch(box.dataset.src, { headers: { accept: "application/json" } });
  if (!answer.ok) throw new Error(`The chart answered ${answer.status}.`);
  const payload = await answer.json();
  if (payload.empty) throw new Error("No loss to draw.");
  const chart = new DiagnosisChart(box, trimmed(payload, box.dataset));
  await chart.draw();
  chart.listen();
  return chart;
}

/** A rule's page shows the spans of one finding, and may leave out the rate. */
function trimmed(payload, { only, panels }) {
  if (only) payload.findings = payload.findings.filter(finding => finding.n === only);
  const { layout, data } = payload.figure, known = new Set(payload.findings.map(finding => finding.n));
  const belongs = item => { const n = item.name.split(":")[1]; return !/^\d+$/.test(n ?? "") || known.has(n); };
  layout.shapes = layout.shapes.filter(belongs);
  layout.annotations = layout.annotations.filter(belongs);
  if (panels === "loss" && layout.yaxis2) {
    delete layout.yaxis2;
    payload.figure.data = data.filter(trace => trace.meta !== "lr");
    layout.annotations = layout.annotations.filter(note => !/^(axis:lr|end:lr|rate-flag)/.test(note.name));
    layout.yaxis.domain = layout.yaxis3.domain = [0, 1];
    layout.xaxis.anchor = "y";
    for (const shape of layout.shapes) if (shape.name.startsWith("tint:")) shape.y0 = 0;
  }
  return payload;
}

class DiagnosisChart {
  constructor(box, payload) {
    this.box = box;
    this.root = box.closest(".plot") ?? box;
    this.canvas = $(".canvas", box) ?? box;
    this.payload = payload;
    this.items = $$(".finding[data-n]", document);
    this.part = null;                                // the finest answer so far, for a part of the run
    this.asked = null;                               // what the running question asks for
    this.own = { width: payload.smooth.width, line: payload.columns.smooth };
    if (payload.x.epochs) [this.toEpoch, this.toStep] = between(payload.x.epochs.step, payload.x.epochs.epoch);
    this.ui = { scale: payload.y.scale, raw: true, width: payload.smooth.width, focus: null, cursor: null, byKey: false, range: null, toX: null };
  }

  // ---- drawing

  get columns() {
    const { payload, ui, part } = this, [low, high] = this.view;
    if (part && part.smooth.width === ui.width && low >= part.x0 && high <= part.x1) return part.columns;
    if (!payload.complete || !payload.columns.train) return payload.columns;
    if (this.own.width !== ui.width) this.own = { width: ui.width, line: ui.width === payload.smooth.width ? payload.columns.smooth : smooth(payload.columns.train, ui.width) };
    return { ...payload.columns, smooth: this.own.line };
  }

  get view() { return this.ui.range ?? this.payload.x.range; }

  draw() {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const { data, layout } = paint(this.payload, this.columns, this.ui, { width, height, narrow: NARROW.matches });
    this.name();
    if (this.at != null) this.read(this.at);
    return Plotly.react(this.canvas, data, layout, CONFIG);
  }

  /** Name what is drawn, and nothing that is not. */
  name() {
    const smoothed = this.ui.width > 1, names = $("[data-line]", this.root), raw = $(".k-raw", this.root);
    for (const part of $$("[data-smoothed]", this.root)) part.hidden = !smoothed;
    if (names) names.textContent = smoothed ? "train, smooth" : "train";
    if (raw) raw.hidden = !smoothed || !this.ui.raw;
  }

  /** Draw once before the next frame, however often it is asked for. */
  redraw() {
    this.frame ??= requestAnimationFrame(() => { this.frame = null; this.draw(); });
  }

  // ---- the part in view

  show(range) {
    const [low, high] = this.payload.x.range, least = Math.max(3 * this.payload.smooth.gap, 1e-9);
    if (range) {
      let [a, b] = range;
      if (b - a < least) [a, b] = [(a + b - least) / 2, (a + b + least) / 2];
      const out = .02 * (high - low);
      a = Math.max(a, low - out);
      b = Math.min(b, high + out);
      range = a < b && b - a < 1.03 * (high - low) ? [a, b] : null;
    }
    this.ui.range = range;
    this.redraw();
    this.refine();
  }

  zoom(factor) {
    const [a, b] = this.view, middle = this.ui.cursor ?? (a + b) / 2;
    this.show([middle - (middle - a) * factor, middle + (b - middle) * factor]);
  }

  reset() { this.show(null); }

  /** Ask for the part in view from the full log; only the last question counts. */
  refine() {
    const { payload, ui, box } = this;
    clearTimeout(this.timer);
    const wanted = !payload.complete && box.dataset.window && (ui.range || ui.width !== payload.smooth.width);
    box.dataset.detail = payload.complete ? "all" : "thinned";
    if (!wanted) { this.asked?.abort(); this.tell(); return; }
    const [low, high] = this.view, part = this.part;
    const held = part && part.smooth.width === ui.width && low >= part.x0 && high <= part.x1 && (part.complete || high - low > .4 * (part.x1 - part.x0));
    if (held) { box.dataset.detail = part.complete ? "all" : "finer"; this.tell(); return; }
    this.tell(true);
    this.timer = setTimeout(() => this.fetchPart([low - MARGIN * (high - low), high + MARGIN * (high - low)], ui.width), WAIT);
  }

  async fetchPart([x0, x1], width) {
    this.asked?.abort();
    const asked = this.asked = new AbortController(), url = new URL(this.box.dataset.window, location.href);
    url.searchParams.set("x0", x0);
    url.searchParams.set("x1", x1);
    if (width !== this.payload.smooth.width) url.searchParams.set("smooth", width);
    try {
      const answer = await fetch(url, { signal: asked.signal, headers: { accept: "application/json" } });
      if (!answer.ok || asked !== this.asked) return;
      this.part = await answer.json();
      if (asked !== this.asked) return;
      if (this.part.smooth.width !== width) this.say(`The line over ${this.part.smooth.text} is shown.`);
      this.ui.width = this.part.smooth.width;        // what was drawn, whatever was asked for
      this.box.dataset.detail = this.part.complete ? "all" : "finer";
      this.tell();
      this.redraw();
    } catch (error) {
      if (error.name !== "AbortError") this.tell();  // the thinned curve stays; it is marked as such
    }
  }

  // ---- reading

  get places() { const { columns } = this; return columns.x?.length ? columns.x : columns.val_x ?? []; }

  read(step, aloud = false) {
    this.at = step;
    const { columns, payload } = this, at = nearest(columns.x, step), x = at < 0 ? step : columns.x[at];
    const bad = /infinite|finite/.test(payload.nonfinite.text) ? "not finite" : "NaN";
    const byEpoch = this.ui.toX != null, name = $("[data-out-name=x]", this.root);
    const words = {
      x: byEpoch ? sayStep(+this.toEpoch(x).toFixed(2)) : sayStep(x), epoch: this.toEpoch ? sayStep(+this.toEpoch(x).toFixed(2)) : "–",
      train: at < 0 ? "–" : columns.train[at] == null ? bad : sayLoss(columns.train[at]),
      smooth: at < 0 ? "–" : sayLoss(columns.smooth[at]),
      val: sayLoss(heldAt(columns.val_x, columns.val, x)), lr: sayRate(heldAt(columns.lr_x, columns.lr, x)),
      grad: at < 0 ? "–" : sayLoss(columns.grad?.[at]),
    };
    if (name) name.textContent = byEpoch ? "epoch" : payload.x.name;
    for (const place of $$("[data-out]", this.root)) if (place.dataset.out in words) place.textContent = words[place.dataset.out];
    if (aloud) {
      const has = payload.has, parts = [`${byEpoch ? "epoch" : payload.x.name} ${words.x}`, has.train && `train ${words.train}`, has.train && this.ui.width > 1 && `smooth ${words.smooth}`, has.val && `validation ${words.val}`, has.lr && `learning rate ${words.lr}`, has.grad && `gradient norm ${words.grad}`];
      this.say(parts.filter(Boolean).join(", "));
    }
  }

  say(text) { const live = $(".live", this.root); if (live) live.textContent = text; }

  /** Move the cursor by logged points; the view follows. */
  step(by) {
    const places = this.places, [low, high] = this.view;
    const from = this.ui.cursor == null ? (by > 0 ? nearest(places, low) - 1 : nearest(places, high) + 1) : nearest(places, this.ui.cursor);
    const x = places[Math.min(places.length - 1, Math.max(0, from + by))];
    this.ui.cursor = x;
    this.read(x, true);
    if (x >= low && x <= high) this.redraw();
    else { const half = (high - low) / 2; this.show([x - half, x + half]); }
  }

  // ---- findings

  focus(n, { zoom = false, scroll = false } = {}) {
    const finding = this.payload.findings.find(one => one.n === n), item = this.items.find(one => one.dataset.n === n);
    for (const one of this.items) one.classList.toggle("lit", one.dataset.n === n);
    if (this.ui.focus !== n) { this.ui.focus = n; this.redraw(); }
    if (scroll && item) {
      const details = $("details", item), head = $("summary", item);
      if (details) details.open = true;
      head?.focus({ preventScroll: true });
      (head ?? item).scrollIntoView({ block: "nearest" });
    }
    if (zoom && finding?.spans.length) {
      const [low, high] = this.payload.x.range, a = finding.spans[0][0], b = finding.spans.at(-1)[1], pad = Math.max(.25 * (b - a), .02 * (high - low));
      this.show([a - pad, b + pad]);
    }
  }

  hop(by) {
    const list = this.items.map(item => item.dataset.n);
    if (!list.length) return;
    const at = list.indexOf(this.ui.focus);
    this.focus(list[at < 0 ? (by > 0 ? 0 : list.length - 1) : (at + by + list.length) % list.length], { scroll: true });
  }

  // ---- tools

  setScale(scale) {
    if (scale === "log" && !this.payload.y.log) return;
    this.ui.scale = scale;
    this.press("y", scale);
    this.redraw();
  }

  setUnit(unit) {
    this.ui.toX = unit === "epoch" && this.toEpoch ? this.toEpoch : null;
    this.press("x", this.ui.toX ? "epoch" : "step");
    this.redraw();
  }

  setWidth(width) {
    this.ui.width = width;
    this.redraw();
    this.refine();
  }

  setRaw(on) { this.ui.raw = on; this.redraw(); }

  press(kind, value) {
    for (const button of $$(`[data-${kind}]`, this.root)) if (button.matches("button")) button.setAttribute("aria-pressed", String(button.dataset[kind] === value));
  }

  /** Say the line's width beside the slider; dots while a wider one is being computed. */
  tell(waiting = false) {
    const slider = $("[data-smooth]", this.root), place = $("[data-smooth-out]", this.root), { smooth: { gap, widths }, x } = this.payload, { width } = this.ui;
    const waits = waiting && this.part?.smooth.width !== width && width !== this.payload.smooth.width;
    const unit = { step: "steps", epoch: "epochs", index: "rows" }[x.unit], text = width <= 1 ? "off" : `${sayStep(+(width * gap).toPrecision(6))} ${unit}`;
    if (place) place.textContent = waits ? `${text} …` : text;
    if (slider) { slider.value = Math.max(0, nearest(widths, width)); slider.setAttribute("aria-valuetext", text); }
  }

  /** Save a picture as wide as a page, whatever the screen. */
  async save() {
    const size = { width: 1200, height: 640, narrow: false }, { data, layout } = paint(this.payload, this.columns, { ...this.ui, cursor: null, focus: null }, size);
    layout.font.family = PICTURE_FONT;
    layout.paper_bgcolor = getComputedStyle(document.documentElement).getPropertyValue("--panel").trim();
    const filename = (this.box.dataset.name || "loss").replace(/[^\w.-]+/g, "-").slice(0, 80);
    await Plotly.downloadImage({ data, layout, config: CONFIG }, { format: "png", scale: 2, width: size.width, height: size.height, filename });
    this.say("The picture is saved.");
  }

  // ---- listening

  listen() {
    const { box, root, canvas, payload } = this;
    box.setAttribute("aria-label", payload.label);
    this.listenToTools();
    this.listenToFindings();
    canvas.on("plotly_hover", event => { if (!this.ui.byKey) this.read(this.stepOf((event.points.find(point => point.data.meta === "smooth") ?? event.points[0]).x)); });
    canvas.addEventListener("pointermove", () => { if (this.ui.byKey) { this.ui.byKey = false; this.redraw(); } });
    canvas.on("plotly_doubleclick", () => this.reset());
    canvas.on("plotly_relayout", event => this.moved(event));
    canvas.on("plotly_clickannotation", event => { const n = event.annotation.name?.match(/flag:(\d+)$/)?.[1]; if (n) this.focus(n, { scroll: true }); });
    box.addEventListener("keydown", event => this.key(event));
    document.addEventListener("keydown", event => {
      if (event.target.closest?.("input, textarea, select, dialog, [contenteditable]") || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "n") this.hop(1);
      if (event.key === "p") this.hop(-1);
    });
    document.addEventListener("themechange", () => this.redraw());
    NARROW.addEventListener("change", () => this.redraw());
    new ResizeObserver(() => this.redraw()).observe(canvas);
    this.read(payload.x.range[1]);
    if (/^#finding-\d+$/.test(location.hash)) this.focus(location.hash.slice(9), { scroll: true });
    root.classList.add("ready");
  }

  listenToTools() {
    const { root, payload } = this, slider = $("[data-smooth]", root), widths = payload.smooth.widths;
    for (const button of $$("button[data-y]", root)) {
      if (button.dataset.y === "log" && !payload.y.log) button.disabled = true;
      button.addEventListener("click", () => this.setScale(button.dataset.y));
    }
    for (const button of $$("button[data-x]", root)) {
      if (!this.toEpoch) (button.closest("[role=group]") ?? button).hidden = true;
      button.addEventListener("click", () => this.setUnit(button.dataset.x));
    }
    this.press("y", this.ui.scale);
    this.press("x", "step");
    if (slider) {
      const still = widths.length < 2 || (!payload.complete && !this.box.dataset.window);
      if (still) (slider.closest("label") ?? slider).hidden = true;
      Object.assign(slider, { min: 0, max: widths.length - 1, step: 1 });
      slider.addEventListener("input", () => this.setWidth(widths[+slider.value]));
    }
    this.tell();
    const raw = $("[data-raw]", root);
    if (raw && !payload.has.train) (raw.closest("label") ?? raw).hidden = true;
    raw?.addEventListener("change", () => this.setRaw(raw.checked));
    $("[data-reset]", root)?.addEventListener("click", () => this.reset());
    $("[data-png]", root)?.addEventListener("click", () => this.save());
  }

  listenToFindings() {
    for (const item of this.items) {
      const { n } = item.dataset;
      item.addEventListener("pointerenter", () => this.focus(n));
      item.addEventListener("pointerleave", () => this.focus(null));
      $("summary", item)?.addEventListener("focus", () => this.focus(n));
      $("[data-zoom]", item)?.addEventListener("click", () => { this.focus(n, { zoom: true }); this.root.scrollIntoView({ block: "nearest" }); });
    }
  }

  stepOf(x) { return this.ui.toX ? this.toStep(x) : x; }

  /** A drag has moved the x axis: keep its range as ours; the loss fits what is in view. */
  moved(event) {
    const low = event["xaxis.range[0]"], high = event["xaxis.range[1]"];
    if (low != null) this.show([low, high].map(v => this.stepOf(v)));
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const far = event.shiftKey ? 10 : 1;
    const acts = {
      ArrowRight: () => this.step(far), ArrowLeft: () => this.step(-far), Home: () => this.step(-Infinity), End: () => this.step(Infinity),
      "+": () => this.zoom(.6), "=": () => this.zoom(.6), "-": () => this.zoom(1 / .6), 0: () => this.reset(),
      l: () => this.setScale(this.ui.scale === "log" ? "linear" : "log"),
      s: () => this.setWidth(this.ui.width > 1 ? 1 : this.payload.smooth.width),
      Escape: () => { this.ui.cursor = null; this.ui.focus = ""; this.focus(null); },
    };
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    this.ui.byKey = true;                            // a resting pointer has no say until it moves
    act();
  }
}
