/*
 * What a chart shows besides its curves: phases and faults in the background, and dots on areas
 * that are too thin to see.
 */
"use strict";

function backdrop(model, chart) {
  return (plot) => {
    const { ctx, bbox } = plot;
    const px = ratio();
    const at = (ms) =>
      Math.min(bbox.left + bbox.width, Math.max(bbox.left, plot.valToPos(ms / 1000, "x", true)));
    const write = (text, x, y, room, colour) => {
      ctx.fillStyle = colour;
      if (ctx.measureText(text).width <= room) ctx.fillText(text, x, y);
    };
    ctx.save();
    ctx.font = `${11 * px}px system-ui, sans-serif`;
    Object.assign(ctx, { textAlign: "left", textBaseline: "alphabetic" });
    const right = chart.lines.find((line) => line.axis === "right");
    if (right !== undefined)
      write(
        right.unit === "" ? "count" : right.unit,
        bbox.left + bbox.width + 6 * px,
        bbox.top - 8 * px,
        rightWidth * px,
        colourOf("soft"),
      );
    write(
      chart.unit === "B" ? "" : chart.unit,
      bbox.left - 30 * px,
      bbox.top - 8 * px,
      60 * px,
      colourOf("soft"),
    );
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
      else {
        ctx.setLineDash([4 * px, 3 * px]);
        ctx.lineWidth = px;
        ctx.strokeRect(left, bbox.top, right - left, bbox.height);
        ctx.setLineDash([]);
      }
      const text = `${landed ? "✓" : "✗ not shown to have landed:"} ${label}`;
      const start = left + 6 * px;
      if (start > free) {
        write(text, start, bbox.top - 7 * px, bbox.left + bbox.width - start, colourOf("fault"));
        free = start + ctx.measureText(text).width;
      }
    }
    ctx.restore();
  };
}

/**
 * A few bad requests among thousands are thinner than a pixel and matter most, so their layer gets
 * a dot.
 */
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
        const [top, bottom] = [
          plot.valToPos(totals[at][index], "left", true),
          plot.valToPos(totals[at][index] - value, "left", true),
        ];
        if (bottom - top > 4 * px) return;
        ctx.beginPath();
        ctx.arc(plot.valToPos(seconds, "x", true), top, 2.6 * px, 0, 2 * Math.PI);
        ctx.fill();
      });
    });
  };
}

/**
 * Proofs of landing and heal, and unplanned events, at their moments: one shape each, along the
 * bottom.
 */
function marks(model) {
  return (plot) => {
    const { ctx, bbox } = plot;
    const px = ratio();
    const foot = bbox.top + bbox.height;
    ctx.save();
    for (const { atMs, tone } of model.marks ?? []) {
      const seconds = atMs / 1000;
      if (seconds < plot.scales.x.min || seconds > plot.scales.x.max) continue;
      const x = Math.round(plot.valToPos(seconds, "x", true));
      const size = (tone === "note" ? 3 : 5) * px;
      ctx.fillStyle = ctx.strokeStyle = colourOf(
        { landed: "fault", healed: "held", bad: "refuted", note: "soft" }[tone],
      );
      ctx.lineWidth = px;
      ctx.globalAlpha = 0.6;
      ctx.setLineDash(tone === "bad" ? [] : [2 * px, 3 * px]);
      ctx.beginPath();
      if (tone !== "note") {
        ctx.moveTo(x, bbox.top);
        ctx.lineTo(x, foot);
        ctx.stroke();
      }
      ctx.setLineDash([]);
      ctx.globalAlpha = 1;
      ctx.beginPath();
      const corners = {
        landed: [
          [-1, -2],
          [1, -2],
          [0, 0],
        ],
        healed: [
          [-1, 0],
          [1, 0],
          [0, -2],
        ],
        bad: [
          [0, -2.4],
          [1.2, -1.2],
          [0, 0],
          [-1.2, -1.2],
        ],
        note: [
          [-0.7, -1.4],
          [0.7, -1.4],
          [0.7, 0],
          [-0.7, 0],
        ],
      }[tone];
      corners.forEach(([right, down], at) => {
        ctx[at === 0 ? "moveTo" : "lineTo"](x + right * size, foot + down * size);
      });
      ctx.closePath();
      ctx.fill();
    }
    ctx.restore();
  };
}
