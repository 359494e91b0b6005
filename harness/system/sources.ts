/** Tests are next to what they test; their helpers are in `test/support/` and are not sources. */
export const isTest = (path: string): boolean => path.endsWith(".test.ts");
