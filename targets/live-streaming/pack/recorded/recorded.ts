/** Addresses of streams in logs, and on the stream under test. */
import type { RecordedAddresses } from "../../../../harness/target/recorded.ts";
import { readdress } from "./readdress.ts";
import { recognise } from "./recognise.ts";

export const recorded: RecordedAddresses = { recognise, readdress };
