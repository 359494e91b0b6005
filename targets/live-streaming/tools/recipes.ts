/**
 * The tools of the reference target's services, beyond those of the harness, and how to find and
 * install each.
 */
import { bringTools } from "../../../harness/provision/catalogue.ts";
import { cassandra } from "./cassandra.ts";
import { ffmpeg } from "./ffmpeg.ts";
import { java } from "./java.ts";
import { memcached } from "./memcached.ts";
import { varnish } from "./varnish.ts";

// A program that loads this module can provision them.
bringTools([cassandra, memcached, varnish, ffmpeg, java]);
