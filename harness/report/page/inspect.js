/* What tests check on a page: injected into it, never part of it. */
"use strict";

/** Whether anything was drawn on each canvas. */
function inked() {
  return [...document.querySelectorAll("canvas")].map((canvas) =>
    canvas
      .getContext("2d")
      .getImageData(0, 0, canvas.width, canvas.height)
      .data.some((value) => value !== 0),
  );
}

/** What each canvas shows, in short. */
function drawings() {
  return [...document.querySelectorAll("canvas")].map((canvas) => {
    const text = canvas.toDataURL();
    let hash = 0;
    for (let at = 0; at < text.length; at++) hash = (hash * 31 + text.charCodeAt(at)) | 0;
    return `${text.length} ${hash}`;
  });
}

const pwned = () => "pwned" in window;
const sidewaysPx = () =>
  document.documentElement.scrollWidth - document.documentElement.clientWidth;
const loadedMs = () => Math.round(performance.getEntriesByType("navigation")[0].loadEventEnd);

/** Inserts something that the policy forbids. */
function planted() {
  document.body.insertAdjacentHTML("beforeend", '<img src="https://example.invalid/x.png">');
}

/** Texts whose contrast is below WCAG AA. */
function faint() {
  const painted = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const channels = (colour) => {
    painted.clearRect(0, 0, 1, 1);
    painted.fillStyle = colour;
    painted.fillRect(0, 0, 1, 1);
    return [...painted.getImageData(0, 0, 1, 1).data];
  };
  const luminance = (colour) => {
    const [r, g, b] = channels(colour).map((value) => {
      const c = value / 255;
      return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    if (element === null) return "white";
    const colour = getComputedStyle(element).backgroundColor;
    return channels(colour)[3] === 0 ? behind(element.parentElement) : colour;
  };
  // In a drawing: its first rectangle, unless what is behind it shows through.
  const drawnBehind = (element) => {
    const drawing = element.closest("svg");
    const rectangle = drawing.querySelector("rect");
    const { fill } = getComputedStyle(rectangle ?? drawing);
    const isClear = rectangle === null || (fill !== "none" && channels(fill)[3] < 255);
    return isClear ? behind(drawing) : fill;
  };
  return [...document.querySelectorAll("body *")].flatMap((element) => {
    const own = [...element.childNodes].some(
      (node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim() !== "",
    );
    if (!own || element.closest("script, .heard") !== null || element.getClientRects().length === 0)
      return [];
    const style = getComputedStyle(element);
    const inDrawing = element.closest("svg") !== null;
    const ground = inDrawing ? drawnBehind(element) : behind(element);
    if (ground === "none") return [];
    const [a, b] = [luminance(inDrawing ? style.fill : style.color), luminance(ground)];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (contrast >= 4.5) return [];
    const which = `${element.tagName} ${element.getAttribute("class") ?? ""}`;
    return [`${contrast.toFixed(2)} ${which}: ${element.textContent.trim().slice(0, 40)}`];
  });
}
