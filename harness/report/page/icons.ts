/**
 * A verdict has a word, a colour and a shape, of which any one suffices: a disc, an octagon, a
 * diamond.
 */
import type { Status } from "../../record/verdict.ts";
import { markup, type Markup, trusted } from "../markup.ts";

const outlines: Readonly<Record<Status, string>> = {
  held: '<circle cx="12" cy="12" r="11"/>',
  refuted: '<path d="M7.6 1.2h8.8l6.4 6.4v8.8l-6.4 6.4H7.6l-6.4-6.4V7.6z"/>',
  inconclusive: '<path d="M12 .6 23.4 12 12 23.4.6 12z"/>',
};
/**
 * Jenkins and others strip style sheets from reports, so attributes alone give a plain but readable
 * drawing. Style sheets override them.
 */
const fills: Readonly<Record<Status, string>> = {
  held: "#0b7a4b",
  refuted: "#b3261e",
  inconclusive: "#8a5700",
};
const signed = (drawn: string): string =>
  drawn
    .replaceAll('class="sign"', 'class="sign" fill="none" stroke="#fff" stroke-width="2.4"')
    .replaceAll('class="dot"', 'class="dot" fill="#fff"');
const signs: Readonly<Record<Status, string>> = {
  held: '<path class="sign" d="m6.9 12.4 3.5 3.5 6.8-7.3"/>',
  refuted: '<path class="sign" d="m8 8 8 8m0-8-8 8"/>',
  inconclusive:
    '<path class="sign" d="M9.2 9.6c0-3.9 5.7-3.8 5.7-.5 0 2.3-2.9 2.2-2.9 4.7"/><circle ' +
    'class="dot" cx="12" cy="17" r="1.25"/>',
};

export const words: Readonly<Record<Status, string>> = {
  held: "Held",
  refuted: "Refuted",
  inconclusive: "Inconclusive",
};

export function shape(status: Status): Markup {
  return trusted(
    `<svg class="shape ${status}" viewBox="0 0 24 24" width="24" height="24" ` +
      `fill="${fills[status]}" aria-hidden="true" ` +
      `focusable="false">${outlines[status]}${signed(signs[status])}</svg>`,
  );
}

/** The shape with its word: visible if there is room, and always read aloud. */
export function mark(status: Status): Markup {
  return markup`${shape(status)}<span class="heard">${words[status]}</span>`;
}

/** The browser tab's icon shows the verdict, or for other pages a wave under its wall. */
export function favicon(status: Status | null): string {
  if (status === null)
    return image(
      '<path d="M2 14c4 0 4-4 8-4s4 4 8 4 4-2 4-2v10H2z" fill="#0b5f8a"/><path d="M2 ' +
        '2h5v9H2z" fill="#536270"/>',
    );
  return image(`<g fill="${fills[status]}">${outlines[status]}${signed(signs[status])}</g>`);
}

function image(drawn: string): string {
  const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">${drawn}</svg>`;
  return `data:image/svg+xml,${encodeURIComponent(icon)}`;
}
