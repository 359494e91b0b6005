/*
 * Draws one chart with uPlot: its lines, with the phases and faults of the run behind them. Plain
 * script: it runs in the page unchanged.
 */
"use strict";

const colourOf = (name) =>
  getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const ratio = () => window.devicePixelRatio || 1;

/** Short forms for axes and cross-hair; the harness wrote the tables in the page. */
function spelled(value, unit) {
  if (value === null || value === undefined) return "—";
  if (unit === "B")
    return value >= 2 ** 30
      ? `${Number((value / 2 ** 30).toPrecision(3))} GiB`
      : `${Number((value / 2 ** 20).toPrecision(3))} MiB`;
  if (unit === "share")
    return `${Number((value * 100).toPrecision(value > 0.99 && value < 1 ? 5 : 3))} %`;
  const size = Math.abs(value);
  const text =
    size >= 10_000
      ? `${Number((value / 1000).toPrecision(3))}k`
      : Number(value.toPrecision(size >= 1000 ? 4 : 3)).toLocaleString("en");
  return unit === "" ? text : `${text} ${unit}`;
}

function clock(seconds) {
  const sign = seconds < 0 ? "−" : "+";
  const whole = Math.abs(Math.round(seconds * 10) / 10);
  if (whole < 120) return `${sign}${whole} s`;
  const two = (value) => String(Math.floor(value)).padStart(2, "0");
  return whole < 3600
    ? `${sign}${Math.floor(whole / 60)}:${two(whole % 60)}`
    : `${sign}${Math.floor(whole / 3600)}:${two((whole % 3600) / 60)}:${two(whole % 60)}`;
}

/** Stacked lines are drawn as running totals, each filled down to the one below. */
function stacked(lines) {
  const totals = [];
  const bands = [];
  const known = lines[0].values.map((_, at) =>
    lines.some((line) => line.axis === "left" && line.values[at] !== null),
  );
  let below = null;
  lines.forEach((line, index) => {
    if (line.axis === "right") {
      totals.push(line.values);
      return;
    }
    const base = below === null ? null : totals[below];
    totals.push(
      line.values.map((value, at) =>
        known[at] ? (base === null ? 0 : base[at]) + (value ?? 0) : null,
      ),
    );
    if (below !== null) bands.push({ series: [index + 1, below + 1] });
    below = index;
  });
  return { totals, bands };
}

function seriesOf(chart, line, dashes) {
  const colour = colourOf(line.tone);
  const filled = chart.stacked && line.axis === "left";
  return {
    label: line.label,
    scale: line.axis,
    stroke: colour,
    width: filled ? 0 : line.tone === "p99" ? 1.8 : 1.5,
    spanGaps: false,
    ...(filled
      ? { fill: `color-mix(in srgb, ${colour} 72%, transparent)` }
      : { dash: dashes[line.tone] ?? [] }),
    points: { show: !filled && line.values.filter((value) => value !== null).length < 3 },
  };
}

function axesOf(chart, hasRight) {
  const common = {
    stroke: colourOf("soft"),
    font: "11px system-ui, sans-serif",
    ticks: { show: false },
  };
  const grid = { stroke: colourOf("faint"), width: 1 };
  const right = chart.lines.find((line) => line.axis === "right");
  const decades = (_plot, values) =>
    values.map((value) => (Number.isInteger(Math.log10(value)) ? value : null));
  const logarithmic = chart.logarithmic
    ? { filter: decades, grid: { ...grid, filter: decades } }
    : {};
  const labels = (unit) => (_plot, values) =>
    values.map((value) =>
      value === null ? "" : spelled(value, unit === "B" || unit === "share" ? unit : ""),
    );
  return [
    {
      ...common,
      grid: { show: false },
      size: 26,
      gap: 4,
      values: (_plot, values) => values.map(clock),
      incrs: [0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400],
      space: 70,
    },
    {
      ...common,
      scale: "left",
      grid,
      size: 62,
      gap: 6,
      values: labels(chart.unit),
      space: 34,
      ...steps(chart.unit),
      ...logarithmic,
    },
    ...(hasRight
      ? [
          {
            ...common,
            scale: "right",
            side: 1,
            grid: { show: false },
            size: rightWidth,
            gap: 6,
            values: labels(right.unit),
            space: 34,
            ...steps(right.unit),
          },
        ]
      : []),
  ];
}

