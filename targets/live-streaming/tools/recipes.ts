/**
 * The tools that the reference target's services are, beyond those of the harness: how to find and
 * to get each.
 */
import { bringTools } from "../../../harness/provision/catalogue.ts";
import { cassandra } from "./cassandra.ts";
import { ffmpeg } from "./ffmpeg.ts";
import { java } from "./java.ts";
import { memcached } from "./memcached.ts";
import { varnish } from "./varnish.ts";

// Whoever loads this can provision them.
bringTools([cassandra, memcached, varnish, ffmpeg, java]);
