// What the charts of several runs share: the payload, colours and dashes, and which run is chosen.

import { readTokens } from "./paint.js";

export const CONFIG = { displayModeBar: false, displaylogo: false, showSendToCloud: false, plotlyServerURL: "", responsive: true, scrollZoom: false, doubleClick: false, showTips: false };
export const NARROW = matchMedia("(max-width: 47.99rem)");
export const DASHES = ["solid", "8px 3px", "2px 3px", "9px 3px 2px 3px"];
const RAMP = ["--run-1", "--run-2", "--run-3", "--run-4"];
const asked = new Map();

/** Fetch a payload once, however many charts are cut from it. */
export function payloadOf(src) {
  if (!asked.has(src)) asked.set(src, fetch(src, { headers: { accept: "application/json" } }).then(answer => {
    if (!answer.ok) throw new Error(`The chart answered ${answer.status}.`);
    return answer.json();
  }));
  return asked.get(src);
}

/** The colour at a place of the ramp, from 0 to 1; tokens are six hexadecimal digits. */
export function rampColor(place) {
  const token = readTokens(), at = Math.min(Math.max(place, 0), 1) * (RAMP.length - 1), k = Math.min(Math.floor(at), RAMP.length - 2);
  const [low, high] = [parts(token(RAMP[k])), parts(token(RAMP[k + 1]))];
  return `rgb(${low.map((v, i) => Math.round(v + (high[i] - v) * (at - k))).join(",")})`;
}

const parts = hex => [1, 3, 5].map(i => parseInt(hex.slice(i, i + 2), 16));

/** The same colour, see-through. */
export const faint = (color, alpha) => color.startsWith("#") ? `rgba(${parts(color).join(",")},${alpha})` : color.replace("rgb(", "rgba(").replace(")", `,${alpha})`);

/** Tell every chart and list of the page which runs are looked at; none where nothing is. */
export function choose(runs, from) {
  document.dispatchEvent(new CustomEvent("runschosen", { detail: { runs, from } }));
}