/**
 * Reserved width on the right of every chart, with or without a scale, so that moments align across
 * charts.
 */
const rightWidth = 52;

/** Counts have whole steps, and memory has powers of two. */
function steps(unit) {
  if (unit === "share") return { incrs: [0.0001, 0.001, 0.01, 0.05, 0.1, 0.25, 0.5] };
  if (unit === "B") return { incrs: Array.from({ length: 30 }, (_, power) => 2 ** (power + 16)) };
  return unit === ""
    ? { incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 1e6] }
    : {};
}

/** From zero: a truncated axis exaggerates small differences. A share has the fixed range 0…1. */
const fromZero = (unit) => (_plot, _least, most) => [
  0,
  unit === "share" ? 1.06 : most > 0 ? most * 1.06 : 1,
];

/** To the nearest 1, 2 or 5 times a power of ten, down or up. */
function rounded(value, towards) {
  const decade = 10 ** Math.floor(Math.log10(value));
  const steps = [1, 2, 5, 10];
  const digits = value / decade;
  return (
    decade *
    (towards === Math.floor
      ? steps.findLast((step) => step <= digits)
      : steps.find((step) => step >= digits))
  );
}

/** What differs between curves and a heat map. */
function contents(model, chart, xs) {
  if (chart.heat !== undefined) {
    const { boundsMs } = chart.heat;
    const { data, draw } = heatOptions(chart, xs);
    return {
      data,
      draw: [draw],
      bands: [],
      series: [{ scale: "left", width: 0, points: { show: false } }],
      logarithmic: true,
      left: { distr: 3, range: () => [boundsMs[0], boundsMs.at(-1)] },
      points: { show: false },
      say: (outputs, index) => {
        outputs[0].textContent = index === null ? "" : heatSaid(chart.heat, index);
      },
    };
  }
  const { totals, bands } = chart.stacked
    ? stacked(chart.lines)
    : { totals: chart.lines.map((line) => line.values), bands: [] };
  return {
    data: [xs, ...totals],
    draw: [specks(chart, totals)],
    bands,
    series: chart.lines.map((line) => seriesOf(chart, line, model.dashes)),
    logarithmic: chart.logarithmic,
    left: chart.logarithmic
      ? {
          distr: 3,
          range: (_plot, least, most) => [
            rounded(least ?? 1, Math.floor),
            rounded((most ?? 10) * 1.1, Math.ceil),
          ],
        }
      : { range: fromZero(chart.unit) },
    points: chart.stacked ? { show: false } : { size: 6 },
    say: (outputs, index) =>
      chart.lines.forEach((line, at) => {
        outputs[at].textContent = index === null ? "" : spelled(line.values[index], line.unit);
      }),
  };
}

/**
 * Returns the uPlot of one chart in its frame. `moved` receives the index under the cross-hair, or
 * null.
 */
function plotChart(model, chart, frame, xs, moved) {
  const inside = contents(model, chart, xs);
  const right = chart.lines.find((line) => line.axis === "right");
  const outputs = [...frame.querySelectorAll(".legend output")];
  const place = frame.querySelector(".plot");
  const options = {
    width: place.clientWidth,
    height: place.clientHeight,
    padding: [34, right === undefined ? rightWidth : 0, 0, 0],
    bands: inside.bands,
    scales: {
      x: { time: false, range: (_plot, least, most) => [least ?? 0, most ?? 1] },
      left: inside.left,
      ...(right === undefined ? {} : { right: { range: fromZero(right.unit) } }),
    },
    series: [{}, ...inside.series],
    axes: axesOf({ ...chart, logarithmic: inside.logarithmic }, right !== undefined),
    cursor: { y: false, sync: { key: "run" }, drag: { x: true, y: false }, points: inside.points },
    hooks: {
      drawClear: [backdrop(model, chart)],
      draw: [...inside.draw, marks(model)],
      setCursor: [
        (plot) => {
          const index = plot.cursor.idx ?? null;
          inside.say(outputs, index);
          moved(index);
        },
      ],
      setScale: [
        (plot, key) => {
          if (key === "x") moved(plot.cursor.idx ?? null);
        },
      ],
    },
  };
  return new uPlot(options, inside.data, place);
}
