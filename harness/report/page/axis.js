/*
 * Puts all charts of a page on one axis: one cross-hair, one zoom, arrow keys, and every interval
 * as a table. A page's script calls `onOneAxis(model)` once; the model has `axis`, `phases`,
 * `faults`, `charts` and `dashes`. All text is inserted as text.
 */
"use strict";

/** A chart's figures as columns: its lines, or for a heat map one per range of durations. */
function columnsOf({ lines, heat }) {
  if (heat === undefined) return lines;
  return heat.rows.map((values, row) => ({
    label: `${spelled(heat.boundsMs[row], "")}–${spelled(heat.boundsMs[row + 1], "ms")}`,
    unit: "",
    values,
  }));
}

function onOneAxis(model) {
  const { axis } = model;
  const xs = Array.from(
    { length: axis.buckets },
    (_, index) => (axis.firstBucketMs + (index + 0.5) * axis.bucketMs) / 1000,
  );
  const frames = [...document.querySelectorAll("[data-chart]")];
  const moment = document.getElementById("moment");
  const zoomOut = document.getElementById("zoom-out");
  const whole = [axis.fromMs / 1000, axis.untilMs / 1000];
  let plots = [];

  function moved(index) {
    moment.textContent = index === null ? "" : whereabouts(xs[index]);
    const shown = plots[0]?.scales.x;
    if (shown?.min !== null && shown !== undefined)
      zoomOut.hidden = shown.min <= whole[0] + 1e-6 && shown.max >= whole[1] - 1e-6;
  }

  function whereabouts(seconds) {
    const ms = seconds * 1000;
    const phase = model.phases.find((band) => ms >= band.fromMs && ms < band.untilMs);
    const faults = model.faults.filter(
      (fault) => ms >= fault.fromMs && ms < (fault.healedMs ?? axis.untilMs),
    );
    const near = (model.marks ?? []).filter(
      (mark) => Math.abs(mark.atMs - ms) <= axis.bucketMs / 2,
    );
    return [
      clock(seconds),
      ...(phase === undefined ? [] : [phase.phase]),
      ...faults.map((fault) => fault.label),
      ...near.map((mark) => `${clock(mark.atMs / 1000)} ${mark.text}`),
    ].join(" · ");
  }

  function showAll(range) {
    for (const plot of plots) plot.setScale("x", { min: range[0], max: range[1] });
  }

  function drawAll() {
    const before = plots[0]?.scales.x;
    const range = before?.min == null ? whole : [before.min, before.max];
    for (const plot of plots) plot.destroy();
    plots = frames.map((frame) =>
      plotChart(model, model.charts[Number(frame.dataset.chart)], frame, xs, moved),
    );
    showAll(range);
  }

  /** Arrow keys move the cross-hair of every chart; Escape releases it. */
  function steer(plot, event) {
    const now = plot.cursor.idx ?? null;
    const next = {
      ArrowLeft: (now ?? xs.length) - 1,
      ArrowRight: (now ?? -1) + 1,
      Home: 0,
      End: xs.length - 1,
    }[event.key];
    if (event.key === "Escape") for (const one of plots) one.setCursor({ left: -10, top: -10 });
    if (next === undefined) return;
    event.preventDefault();
    const index = Math.min(xs.length - 1, Math.max(0, next));
    for (const one of plots)
      one.setCursor({ left: one.valToPos(xs[index], "x"), top: 20 }, true, false);
  }

  function everyInterval(button, chart) {
    const table = document.createElement("table");
    const row = (part, cells, tag) => {
      const line = part.insertRow();
      cells.forEach((text, at) => {
        const cell = document.createElement(at === 0 || tag === "th" ? "th" : "td");
        if (cell.tagName === "TH") cell.scope = tag === "th" ? "col" : "row";
        if (at > 0) cell.className = "n";
        cell.textContent = text;
        line.append(cell);
      });
    };
    const columns = columnsOf(chart);
    row(table.createTHead(), ["Time", ...columns.map(({ label }) => label)], "th");
    const body = table.createTBody();
    for (const [at, seconds] of xs.entries())
      row(
        body,
        [
          clock(seconds - axis.bucketMs / 2000),
          ...columns.map(({ values, unit }) => spelled(values[at], unit)),
        ],
        "td",
      );
    const scroll = document.createElement("div");
    Object.assign(scroll, { className: "scroll", tabIndex: 0 });
    scroll.setAttribute("role", "region");
    scroll.setAttribute("aria-label", `${chart.title}, every interval`);
    scroll.append(table);
    button.replaceWith(scroll);
    scroll.focus();
  }

  drawAll();
  frames.forEach((frame, at) => {
    frame.querySelector(".plot").addEventListener("keydown", (event) => steer(plots[at], event));
    frame
      .querySelector(".all-intervals")
      .addEventListener("click", (event) =>
        everyInterval(event.currentTarget, model.charts[Number(frame.dataset.chart)]),
      );
  });
  zoomOut.addEventListener("click", () => showAll(whole));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
  let waiting = 0;
  addEventListener("resize", () => {
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(() => {
      for (const plot of plots)
        plot.setSize({
          width: plot.root.parentElement.clientWidth,
          height: plot.root.parentElement.clientHeight,
        });
    });
  });
  const printing = (on) => {
    document.documentElement.classList.toggle("printing", on);
    drawAll();
    if (on) showAll(whole);
  };
  addEventListener("beforeprint", () => printing(true));
  addEventListener("afterprint", () => printing(false));
}
