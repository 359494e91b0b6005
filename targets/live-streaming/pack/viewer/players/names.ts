/** The players that viewers are modelled after. The stream's format decides which one it is. */
import { dashJs } from "./dash-js.ts";
import { hlsJs } from "./hls-js.ts";

export const players: readonly string[] = [hlsJs.name, dashJs.name];
