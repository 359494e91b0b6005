/**
 * Puts a release onto an origin, and waits until it serves.
 *
 *   node deploy.ts HOST:PORT VERSION
 */
const [origin, version = ""] = process.argv.slice(2);

await fetch(`http://${origin}/deploy?version=${version}`, { method: "POST" });
for (;;) {
  const answer = await fetch(`http://${origin}/version`);
  if ((await answer.text()) === version) break;
  await new Promise((wake) => setTimeout(wake, 50));
}
