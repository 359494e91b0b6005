/** Marks a request as the harness's own look at a rule. The proxy does not pass it on. */
export const lookHeaderName = "x-seawall-look";
