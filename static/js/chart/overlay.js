// The losses of several runs in one picture, its tools and keys, and the lists it is linked with.

import { logTicks, nearest, sayLoss, sayStep } from "./numbers.js";
import { readTokens } from "./paint.js";
import { CONFIG, DASHES, NARROW, choose, faint, payloadOf, rampColor } from "./runs.js";

const LABEL_GAP = 17;      // px between two names at the lines' ends
const QUIET = .22;         // opacity of the lines that are not looked at
const SPOKEN = 4;          // runs read aloud at once

/** Draw the lines of `box` and bring its tools to life. */
export async function overlayChart(box) {
  const payload = await payloadOf(box.dataset.src);
  if (payload.empty) throw new Error("No loss to draw.");
  const chart = new OverlayChart(box, payload);
  await chart.draw();
  chart.listen();
}

class OverlayChart {
  constructor(box, payload) {
    this.box = box;
    this.root = box.closest(".plot");
    this.canvas = box.querySelector(".canvas");
    this.payload = payload;
    this.buttons = [...this.root.querySelectorAll(".lines [data-run]")];
    this.rows = [...document.querySelectorAll("tr[data-run]")];
    this.longest = payload.runs.reduce((best, run) => run.x.length > best.x.length ? run : best);
    this.ui = { scale: payload.y.scale, raw: false, smooth: true, range: null, cursor: null, byKey: false, focus: [], pinned: [] };
  }

  get view() {
    const [low, high] = this.payload.x.range, pad = .01 * (high - low) || .5;
    return this.ui.range ?? [low - pad, high + pad];
  }

  // ---- drawing

