/**
 * Packet loss: a rule in the zone's own network drops a fraction of the packets to and from the
 * service's address.
 */
import type { FaultOf } from "../../../faults/faults.ts";
import type { Impairment } from "../../../target/deployment.ts";
import { runBeside } from "../exec.ts";
import type { DockerEffect, Struck } from "../effect.ts";

export const effect: DockerEffect<FaultOf<"packetLoss">> = {
  kind: "packetLoss",
  impose: ({ share }, struck) => lossy(share, struck),
};

/** The rule counts the dropped packets. */
async function lossy(share: number, { zone, host, service }: Struck): Promise<Impairment> {
  const table = `seawall_${host.replaceAll(".", "_")}`;
  const below = Math.round(share * 1_000);
  const drop = `numgen random mod 1000 < ${below} counter drop`;
  const rules =
    `table ip ${table} { chain in { type filter hook input priority 0; ip daddr ${host} ` +
    `${drop}; }; chain out { type filter hook output priority 0; ip saddr ${host} ${drop}; }; ` +
    "}";
  const nft = (...args: string[]): Promise<string> =>
    runBeside(zone, { command: "/usr/sbin/nft", args, env: {} });
  await nft(rules);
  return {
    observe: async () => {
      const dropped = [
        ...(await nft("list", "table", "ip", table)).matchAll(/counter packets (\d+)/g),
      ].reduce((sum, [, count]) => sum + Number(count), 0);
      return {
        landed: dropped > 0,
        observation:
          `${dropped} packets to or from ${service} (${host}) were dropped, ` +
          `${(share * 100).toFixed(1)} % of all`,
      };
    },
    undo: async () => {
      await nft("delete", "table", "ip", table);
      const left = (await nft("list", "tables")).includes(table);
      return {
        landed: !left,
        observation: left
          ? `the rule that drops packets of ${service} is still there`
          : `no rule drops packets of ${service} any more`,
      };
    },
  };
}
