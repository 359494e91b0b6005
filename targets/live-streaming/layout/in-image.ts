/** Where the container image keeps this target's tools, as its Dockerfile installs them. */
import type { ToolInImage } from "../../../harness/target/layout.ts";

export const inImage: Readonly<Record<string, ToolInImage>> = {
  // As root, the process refuses to start without a user to switch to. Any other user ignores this
  // option.
  memcached: { executable: "/usr/bin/memcached", args: ["-u", "root"] },
  varnish: {
    executable: "/usr/sbin/varnishd",
    companions: { varnishadm: "/usr/bin/varnishadm", varnishstat: "/usr/bin/varnishstat" },
  },
  cassandra: { executable: "/usr/local/bin/java", directory: "/opt/cassandra/lib" },
  ffmpeg: { executable: "/usr/bin/ffmpeg" },
};
