/**
 * What Node 24 has and Node 22 lacks, of what the harness uses; first of all that is loaded. The
 * syntax is compiled away in the package.
 */
import { AsyncDisposableStack, DisposableStack } from "@whatwg-node/disposablestack";

globalThis.AsyncDisposableStack ??= AsyncDisposableStack;
globalThis.DisposableStack ??= DisposableStack;
