"""A page with one chart, served under the product's own content security policy."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from lrdiag.charts import loss_chart, loss_window, measure_curves
from lrdiag.diagnosis import Diagnosis

STATIC = Path(__file__).parents[2] / "static"
KINDS = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".woff2": "font/woff2",
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
FIELDS = ("x", "epoch", "train", "smooth", "val", "grad", "lr")


def page(diagnosis: Diagnosis) -> str:
    """The markup that the chart module works on, and nothing else."""
    items = "".join(
        f'<li class="finding" data-n="{n}"><details><summary>'
        f'<span class="flag {one.severity.word}">{n}</span><h3>{one.summary}</h3></summary>'
        f'<div class="body"><button class="btn" type="button" data-zoom>Zoom</button></div>'
        f"</details></li>"
        for n, one in enumerate(diagnosis.findings.values(), start=1)
    )
    readout = "".join(f'<div><dt>{f}</dt><dd data-out="{f}">–</dd></div>' for f in FIELDS)
    return f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Chart</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,"><link rel="stylesheet" href="/static/css/lrdiag.css">
<link rel="stylesheet" id="plotly.js-style-global" class="no-inline-styles"
 href="/static/css/plotly.css">
<script defer src="/static/vendor/plotly.js-basic-dist-min-4.1.1/plotly-basic.min.js"></script>
<script type="module" src="/static/js/chart.js"></script></head><body><main class="wrap">
<div class="bench"><section class="plot" aria-label="Loss chart"><div class="tools">
<div class="seg" role="group" aria-label="Loss axis">
<button type="button" data-y="linear">Linear</button>
<button type="button" data-y="log">Log</button></div>
<div class="seg" role="group" aria-label="Horizontal axis">
<button type="button" data-x="step">Step</button>
<button type="button" data-x="epoch">Epoch</button></div>
<label>Smooth <input type="range" data-smooth><output data-smooth-out></output></label>
<label class="check"><input type="checkbox" checked data-raw> Each step</label>
<div class="push"><button class="btn quiet" type="button" data-png>PNG</button>
<button class="btn quiet" type="button" data-reset>Reset</button></div></div>
<div class="chart" data-chart="diagnosis" data-src="/chart.json" data-window="/window"
 data-name="run" role="application" aria-roledescription="chart" tabindex="0" aria-label="Loss">
<div class="canvas chart" aria-hidden="true"></div><p class="fallback">The chart is drawn.</p></div>
<div class="readout"><dl>{readout}</dl></div>
<p class="vh live" aria-live="polite"></p></section>
<section class="findings"><header><h2>Findings</h2></header><ul>{items}</ul></section>
</div></main></body></html>"""


@contextmanager
def served(diagnosis: Diagnosis) -> Iterator[str]:
    """Serve the page of one diagnosis on 127.0.0.1; give its address."""
    curves = measure_curves(diagnosis)
    chart = json.dumps(loss_chart(diagnosis, curves), allow_nan=False).encode()
    html = page(diagnosis).encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            url = urlsplit(self.path)
            if url.path == "/":
                self.send(html, ".html")
            elif url.path == "/chart.json":
                self.send(chart, ".json")
            elif url.path == "/window":
                given = {key: value[0] for key, value in parse_qs(url.query).items()}
                width = int(given["smooth"]) if "smooth" in given else None
                part = loss_window(curves, float(given["x0"]), float(given["x1"]), smooth=width)
                self.send(json.dumps(part, allow_nan=False).encode(), ".json")
            elif (file := STATIC / url.path.removeprefix("/static/")).is_file():
                self.send(file.read_bytes(), file.suffix)
            else:
                self.send_error(404)

        def send(self, body: bytes, suffix: str) -> None:
            self.send_response(200)
            self.send_header("Content-Type", KINDS.get(suffix, "application/octet-stream"))
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Security-Policy", POLICY)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Keep the test's output to the test."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