  draw() {
    const layout = structuredClone(this.payload.layout), token = readTokens(), { ui, payload, canvas } = this;
    const narrow = NARROW.matches, yrange = this.lossRange();
    if (ui.scale === "log") Object.assign(layout.yaxis, { type: "log", range: yrange, ...logTicks(...yrange) });
    else Object.assign(layout.yaxis, { type: "linear", range: yrange, nticks: 7 });
    for (const axis of [layout.xaxis, layout.yaxis]) Object.assign(axis, { gridcolor: token("--grid"), linecolor: token("--line-2"), tickfont: { ...axis.tickfont, color: token("--ink-3") } });
    Object.assign(layout.xaxis, { range: this.view, tickcolor: token("--line-2"), spikecolor: token("--control"), showspikes: !ui.byKey, nticks: narrow ? 5 : 10 });
    layout.xaxis.title.font.color = token("--ink-3");
    layout.yaxis.fixedrange = true;
    if (narrow) Object.assign(layout.margin, { l: 44, r: 12, t: 36, b: 40 });
    layout.annotations = this.texts(layout, token, narrow, yrange);
    if (ui.cursor != null) layout.shapes.push({ type: "line", x0: ui.cursor, x1: ui.cursor, yref: "paper", y0: 0, y1: 1, line: { color: token("--ink"), width: 1.25 } });
    Object.assign(layout, { paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", dragmode: narrow ? false : "zoom", font: { family: token("--font"), size: 13, color: token("--ink-2") } });
    this.swatches();
    return Plotly.react(canvas, [...payload.bands.flatMap(band => this.band(band)), ...payload.runs.flatMap(run => this.lines(run, token))], layout, CONFIG);
  }

  redraw() {
    this.frame ??= requestAnimationFrame(() => { this.frame = null; this.draw(); });
  }

  quiet(run) { return this.ui.focus.length > 0 && !this.ui.focus.includes(run); }

  lines(run, token) {
    const { ui } = this, color = rampColor(run.place), dash = DASHES[run.dash], chosen = ui.focus.includes(run.run), lost = run.fate !== "finished";
    const opacity = this.quiet(run.run) ? QUIET : 1, line = { type: "scatter", mode: "lines", x: run.x, customdata: run.x.map(() => run.run) };
    const traces = [];
    if (ui.raw || !ui.smooth) traces.push({ ...line, meta: "raw", y: run.raw, hoverinfo: ui.smooth ? "skip" : "none", opacity: ui.smooth ? .4 * opacity : opacity, line: { width: 1, color } });
    const banded = this.payload.bands.some(band => band.n === run.band), width = chosen || (run.best && !banded) ? 3 : banded ? 1 : 1.75;
    if (ui.smooth) traces.push({ ...line, meta: "smooth", y: run.smooth, hoverinfo: "none", opacity: banded && !chosen ? .6 * opacity : opacity, line: { width, color, dash: banded ? "solid" : dash } });
    const last = run.raw.findLastIndex(value => value != null);
    if (lost && last >= 0) traces.push({ type: "scatter", mode: "markers", meta: "lost", x: [run.x[last]], y: [run.raw[last]], hoverinfo: "skip", opacity, marker: { symbol: "x-thin-open", size: 10, color: token("--error-mark"), line: { width: 2 } }, cliponaxis: false });
    return traces;
  }

  band(band) {
    const run = this.payload.runs.find(one => one.band === band.n), color = rampColor(run ? run.place : 0), edge = { type: "scatter", mode: "lines", x: band.x, hoverinfo: "skip", line: { width: 0, color } };
    return [{ ...edge, meta: "low", y: band.low }, { ...edge, meta: "high", y: band.high, fill: "tonexty", fillcolor: faint(color, .16) }, { ...edge, meta: "middle", y: band.middle, line: { width: 3, color } }];
  }

  /** The loss axis fits what is in view; runs that diverged may leave it. */
  lossRange() {
    const { ui, payload } = this, log = ui.scale === "log", whole = log ? payload.y.logarithmic : payload.y.linear;
    if (!ui.range) return whole;
    let low = Infinity, high = -Infinity;
    for (const run of payload.runs) if (run.fate === "finished") run.x.forEach((x, i) => {
      const y = (ui.raw ? run.raw : run.smooth)[i];
      if (x < ui.range[0] || x > ui.range[1] || y == null || (log && y <= 0)) return;
      const v = log ? Math.log10(y) : y;
      if (v < low) low = v;
      if (v > high) high = v;
    });
    if (low > high) return whole;
    const pad = .06 * (high - low) || .05 * Math.abs(high) || .5;
    return [low - pad, high + pad];
  }

  /** Names at the ends of the lines, pushed apart; the legend names them on narrow screens. */
  texts(layout, token, narrow, [low, high]) {
    const { ui, payload } = this, log = ui.scale === "log", px = (this.canvas.clientHeight - layout.margin.t - layout.margin.b) / (high - low);
    const axis = layout.annotations.filter(note => note.name === "axis:loss"), shown = [];
    for (const note of layout.annotations) {
      if (note.name === "axis:loss" || narrow || note.x > this.view[1] || (log && note.y <= 0)) continue;
      const run = payload.runs.find(one => `end:${one.run}` === note.name || `band:${one.band}` === note.name);
      if (log) note.y = Math.log10(note.y);
      if (note.y < low || note.y > high || !run) continue;
      note.font.color = rampColor(run.place);
      note.opacity = this.quiet(run.run) ? QUIET : 1;
      shown.push(note);
    }
    shown.sort((a, b) => b.y - a.y);
    let above = Infinity;
    for (const note of shown) {
      const at = Math.min(note.y * px, above - LABEL_GAP);
      note.yshift = at - note.y * px;
      above = at;
    }
    for (const note of axis) {
      note.font.color = token("--ink-3");
      note.text = log ? `loss,<br>${narrow ? "log" : "log scale"}` : "loss";
      if (narrow) note.xshift = -42;
    }
    return [...axis, ...shown];
  }

  swatches() {
    for (const button of this.buttons) {
      const run = this.payload.runs.find(one => one.run === +button.dataset.run), path = button.querySelector("path");
      path.setAttribute("stroke", rampColor(run.place));
      path.setAttribute("stroke-dasharray", DASHES[run.dash] === "solid" ? "none" : DASHES[run.dash].replaceAll("px", ""));
    }
  }

  // ---- reading

  levels(step) {
    return new Map(this.payload.runs.map(run => {
      const at = nearest(run.x, step), past = step > run.x.at(-1) || step < run.x[0];
      return [run.run, past ? null : (this.ui.smooth ? run.smooth : run.raw)[at]];
    }));
  }

  read(step, aloud = false) {
    const levels = this.levels(step), at = this.root.querySelector("[data-out=x]");
    at.textContent = sayStep(step);
    for (const button of this.buttons) button.querySelector("[data-level]").textContent = sayLoss(levels.get(+button.dataset.run), 3);
    if (!aloud) return;
    const { runs, x } = this.payload, told = this.ui.focus.length ? runs.filter(run => this.ui.focus.includes(run.run)) : runs.slice(0, SPOKEN);
    this.root.querySelector(".live").textContent = [`${x.name} ${sayStep(step)}`, ...told.map(run => `${run.label} ${sayLoss(levels.get(run.run), 3)}`)].join(", ");
  }

  step(by) {
    const places = this.longest.x, [low, high] = this.view, { cursor } = this.ui;
    const from = cursor == null ? (by > 0 ? nearest(places, low) - 1 : nearest(places, high) + 1) : nearest(places, cursor);
    this.ui.cursor = places[Math.min(places.length - 1, Math.max(0, from + by))];
    this.read(this.ui.cursor, true);
    this.redraw();
  }

  // ---- runs

  focus(runs) {
    this.ui.focus = runs.length ? runs : this.ui.pinned;
    for (const one of this.buttons) one.setAttribute("aria-pressed", String(this.ui.pinned.includes(+one.dataset.run)));
    for (const one of this.rows) one.classList.toggle("lit", this.ui.focus.includes(+one.dataset.run));
    this.redraw();
  }

  pin(run) {
    const { pinned } = this.ui;
    this.ui.pinned = pinned.includes(run) ? pinned.filter(one => one !== run) : [...pinned, run];
    this.focus([]);
  }

  // ---- tools

  setScale(scale) {
    if (scale === "log" && !this.payload.y.log) return;
    this.ui.scale = scale;
    for (const button of this.root.querySelectorAll("button[data-y]")) button.setAttribute("aria-pressed", String(button.dataset.y === scale));
    this.redraw();
  }

  show(range) {
    const [low, high] = this.payload.x.range;
    this.ui.range = range && range[1] - range[0] < 1.03 * (high - low) ? range : null;
    this.redraw();
  }

  zoom(factor) {
    const [a, b] = this.view, middle = this.ui.cursor ?? (a + b) / 2;
    this.show([middle - (middle - a) * factor, middle + (b - middle) * factor]);
  }

  setSmooth(on) {
    this.ui.smooth = on;
    this.root.querySelector("[data-smooth-lines]").checked = on;
    this.redraw();
  }

  // ---- listening

  listen() {
    const { root, canvas, box } = this;
    this.setScale(this.ui.scale);
    for (const button of root.querySelectorAll("button[data-y]")) {
      if (button.dataset.y === "log" && !this.payload.y.log) button.disabled = true;
      button.addEventListener("click", () => this.setScale(button.dataset.y));
    }
    root.querySelector("[data-smooth-lines]").addEventListener("change", event => this.setSmooth(event.target.checked));
    root.querySelector("[data-raw]").addEventListener("change", event => { this.ui.raw = event.target.checked; this.redraw(); });
    root.querySelector("[data-reset]").addEventListener("click", () => this.show(null));
    for (const item of [...this.buttons, ...this.rows]) {
      const run = +item.dataset.run;
      item.addEventListener("pointerenter", () => choose([run]));
      item.addEventListener("pointerleave", () => choose([]));
    }
    for (const button of this.buttons) button.addEventListener("click", () => this.pin(+button.dataset.run));
    document.addEventListener("runschosen", event => this.focus(event.detail.runs));
    canvas.on("plotly_hover", event => { if (!this.ui.byKey && event.points.length) this.read(event.points[0].x); });
    canvas.on("plotly_doubleclick", () => this.show(null));
    canvas.on("plotly_relayout", event => { const low = event["xaxis.range[0]"], high = event["xaxis.range[1]"]; if (low != null) this.show([low, high]); });
    canvas.addEventListener("pointermove", () => { if (this.ui.byKey) { this.ui.byKey = false; this.redraw(); } });
    box.addEventListener("keydown", event => this.key(event));
    document.addEventListener("themechange", () => this.redraw());
    NARROW.addEventListener("change", () => this.redraw());
    new ResizeObserver(() => this.redraw()).observe(canvas);
    this.read(this.payload.x.range[1]);
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const far = event.shiftKey ? 10 : 1;
    const acts = {
      ArrowRight: () => this.step(far), ArrowLeft: () => this.step(-far), Home: () => this.step(-Infinity), End: () => this.step(Infinity),
      "+": () => this.zoom(.6), "=": () => this.zoom(.6), "-": () => this.zoom(1 / .6), 0: () => this.show(null),
      l: () => this.setScale(this.ui.scale === "log" ? "linear" : "log"), s: () => this.setSmooth(!this.ui.smooth),
      Escape: () => { this.ui.cursor = null; this.ui.pinned = []; this.focus([]); },
    };
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    this.ui.byKey = true;
    act();
  }
}
