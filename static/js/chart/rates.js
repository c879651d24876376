// The level that each learning rate reaches, with the rates that do as well as the best shaded.

import { logTicks, sayLoss, sayRate } from "./numbers.js";
import { readTokens } from "./paint.js";
import { CONFIG, NARROW, choose, faint, payloadOf } from "./runs.js";

/** Draw the rates of `box`; a point that is pointed at lights its runs everywhere. */
export async function ratesChart(box) {
  const { rates } = await payloadOf(box.dataset.src), canvas = box.querySelector(".canvas");
  if (!rates) throw new Error("No rates to draw.");
  let chosen = [], frame = null;
  const draw = () => {
    const { data, layout } = paint(rates, chosen);
    return Plotly.react(canvas, data, layout, CONFIG);
  };
  const redraw = () => { frame ??= requestAnimationFrame(() => { frame = null; draw(); }); };
  await draw();
  const reading = box.closest(".plot").querySelector("[data-reading]"), quiet = reading.textContent;
  canvas.on("plotly_hover", ({ points: [point] }) => {
    const lost = point.data.meta === "diverged";
    reading.textContent = `${sayRate(point.x)}: ${lost ? "diverged" : `ends at ${sayLoss(point.y, 3)}`}`;
    choose(point.customdata);
  });
  canvas.on("plotly_unhover", () => { reading.textContent = quiet; choose([]); });
  document.addEventListener("runschosen", event => { chosen = event.detail.runs; redraw(); });
  document.addEventListener("themechange", redraw);
  NARROW.addEventListener("change", redraw);
  new ResizeObserver(redraw).observe(canvas);
}

function paint(rates, chosen) {
  const token = readTokens(), { data, layout } = structuredClone({ data: rates.data, layout: rates.layout });
  const log = rates.y.scale === "log", range = log ? rates.y.logarithmic : rates.y.linear;
  Object.assign(layout.yaxis, log ? { type: "log", range, ...logTicks(...range) } : { type: "linear", range, nticks: 6 });
  for (const trace of data) {
    const color = trace.meta === "diverged" ? token("--error-mark") : token("--accent");
    if (trace.line) trace.line.color = color;
    trace.marker.color = color;
    if (trace.meta === "rates") {
      const lit = trace.customdata.map(runs => runs.some(run => chosen.includes(run)));
      trace.marker.size = lit.map(on => on ? 14 : 9);
    }
  }
  for (const shape of layout.shapes) {
    if (shape.name === "range") shape.fillcolor = faint(token("--accent"), .13);
    else shape.line.color = token("--accent");
  }
  for (const note of layout.annotations) note.font.color = note.name === "best" ? token("--accent") : token("--ink-3");
  for (const axis of [layout.xaxis, layout.yaxis]) Object.assign(axis, { gridcolor: token("--grid"), linecolor: token("--line-2"), tickfont: { ...axis.tickfont, color: token("--ink-3") } });
  layout.xaxis.title.font.color = token("--ink-3");
  if (NARROW.matches) {
    Object.assign(layout.margin, { l: 44, r: 12 });
    for (const note of layout.annotations) if (note.name === "axis") note.xshift = -42;
  }
  Object.assign(layout, { paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", font: { family: token("--font"), size: 13, color: token("--ink-2") } });
  return { data, layout };
}
