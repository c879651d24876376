// From a payload, its columns and the state of the page to what Plotly draws.
// The payload knows roles and places; colours are the page's tokens, read at every drawing.

import { logTicks, lowerBound } from "./numbers.js";

const TRACE_TOKENS = { raw: "--train-raw", smooth: "--train", val: "--val", lr: "--lr", nonfinite: "--error-mark" };
const TEXT_TOKENS = { "end:train": "--train", "end:val": "--val", "end:lr": "--lr", count: "--error", "axis:loss": "--ink-3", "axis:hidden": "--ink-3", "axis:lr": "--ink-3" };
const LABEL_GAP = 17;      // px between two names at the line's end
const MOST_CIRCLES = 40;   // in view; more would touch
const MARK_GAP = 9;        // px between two marks of values that are no number
const FLAG_GAP = 6;        // px between two flags in one row
const TEXT_HEIGHT = 15;    // px of a number at the curve
const flagWidth = text => 14 + 7.5 * text.length;

/** Read the page's tokens once for one drawing. */
export function readTokens() {
  const style = getComputedStyle(document.documentElement);
  return name => style.getPropertyValue(name).trim();
}

/**
 * @param payload  what lrdiag.charts.loss_chart gives
 * @param columns  the columns to draw, from the payload or a window of it
 * @param ui       {scale, raw, width, focus, cursor, byKey, range, toX}; range in the run's own steps
 * @param size     {width, height, narrow} of the drawing, in px
 */
