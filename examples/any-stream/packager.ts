/**
 * A live stream as many make one: ffmpeg writes playlists and segments of HLS, and a server
 * offers the folder. Ends with either of them.
 *
 *   node packager.ts FOLDER FFMPEG SERVER ARGUMENT…
 */
import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";

const [folder = "live", ffmpeg = "ffmpeg", program = "nginx", ...args] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });

const encoder = spawn(
  ffmpeg,
  [
    ..."-hide_banner -loglevel error -nostdin".split(" "),
    ..."-re -f lavfi -i testsrc2=size=160x90:rate=25".split(" "),
    ..."-re -f lavfi -i sine=frequency=440:sample_rate=48000".split(" "),
    ..."-map 0:v -map 0:v -map 1:a".split(" "),
    ..."-c:v libx264 -preset ultrafast -g 50 -keyint_min 50 -sc_threshold 0".split(" "),
    ..."-b:v:0 200k -b:v:1 80k -c:a aac -b:a 64k".split(" "),
    ..."-f hls -hls_time 2 -hls_list_size 20 -hls_segment_type fmp4".split(" "),
    ..."-hls_flags delete_segments+program_date_time -hls_delete_threshold 10".split(" "),
    "-var_stream_map",
    "v:0,agroup:sound,name:high v:1,agroup:sound,name:low a:0,agroup:sound,name:sound",
    ..."-master_pl_name master.m3u8 -hls_segment_filename".split(" "),
    join(folder, "%v-%d.m4s"),
    join(folder, "%v.m3u8"),
  ],
  { stdio: "inherit" },
);
const server = spawn(program, args, { stdio: "inherit" });
encoder.once("exit", () => server.kill("SIGQUIT"));
server.once("exit", (code) => {
  encoder.kill("SIGKILL");
  process.exit(code ?? 1);
});
for (const signal of ["SIGTERM", "SIGINT"] as const)
  process.on(signal, () => server.kill("SIGQUIT"));
