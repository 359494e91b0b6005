/** The only error that reading a stream throws, whatever the text holds. */

/** Why a text is no stream, or none that can be followed. */
export const readingProblems = [
  "empty",
  "html",
  "not-a-stream",
  "malformed",
  "too-large",
  "too-many",
  "cyclic",
  "delta-without-base",
  "gone",
  "unsupported",
] as const;
export type ReadingProblem = (typeof readingProblems)[number];

export class UnreadableStream extends Error {
  readonly problem: ReadingProblem;

  constructor(problem: ReadingProblem, message: string) {
    super(message);
    this.name = "UnreadableStream";
    this.problem = problem;
  }
}
