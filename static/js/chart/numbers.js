// Numbers of a chart: how they are said, found, smoothed and ticked. No page in here.

const MINUS = "−";
const trim = text => text.includes(".") ? text.replace(/\.?0+$/, "") : text;
const group = text => { const [whole, part] = text.split("."); return whole.replace(/\B(?=(\d{3})+$)/g, ",") + (part ? `.${part}` : ""); };
const scientific = (size, digits) => { const [head, power] = size.toExponential(digits - 1).split("e"); return `${trim(head)}e${+power}`; };

/** A loss or a norm: 2.300, 12,346, 4.02e-4; a dash where nothing was logged. As lrdiag.wording.say_loss. */
export function sayLoss(value, digits = 4) {
  if (value == null || Number.isNaN(value)) return "–";
  const size = Math.abs(+value.toPrecision(digits)), sign = value < 0 && size ? MINUS : "";
  if (size === 0) return "0";
  if (size < 1e-3 || size >= 1e6) return sign + scientific(Math.abs(value), Math.min(digits, 3));
  const places = Math.max(0, digits - 1 - Math.floor(Math.log10(size)));
  return sign + group((places ? size : Math.abs(value)).toFixed(places));
}

/** The same without trailing zeros, for a tick. */
export const sayNumber = value => { const text = sayLoss(value, 6); return text.includes("e") ? text : trim(text); };

/** A learning rate as it is typed in code: 0.003, 2.8e-5. */
export function sayRate(value) {
  if (value == null) return "–";
  const size = +(+value).toPrecision(3);
  return size === 0 || (Math.abs(size) >= 1e-3 && Math.abs(size) < 1e4) ? trim(size.toFixed(6)) : scientific(size, 3);
}

/** A place on the x axis: 12,000; below ten it may have decimals, 4.99. */
export const sayStep = value => value == null ? "–" : group(trim(Math.abs(value).toFixed(Math.abs(value) < 10 ? 2 : 0))).replace(/^/, value < 0 ? MINUS : "");

/** The index of the first item that is at least `value`, in an increasing array. */
export function lowerBound(items, value) {
  let low = 0, high = items.length;
  while (low < high) { const middle = (low + high) >> 1; if (items[middle] < value) low = middle + 1; else high = middle; }
  return low;
}

/** The index of the item nearest to `value`; -1 in an empty array. */
export function nearest(items, value) {
  if (!items?.length) return -1;
  const at = Math.min(lowerBound(items, value), items.length - 1);
  return at > 0 && value - items[at - 1] < items[at] - value ? at - 1 : at;
}

/** What held at `value`: the last item at or before it; null before the first. */
export function heldAt(xs, ys, value) {
  if (!xs?.length) return null;
  const after = lowerBound(xs, value), at = xs[after] === value ? after : after - 1;
  return at < 0 ? null : ys[at];
}

/** A straight way through knots, and on beyond both ends; [there, back]. */
export function between(from, to) {
  const along = (xs, ys) => x => {
    const at = Math.min(Math.max(lowerBound(xs, x), 1), xs.length - 1), part = (x - xs[at - 1]) / (xs[at] - xs[at - 1]);
    return ys[at - 1] + part * (ys[at] - ys[at - 1]);
  };
  return [along(from, to), along(to, from)];
}

/**
 * The line through a complete curve: centred running median, then centred mean of half the
 * width, over finite values; gaps (null) stay gaps. The same as lrdiag.charts.smooth.
 */
export function smooth(values, width) {
  if (width <= 1) return values;
  const middle = runningMedian(values, width >> 1), reach = width >> 2;
  return values.map((value, at) => {
    if (value == null) return null;
    let sum = 0, n = 0;
    for (let i = Math.max(0, at - reach); i <= Math.min(values.length - 1, at + reach); i++) if (middle[i] != null) { sum += middle[i]; n += 1; }
    return n ? sum / n : null;
  });
}

function runningMedian(values, half) {
  const window = [], out = new Array(values.length).fill(null);
  const put = v => { if (v != null) window.splice(lowerBound(window, v), 0, v); };
  const take = v => { if (v != null) window.splice(lowerBound(window, v), 1); };
  for (let i = 0; i < Math.min(half, values.length); i++) put(values[i]);
  for (let at = 0; at < values.length; at++) {
    if (at + half < values.length) put(values[at + half]);
    if (at - half - 1 >= 0) take(values[at - half - 1]);
    if (window.length) out[at] = window[(window.length - 1) >> 1] / 2 + window[window.length >> 1] / 2;
  }
  return out;
}

/**
 * Ticks of a logarithmic axis from `low` to `high` decades, as arrays: Plotly's own are raised
 * powers with a style attribute, which the page's content security policy refuses.
 */
export function logTicks(low, high) {
  const array = (values, say) => ({ tickmode: "array", tickvals: values, ticktext: values.map(say) });
  if (high - low < .8) {
    const gap = 10 ** Math.floor(Math.log10((10 ** high - 10 ** low) / 2)), first = Math.ceil(10 ** low / gap), last = Math.floor(10 ** high / gap);
    const thin = Math.max(1, Math.ceil((last - first) / 6)), values = [];
    for (let k = first; k <= last; k += thin) values.push(+(k * gap).toPrecision(6));
    return array(values, sayNumber);
  }
  const digits = high - low > 3 ? [1] : [1, 2, 5], thin = Math.max(1, Math.ceil((high - low) / 8)), values = [];
  for (let k = Math.floor(low); k <= Math.ceil(high); k++) {
    if (k % thin === 0) for (const d of digits) { const v = +(d * 10 ** k).toPrecision(6); if (Math.log10(v) >= low && Math.log10(v) <= high) values.push(v); }
  }
  return array(values, sayRate);
}
