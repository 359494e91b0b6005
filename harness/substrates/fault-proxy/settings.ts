/** The settings of the HTTP proxy, which it reads when it starts. */
import type { Endpoint, Tls } from "../../target/layout.ts";

export interface FaultProxySettings {
  readonly control: Endpoint;
  /** Authorises requests to the control port. */
  readonly token: string;
  readonly links: readonly ProxiedHttp[];
  /** Files of packs' knowledge. No other is ever loaded. */
  readonly modules: readonly string[];
}

export interface ProxiedHttp {
  /** In the format of `linkName`. */
  readonly name: string;
  readonly listen: Endpoint;
  /** The link's Toxiproxy. */
  readonly upstream: Endpoint;
  /** Of an https port: how the service is asked, and under which host. */
  readonly tls?: { readonly of: Tls; readonly host: string };
}
