/** What of a folder is no source: tests stand beside what they test, and what supports them in `test/support/`. */
export const isTest = (path: string): boolean => path.endsWith(".test.ts");
