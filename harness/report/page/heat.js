/* A heat map on the charts' axis: one column per interval, one row per range of durations. */
"use strict";

/**
 * In uPlot's format: an invisible line provides the cross-hair, and cells are drawn on the canvas.
 */
function heatOptions(chart, xs) {
  const { heat } = chart;
  const most = Math.max(1, ...heat.rows.map((row) => row.reduce((a, b) => Math.max(a, b), 0)));
  const middle = xs.map((_, at) => {
    const row = busiest(heat, at);
    return row === null ? null : heat.boundsMs[row];
  });
  return { data: [xs, middle], draw: (plot) => drawHeat(plot, heat, xs, most) };
}

function drawHeat(plot, { boundsMs, rows }, xs, most) {
  const { ctx, bbox } = plot;
  const half = xs.length > 1 ? (xs[1] - xs[0]) / 2 : 0.5;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.fillStyle = colourOf("heat");
  rows.forEach((row, at) => {
    const [top, bottom] = [
      plot.valToPos(boundsMs[at + 1], "left", true),
      plot.valToPos(boundsMs[at], "left", true),
    ];
    row.forEach((count, column) => {
      if (
        count === 0 ||
        xs[column] + half < plot.scales.x.min ||
        xs[column] - half > plot.scales.x.max
      )
        return;
      const [left, right] = [
        plot.valToPos(xs[column] - half, "x", true),
        plot.valToPos(xs[column] + half, "x", true),
      ];
      // One request among thousands must be visible: shades follow the logarithm, and start well
      // above zero.
      ctx.globalAlpha = 0.15 + 0.85 * (most === 1 ? 1 : Math.log(count) / Math.log(most));
      ctx.fillRect(
        Math.floor(left),
        Math.floor(top),
        Math.max(1, Math.ceil(right) - Math.floor(left)),
        Math.max(1, Math.ceil(bottom) - Math.floor(top)),
      );
    });
  });
  ctx.restore();
}

function busiest({ rows }, column) {
  let best = null;
  rows.forEach((row, at) => {
    if (row[column] > 0 && (best === null || row[column] > rows[best][column])) best = at;
  });
  return best;
}

/** The cells under the cross-hair, in words. */
function heatSaid(heat, column) {
  const row = busiest(heat, column);
  if (row === null) return "none";
  const all = heat.rows.reduce((total, counts) => total + counts[column], 0);
  const bounds = `${spelled(heat.boundsMs[row], "")}–${spelled(heat.boundsMs[row + 1], "ms")}`;
  return `${all.toLocaleString("en")} here, most of them ${bounds}`;
}
