import { expect, it } from "vitest";
import { parseSs, parseTable } from "./sockets.ts";

const addresses = new Set(["127.1.1.16:20100"]);

it("reads each end of a connection from ss, its bytes while it is open, and no listener", () => {
  const text = `LISTEN    0 511 127.1.1.16:20100 0.0.0.0:* bbr cwnd:10
ESTAB     0 0 127.1.1.16:20100 127.0.0.1:57752 bbr rto:204 bytes_sent:5000 bytes_acked:5001 bytes_received:700 segs_out:2
ESTAB     0 0 127.0.0.1:57752 127.1.1.16:20100 cubic rtt:0.1/0.1 bytes_acked:701 bytes_received:5000
ESTAB     0 0 127.0.0.1:57760 127.1.1.16:20100 cubic rtt:0.1/0.1 cwnd:10
TIME-WAIT 0 0 127.0.0.1:57764 127.1.1.16:20100
ESTAB     0 0 127.0.0.1:1 127.0.0.1:2 cubic bytes_sent:9
`;
  expect(parseSs(text, addresses)).toEqual([
    { at: "127.1.1.16:20100", other: "127.0.0.1:57752", bytes: 5_700 },
    { at: "127.1.1.16:20100", other: "127.0.0.1:57752", bytes: 5_701 },
    { at: "127.1.1.16:20100", other: "127.0.0.1:57760", bytes: 0 },
    { at: "127.1.1.16:20100", other: "127.0.0.1:57764", bytes: null },
  ]);
});

it("reads connections from the kernel's table", () => {
  const text = `  sl  local_address rem_address   st tx_queue rx_queue
   0: 1001017F:4E84 00000000:0000 0A 00000000:00000000
   1: 0100007F:8DDF 1001017F:4E84 06 00000000:00000000
   2: 1001017F:4E84 0100007F:8DE0 01 00000000:00000000
`;
  expect(parseTable(text, addresses)).toEqual([
    { at: "127.1.1.16:20100", other: "127.0.0.1:36319", bytes: null },
    { at: "127.1.1.16:20100", other: "127.0.0.1:36320", bytes: 0 },
  ]);
});
