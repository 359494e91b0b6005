/** New connections over https links get a certificate that is out of date. */
import { z } from "zod";
import { defineFault } from "../../target/fault.ts";
import { describeLinks } from "../../target/where.ts";
import { linksField, onLinks } from "../strikes.ts";
import { inject } from "./inject.ts";

export const expiredCertificate = defineFault({
  ...onLinks,
  schema: z.strictObject({ kind: z.literal("expiredCertificate"), ...linksField }),
  does: "new connections over https links get a certificate that is out of date",
  describe: ({ links }) => `expired certificate ${describeLinks(links)}`,
  proof: "a connection has got it, and the harness does not trust it over the link, but past it",
  undo: "present the valid one again and check that it is trusted",
  linkProblem: ({ name, access }, port) =>
    access?.[port]?.tls?.standIn?.expired === undefined
      ? `has no expired certificate: give ${name} one by tls: { standIn: { expired } }`
      : null,
  needs: ["links", "answers"],
  inject,
  simulate: "the model has no certificates",
});
