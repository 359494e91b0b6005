/** Where the image of containers keeps the tools of this target, as its Dockerfile puts them. */
import type { ToolInImage } from "../../../harness/target/layout.ts";

export const inImage: Readonly<Record<string, ToolInImage>> = {
  // Without a user to become it refuses to start as root; to any other user this says nothing.
  memcached: { executable: "/usr/bin/memcached", args: ["-u", "root"] },
  varnish: {
    executable: "/usr/sbin/varnishd",
    companions: { varnishadm: "/usr/bin/varnishadm", varnishstat: "/usr/bin/varnishstat" },
  },
  cassandra: { executable: "/usr/local/bin/java", directory: "/opt/cassandra/lib" },
  ffmpeg: { executable: "/usr/bin/ffmpeg" },
};
