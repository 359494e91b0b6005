/*
 * The charts of the current step: one per lane, and one of the slowest waits. Each grows by one
 * point per second and is never rebuilt.
 */
"use strict";

const sayTheSame = "The figures above, the claims and the timeline say the same in words.";
const outcomeTones = { served: "served", late: "late", shed: "shed", lost: "lost" };
const laneTones = ["p99", "one", "two", "three", "four"];

class LiveCharts {
  /** `idle` is shown before anything has run. */
  constructor(place, moment, idle) {
    this.place = place;
    this.idle = idle;
    this.moment = moment;
    this.begin(null, null);
    addEventListener("resize", () => this.fit());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.redraw());
  }

  /** Discards the previous step. `held`: people watch the target, and nothing is recorded. */
  begin(step, zeroMs, held = false) {
    for (const chart of this.charts ?? []) chart.plot.destroy();
    Object.assign(this, { step, zeroMs, held, seconds: [], charts: [], phases: [], faults: [] });
    this.model = {
      phases: this.phases,
      faults: this.faults,
      axis: { untilMs: 0 },
      dashes: { one: [7, 3], two: [2, 2], three: [9, 3, 2, 3] },
    };
    this.place.replaceChildren(
      ...(step === null ? [element("p", { class: "purpose" }, this.idle)] : []),
    );
  }

  get span() {
    if (this.held || this.step === null) {
      const now = this.lastS ?? 0;
      return [Math.max(0, now - 90), Math.max(90, now + 1)];
    }
    const { baseline, fault, recovery } = this.step.phasesMs;
    return [
      -this.step.leadInMs / 1000,
      Math.max((baseline + fault + recovery) / 1000, this.lastS ?? 0),
    ];
  }

  titleOf(lane) {
    return this.step.classes.find((one) => one.lane === lane)?.title ?? lane;
  }

  /** In the order of the step's classes; others come last. */
  inOrder(lanes) {
    const named = this.step.classes.map(({ lane }) => lane).filter((lane) => lanes.includes(lane));
    return [...named, ...lanes.filter((lane) => !named.includes(lane))];
  }

  get lastS() {
    return this.seconds.at(-1)?.atS;
  }

  phase(phase, runMs) {
    const atMs = runMs - this.zeroMs;
    if (this.phases.length > 0) this.phases.at(-1).untilMs = atMs;
    this.phases.push({
      phase: phase === "leadIn" ? "lead-in" : phase,
      fromMs: atMs,
      untilMs: atMs,
    });
  }

  injected(index, label, landed, runMs) {
    this.faults.push({ index, label, fromMs: runMs - this.zeroMs, healedMs: null, landed });
  }

  healed(index, runMs) {
    const fault = this.faults.find((one) => one.index === index);
    if (fault !== undefined) fault.healedMs = runMs - this.zeroMs;
  }

  second({ runMs, lanes }) {
    if (this.step === null) return;
    this.zeroMs ??= runMs;
    this.seconds.push({ atS: (runMs - this.zeroMs) / 1000, lanes });
    for (const lane of Object.keys(lanes))
      if (!this.charts.some((chart) => chart.lane === lane)) this.add(lane);
    for (const chart of this.charts) chart.grow(this.seconds);
  }

  /** Draws all new seconds at once: after a reload there are many. */
  draw() {
    const [min, max] = this.span;
    if (this.phases.length > 0) this.phases.at(-1).untilMs = (this.lastS ?? 0) * 1000 + 1000;
    this.model.axis.untilMs = (this.lastS ?? 0) * 1000 + 1000;
    for (const { plot, data } of this.charts) {
      plot.setData(data, false);
      plot.setScale("x", { min, max });
    }
  }

  redraw() {
    const [{ seconds }, lanes] = [this, this.charts.map((chart) => chart.lane)];
    for (const chart of this.charts) {
      chart.plot.destroy();
      chart.frame.remove();
    }
    this.charts = [];
    for (const lane of lanes.filter((one) => one !== null)) this.add(lane);
    if (seconds.length > 0) for (const chart of this.charts) chart.grow(seconds);
    this.draw();
  }

  fit() {
    for (const { plot, frame } of this.charts) {
      const box = frame.querySelector(".plot");
      plot.setSize({ width: box.clientWidth, height: box.clientHeight });
    }
  }

  /**
   * Adds the chart of a lane, in the usual order. Its wait is a line in the last chart, which is
   * rebuilt.
   */
  add(lane) {
    const seconds = Math.max(1, Math.round(this.step.rhythmMs / 1000));
    const lines = Object.entries(outcomeTones).map(([outcome, tone]) => ({
      label: outcome,
      unit: "/s",
      axis: "left",
      tone,
      values: [],
    }));
    const known = this.seconds.slice(0, -1);
    const chart = this.make(
      lane,
      {
        id: `lane-${lane}`,
        title: `${this.titleOf(lane)}, answers per second`,
        unit: "/s",
        stacked: true,
        logarithmic: false,
        lines,
      },
      (latest) => {
        const window = latest.slice(-seconds);
        return Object.keys(outcomeTones).map(
          (outcome) =>
            window.reduce((sum, second) => sum + (second.lanes[lane]?.[outcome] ?? 0), 0) /
            window.length,
        );
      },
    );
    for (const index of known.keys()) chart.grow(known.slice(Math.max(0, index - 9), index + 1));
    const lanes = this.inOrder(
      this.charts.filter((one) => one.lane !== null).map((one) => one.lane),
    );
    for (const one of lanes) this.place.append(this.charts.find((each) => each.lane === one).frame);
    const old = this.charts.find((one) => one.lane === null);
    if (old !== undefined) {
      old.plot.destroy();
      old.frame.remove();
      this.charts.splice(this.charts.indexOf(old), 1);
    }
    const waits = this.make(
      null,
      {
        id: "waits",
        title: "Response time, p99",
        unit: "ms",
        stacked: false,
        logarithmic: false,
        lines: lanes.map((one, index) => ({
          label: this.titleOf(one),
          unit: "ms",
          axis: "left",
          tone: laneTones[index % laneTones.length],
          values: [],
        })),
      },
      (latest) => lanes.map((one) => latest.at(-1).lanes[one]?.p99Ms ?? null),
    );
    for (const index of known.keys()) waits.grow(known.slice(0, index + 1));
  }

  make(lane, chart, valuesOf) {
    const frame = figureOf(chart);
    this.place.append(frame);
    const plot = plotChart(this.model, chart, frame, [], (index) => {
      this.moment.textContent = index === null ? "" : clock(this.seconds[index]?.atS ?? 0);
    });
    // Stacked lines use running totals next to their own values; other lines use the values.
    const data = [
      plot.data[0],
      ...chart.lines.map((_, index) => (chart.stacked ? plot.data[index + 1] : [])),
    ];
    chart.lines.forEach((_, index) => {
      plot.series[index + 1].points.show = () => false;
    });
    const grow = (latest) => {
      const values = valuesOf(latest);
      data[0].push(latest.at(-1).atS);
      let below = 0;
      values.forEach((value, at) => {
        chart.lines[at].values.push(value);
        below += value ?? 0;
        data[at + 1].push(chart.stacked ? below : value);
      });
    };
    const made = { lane, chart, frame, plot, data, grow };
    this.charts.push(made);
    return made;
  }
}

