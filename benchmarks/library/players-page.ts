/**
 * A page with a real player as its library makes it, without any settings: dash.js or hls.js. Ten
 * times a second it notes where it plays and how much is buffered.
 */
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";

export const realPlayers = ["dash.js", "hls.js"] as const;
export type RealPlayer = (typeof realPlayers)[number];

const { resolve } = createRequire(import.meta.url);
const libraries: Readonly<Record<RealPlayer, () => string>> = {
  "dash.js": () => resolve("dashjs"),
  "hls.js": () => resolve("hls.js/dist/hls.js"),
};

const page = `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">
<video id="video" muted playsinline></video><script src="library.js"></script><script>
const video = document.getElementById("video");
let ticks = [];
const ahead = () => {
  for (let at = 0; at < video.buffered.length; at++)
    if (video.buffered.start(at) <= video.currentTime + 0.05 &&
        video.buffered.end(at) > video.currentTime)
      return video.buffered.end(at) - video.currentTime;
  return 0;
};
window.start = (url) => {
  setInterval(() => ticks.push([Date.now(), video.currentTime, ahead()]), 100);
  if (window.dashjs) {
    const player = dashjs.MediaPlayer().create();
    player.updateSettings({ streaming: { text: { defaultEnabled: false } } });
    player.initialize(video, url, true);
  } else {
    const hls = new Hls();
    hls.loadSource(url);
    hls.attachMedia(video);
    hls.on(Hls.Events.MANIFEST_PARSED, () => video.play());
  }
};
window.take = () => ticks.splice(0);
</script>`;

export interface ServedPage extends Disposable {
  readonly url: string;
}

export async function serveRealPlayer(player: RealPlayer): Promise<ServedPage> {
  const library = await readFile(libraries[player]());
  const server = createServer((request, response) => {
    const isLibrary = request.url === "/library.js";
    response.setHeader("content-type", isLibrary ? "text/javascript" : "text/html");
    response.end(isLibrary ? library : page);
  }).listen(0, "127.0.0.1");
  await new Promise((listening) => server.once("listening", listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    [Symbol.dispose]: () => server.close().closeAllConnections(),
  };
}