export function paint(payload, columns, ui, size) {
  const token = readTokens(), figure = structuredClone(payload.figure), layout = figure.layout;
  const severity = Object.fromEntries(payload.findings.map(f => [f.n, f.severity]));
  const view = ui.range ?? padded(payload.x.range), map = xs => ui.toX ? xs.map(ui.toX) : xs;
  const scene = { payload, columns, ui, size, token, layout, severity, view };
  const data = figure.data.map(trace => paintTrace(trace, scene, map));
  paintAxes(scene);
  layout.shapes = layout.shapes.flatMap(shape => paintShape(shape, scene));
  layout.annotations = layout.annotations.flatMap(note => paintText(note, scene));
  placeFlags(scene);
  partEnds(scene);
  placePoints(scene);
  if (ui.cursor != null) layout.shapes.push({ type: "line", x0: ui.cursor, x1: ui.cursor, yref: "paper", y0: 0, y1: 1, line: { color: token("--ink"), width: 1.25 } });
  if (ui.toX) {
    for (const shape of layout.shapes) { shape.x0 = ui.toX(shape.x0); shape.x1 = ui.toX(shape.x1); }
    for (const note of layout.annotations) if (note.xref !== "paper") note.x = ui.toX(note.x);
  }
  Object.assign(layout, { paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", dragmode: size.narrow ? false : "zoom", font: { family: token("--font"), size: 13, color: token("--ink-2") } });
  return { data, layout };
}

const padded = ([low, high]) => { const pad = .01 * (high - low) || .5; return [low - pad, high + pad]; };

function paintTrace(trace, scene, map) {
  const { columns, ui, token } = scene;
  const color = token(TRACE_TOKENS[trace.meta]), alone = ui.width <= 1;
  trace.x = columns[trace.x] ?? [];
  trace.y = columns[trace.y] ?? [];
  if (trace.meta === "nonfinite") spreadMarks(trace, scene);
  trace.x = map(trace.x);
  if (trace.line) trace.line.color = color;
  if (trace.marker) trace.marker.color = color;
  if (trace.meta === "raw") trace.visible = ui.raw && !alone;
  if (trace.meta === "val") trace.mode = inView(columns.val_x, scene.view) <= MOST_CIRCLES ? "lines+markers" : "lines";
  if (trace.meta === "smooth" && alone) trace.line.width = trace.x.length > 400 ? 1 : 2;
  return trace;
}

const inView = (xs = [], [low, high]) => xs.filter(x => x >= low && x <= high).length;

/** Marks that would cover one another are left out, so that a lone one is seen and a row reads as a row. */
function spreadMarks(trace, { size, view }) {
  const gap = MARK_GAP * (view[1] - view[0]) / size.width, xs = [];
  for (const x of trace.x) if (!xs.length || x - xs.at(-1) >= gap) xs.push(x);
  trace.x = xs;
  trace.y = trace.y.slice(0, xs.length);
}

/** The loss axis fits what is in view once part of the run is chosen; nobody draws its range by hand. */
function lossRange({ payload, columns, ui, view }) {
  const log = ui.scale === "log";
  if (!ui.range) return log ? payload.y.logarithmic : payload.y.linear;
  let low = Infinity, high = -Infinity;
  const look = (xs = [], ys = []) => xs.forEach((x, i) => {
    const y = ys[i];
    if (x < view[0] || x > view[1] || y == null || (log && y <= 0)) return;
    const v = log ? Math.log10(y) : y;
    if (v < low) low = v;
    if (v > high) high = v;
  });
  look(columns.x, ui.raw ? columns.train : columns.smooth);
  look(columns.val_x, columns.val);
  if (low > high) return log ? payload.y.logarithmic : payload.y.linear;
  const pad = .06 * (high - low) || (log ? .05 : .05 * Math.abs(high) || .5);
  return [low - pad, high + (payload.has.nonfinite ? 3 : 1.6) * pad];       // marks of broken values stand above the curve
}

function paintAxes({ payload, ui, size, token, layout, view, ...scene }) {
  const range = lossRange({ payload, ui, view, columns: scene.columns }), quiet = token("--ink-3");
  if (ui.scale === "log") Object.assign(layout.yaxis, { type: "log", range, ...logTicks(...range) });
  else Object.assign(layout.yaxis, { type: "linear", range, nticks: 7 });
  for (const name of ["xaxis", "yaxis", "yaxis2"]) if (layout[name]) {
    layout[name].gridcolor = token("--grid");
    layout[name].tickfont.color = quiet;
    layout[name].linecolor = token("--line-2");
    layout[name].fixedrange = name !== "xaxis";      // a slanted drag would empty the chart
  }
  Object.assign(layout.xaxis, { showspikes: !ui.byKey, range: ui.toX ? view.map(ui.toX) : view, tickcolor: token("--line-2"), spikecolor: token("--control"), nticks: size.narrow ? 5 : 10 });
  layout.xaxis.title.text = ui.toX ? "epoch" : payload.x.name;
  layout.xaxis.title.font.color = quiet;
  if (size.narrow) Object.assign(layout.margin, { l: 44, r: 12, t: layout.margin.t - 4, b: 40 });
}

function paintShape(shape, { ui, token, severity }) {
  const [kind, n] = shape.name.split(":");
  if (ui.only && n !== ui.only) return [];
  const chosen = ui.focus === n, on = ui.focus == null || chosen;
  if (kind === "tint") {
    if (severity[n] === "note") shape.opacity = chosen ? .8 : 0;
    else if (!on) shape.opacity *= .35;
    shape.fillcolor = token(`--${severity[n]}-tint`);
    return [shape];
  }
  Object.assign(shape.line, { color: token(`--${severity[n]}-mark`), width: chosen ? 5 : 3 });
  shape.opacity = on ? 1 : .4;
  return [shape];
}

function paintText(note, { ui, size, token, severity }) {
  const [kind, n] = note.name.split(":"), chosen = ui.focus === n, on = ui.focus == null || chosen;
  if (severity[n]) {
    if (ui.only && n !== ui.only) return [];
    note.font.color = token(`--${severity[n]}`);
    if (kind === "point" && severity[n] === "note" && !chosen) return [];        // a note is quiet until it is chosen
    if (kind === "point") note.opacity = on ? 1 : .5;
    else Object.assign(note, { bgcolor: token(`--${severity[n]}-tint`), bordercolor: token(`--${severity[n]}`), borderwidth: chosen ? 1.5 : 0, opacity: on ? 1 : .5 });
    if (kind === "rate-flag" && size.narrow) note.xshift = 46;
  } else note.font.color = token(TEXT_TOKENS[note.name]);
  if (kind === "end" && size.narrow) return [];                    // the legend and the readout name them
  if (kind === "axis" && n !== "hidden" && size.narrow) note.xshift = -42;
  if (note.name === "axis:loss") note.text = ui.scale === "log" ? `loss,<br>${size.narrow ? "log" : "log scale"}` : "loss";
  if (note.name === "axis:hidden") return ui.scale === "log" ? [note] : [];
  if (note.yref === undefined && ui.scale === "log") {
    if (note.y <= 0) return [];
    note.y = Math.log10(note.y);
  }
  return [note];
}

const pxPerX = ({ size, layout, view }) => (size.width - layout.margin.l - layout.margin.r) / (view[1] - view[0]);

/** Flags stand on the part of their span that is in view; those of one finding that would touch become one. */
function placeFlags(scene) {
  const { payload, layout, view, ui } = scene, px = pxPerX(scene), kept = new Set();
  for (const finding of payload.findings) {
    const flags = layout.annotations.filter(note => note.name === `flag:${finding.n}`);
    let group = null;
    flags.forEach((flag, i) => {
      const [a, b] = finding.spans[i], from = Math.max(a, view[0]), to = Math.min(b, view[1]);
      if (from > to) return;
      const wide = (to - from) * px > 84, width = flagWidth(flag.text), x = wide ? from : (from + to) / 2;
      const left = wide ? x * px : x * px - width / 2, tag = finding.tags[i], glyph = flag.text.split(" ")[0];
      if (group && left < group.right + FLAG_GAP) {
        group.flag.text = `${glyph} ${group.tag}–${tag.slice(finding.n.length)}`;
        group.flag.x = (group.from + to) / 2;
        group.flag.xanchor = "center";
        group.right = group.flag.x * px + flagWidth(group.flag.text) / 2;
        return;
      }
      Object.assign(flag, { x, xanchor: wide ? "left" : "center" });
      keepInside(flag, width, view, px);
      group = { flag, tag, from, right: left + width };
      kept.add(flag);
    });
  }
  layout.annotations = layout.annotations.filter(note => !note.name.startsWith("flag:") || kept.has(note));
}

function keepInside(flag, width, view, px) {
  if (flag.xanchor === "center" && (view[1] - flag.x) * px < width / 2) Object.assign(flag, { x: view[1], xanchor: "right" });
  if (flag.xanchor === "center" && (flag.x - view[0]) * px < width / 2) Object.assign(flag, { x: view[0], xanchor: "left" });
}

/**
 * Numbers at the curve stand where no line runs through them: at the side that the payload names,
 * else at the freest. One that finds room only outside the frame or over another is left out; the
 * first has its choice, the strongest evidence.
 */
function placePoints(scene) {
  const { layout, size, view } = scene, px = pxPerX(scene), [low, high] = layout.yaxis.range, [foot, top] = layout.yaxis.domain;
  const py = (size.height - layout.margin.t - layout.margin.b) * (top - foot) / (high - low), kept = [];
  const frame = { left: 0, right: (view[1] - view[0]) * px + layout.margin.r, bottom: 0, top: (high - low) * py };
  const lines = drawnLines(scene, px, py);
  layout.annotations = layout.annotations.filter(note => {
    if (note.name === "count") turnInside(note, scene, px);
    if (!note.name.startsWith("point:")) return true;
    const x = (note.x - view[0]) * px, y = (note.y - low) * py, width = 7.2 * note.text.length;
    if (x < 0 || x > (view[1] - view[0]) * px || y < 0 || y > frame.top) return true;   // not in view, and so not drawn
    const own = SIDES.find(side => side.xanchor === note.xanchor && (side.yanchor ?? "middle") === note.yanchor) ?? SIDES[0];
    let best = null;
    for (const side of [own, ...SIDES]) {
      const box = boxAt(side, x, y, width), out = box.left < frame.left || box.right > frame.right || box.bottom < frame.bottom || box.top > frame.top;
      const taken = kept.some(one => one.left < box.right && one.right > box.left && one.bottom < box.top && one.top > box.bottom);
      const cost = taken || out ? Infinity : covered(box, lines);
      if (!best || cost < best.cost) best = { side, box, cost };
    }
    if (best.cost === Infinity) return false;
    Object.assign(note, { yanchor: "middle", xshift: 0, yshift: 0 }, best.side);
    kept.push(best.box);
    return true;
  });
}

const SIDES = [
  { xanchor: "left", xshift: 7 },
  { xanchor: "right", xshift: -7 },
  { xanchor: "center", yanchor: "bottom", yshift: 8 },
  { xanchor: "center", yanchor: "top", yshift: -8 },
  { xanchor: "left", yanchor: "bottom", xshift: 3, yshift: 8 },
  { xanchor: "right", yanchor: "bottom", xshift: -3, yshift: 8 },
  { xanchor: "left", yanchor: "top", xshift: 3, yshift: -8 },
];

/** The box of a text beside a point, in px from the foot of the panel, y upwards. */
function boxAt({ xanchor, yanchor = "middle", xshift = 0, yshift = 0 }, x, y, width) {
  const left = x + xshift - { left: 0, center: width / 2, right: width }[xanchor];
  const bottom = y + yshift - { bottom: 0, middle: TEXT_HEIGHT / 2, top: TEXT_HEIGHT }[yanchor];
  return { left, right: left + width, bottom, top: bottom + TEXT_HEIGHT };
}

/** The lines that a reader follows, in px of the loss panel; the raw shadow may run behind a number. */
function drawnLines({ columns, ui, view, layout }, px, py) {
  const log = ui.scale === "log", low = layout.yaxis.range[0];
  return [["x", "smooth", columns.smooth], ["val_x", "val", columns.val]].filter(([, , ys]) => ys).map(([name, , ys]) => {
    const xs = columns[name], from = Math.max(0, lowerBound(xs, view[0]) - 1), to = Math.min(xs.length, lowerBound(xs, view[1]) + 1), line = [];
    for (let i = from; i < to; i++) if (ys[i] != null && (!log || ys[i] > 0)) line.push([(xs[i] - view[0]) * px, ((log ? Math.log10(ys[i]) : ys[i]) - low) * py]);
    return line;
  });
}

/** How many px of the lines run through a box. */
function covered(box, lines) {
  let sum = 0;
  for (const line of lines) for (let i = 1; i < line.length; i++) {
    const [[x0, y0], [x1, y1]] = [line[i - 1], line[i]];
    if (x1 < box.left || x0 > box.right || Math.max(y0, y1) < box.bottom || Math.min(y0, y1) > box.top) continue;
    const dx = x1 - x0, dy = y1 - y0;
    let from = 0, to = 1;
    for (const [start, by, a, b] of [[x0, dx, box.left, box.right], [y0, dy, box.bottom, box.top]]) {
      if (!by) continue;
      const ends = [(a - start) / by, (b - start) / by].sort((p, q) => p - q);
      from = Math.max(from, ends[0]);
      to = Math.min(to, ends[1]);
    }
    if (to > from) sum += Math.hypot(dx, dy) * (to - from);
  }
  return sum;
}

/** The count of broken values runs to the left where the frame ends. */
function turnInside(note, { size, view, layout }, px) {
  const room = (view[1] - note.x) * px + layout.margin.r;
  if (room < 6.4 * note.text.length) Object.assign(note, { xanchor: "right", xshift: 4 });
}

/** Push the names of the two losses apart where they would touch. */
function partEnds(scene) {
  const { layout, size } = scene, ends = layout.annotations.filter(note => note.name === "end:train" || note.name === "end:val");
  if (ends.length < 2 || Math.abs(ends[0].x - ends[1].x) * pxPerX(scene) > 60) return;
  const [low, high] = layout.yaxis.range, [foot, top] = layout.yaxis.domain;
  const px = (size.height - layout.margin.t - layout.margin.b) * (top - foot) / (high - low);
  const [upper, lower] = ends.sort((a, b) => b.y - a.y), push = (LABEL_GAP - (upper.y - lower.y) * px) / 2;
  if (push > 0) { upper.yshift = push; lower.yshift = -push; }
}