/** A figure as in the report, with the latest value next to each name. */
function figureOf(chart) {
  const strokes = { one: "7 3", two: "2 2", three: "9 3 2 3" };
  const mark = (line) =>
    svg(
      "svg",
      { width: chart.stacked ? 14 : 22, height: 10, "aria-hidden": "true" },
      chart.stacked
        ? svg("rect", { class: `fills ${line.tone}`, width: 14, height: 10, rx: 2 })
        : svg("path", {
            class: `strokes ${line.tone}`,
            d: "M0 5h22",
            "stroke-dasharray": strokes[line.tone] ?? "",
          }),
    );
  return element(
    "figure",
    { class: "chart", "aria-labelledby": `chart-${chart.id}` },
    element("figcaption", {}, element("h3", { id: `chart-${chart.id}` }, chart.title)),
    element(
      "ul",
      { class: "legend" },
      ...chart.lines.map((line) =>
        element("li", {}, mark(line), ` ${line.label}`, element("output", { "aria-live": "off" })),
      ),
    ),
    element("div", {
      class: "plot",
      role: "img",
      "aria-label": `${chart.title}. ${sayTheSame}`,
    }),
  );
}

/** Creates an element with these attributes; its children are texts or elements. */
function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes))
    if (value !== null && value !== false) made.setAttribute(key, value === true ? "" : value);
  made.append(...children.filter((child) => child !== null));
  return made;
}

function svg(name, attributes, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}
