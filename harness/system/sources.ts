/** Tests stand beside what they test; what supports them is in `test/support/`, and no source. */
export const isTest = (path: string): boolean => path.endsWith(".test.ts");
