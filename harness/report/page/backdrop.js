/* What a chart shows besides its curves: phases and faults behind them, and dots on what would be too thin to see. */
"use strict";

function backdrop(model, chart) {
  return (plot) => {
    const { ctx, bbox } = plot;
    const px = ratio();
    const at = (ms) => Math.min(bbox.left + bbox.width, Math.max(bbox.left, plot.valToPos(ms / 1000, "x", true)));
    const write = (text, x, y, room, colour) => {
      ctx.fillStyle = colour;
      if (ctx.measureText(text).width <= room) ctx.fillText(text, x, y);
    };
    ctx.save();
    ctx.font = `${11 * px}px system-ui, sans-serif`;
    Object.assign(ctx, { textAlign: "left", textBaseline: "alphabetic" });
    const right = chart.lines.find((line) => line.axis === "right");
    if (right !== undefined) write(right.unit === "" ? "count" : right.unit, bbox.left + bbox.width + 6 * px, bbox.top - 8 * px, rightWidth * px, colourOf("soft"));
    write(chart.unit === "B" ? "" : chart.unit, bbox.left - 30 * px, bbox.top - 8 * px, 60 * px, colourOf("soft"));
    for (const { phase, fromMs, untilMs } of model.phases) {
      const [left, right] = [at(fromMs), at(untilMs)];
      if (right <= left) continue;
      ctx.fillStyle = colourOf("line");
      ctx.fillRect(Math.round(left), bbox.top - 30 * px, px, bbox.height + 30 * px);
      write(phase, left + 6 * px, bbox.top - 21 * px, right - left - 8 * px, colourOf("soft"));
    }
    let free = -Infinity;
    for (const { label, fromMs, healedMs, landed } of model.faults) {
      const [left, right] = [at(fromMs), at(healedMs ?? model.axis.untilMs)];
      if (right <= left) continue;
      ctx.fillStyle = colourOf("fault-ground");
      if (landed) ctx.fillRect(left, bbox.top, right - left, bbox.height);
      ctx.strokeStyle = ctx.fillStyle = colourOf("fault");
      if (landed) ctx.fillRect(left, bbox.top - 3 * px, right - left, 3 * px);
      else { ctx.setLineDash([4 * px, 3 * px]); ctx.lineWidth = px; ctx.strokeRect(left, bbox.top, right - left, bbox.height); ctx.setLineDash([]); }
      const text = `${landed ? "✓" : "✗ not shown to have landed:"} ${label}`;
      const start = left + 6 * px;
      if (start > free) { write(text, start, bbox.top - 7 * px, bbox.left + bbox.width - start, colourOf("fault")); free = start + ctx.measureText(text).width; }
    }
    ctx.restore();
  };
}

/** A few bad requests among thousands are thinner than a pixel and matter most: they get a dot where their layer lies. */
function specks(chart, totals) {
  return (plot) => {
    const { ctx } = plot;
    const px = ratio();
    chart.lines.forEach((line, at) => {
      if (!chart.stacked || (line.tone !== "late" && line.tone !== "lost")) return;
      ctx.fillStyle = colourOf(line.tone);
      line.values.forEach((value, index) => {
        const seconds = plot.data[0][index];
        if (!value || seconds < plot.scales.x.min || seconds > plot.scales.x.max) return;
        const [top, bottom] = [plot.valToPos(totals[at][index], "left", true), plot.valToPos(totals[at][index] - value, "left", true)];
        if (bottom - top > 4 * px) return;
        ctx.beginPath();
        ctx.arc(plot.valToPos(seconds, "x", true), top, 2.6 * px, 0, 2 * Math.PI);
        ctx.fill();
      });
    });
  };
}
