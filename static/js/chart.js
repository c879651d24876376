// Draws every chart of the page. What fails leaves its words in place: the tables hold the same numbers.

import { diagnosisChart } from "./chart/diagnosis.js";
import { overlayChart } from "./chart/overlay.js";
import { ratesChart } from "./chart/rates.js";

const KINDS = { diagnosis: diagnosisChart, overlay: overlayChart, rates: ratesChart };

async function bring(box) {
  const fallback = box.querySelector(".fallback");
  try {
    await KINDS[box.dataset.chart]?.(box);
    if (fallback) fallback.hidden = true;
    box.classList.add("drawn");
  } catch {
    const words = fallback ?? box.appendChild(document.createElement("p"));
    words.className = "fallback";
    words.hidden = false;
    words.textContent = "The chart could not be drawn. The tables on this page hold the same numbers.";
    box.classList.add("failed");
  }
}

for (const box of document.querySelectorAll("[data-chart]")) bring(box);
