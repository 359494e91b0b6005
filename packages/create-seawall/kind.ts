/** What a kind of thing to be tested has to say of itself. */

/** What was answered, by the name of the question. */
export type Answers = Readonly<Record<string, string>>;

/** Paths in the new folder, and their texts. */
export type Files = Readonly<Record<string, string>>;

export interface Question {
  readonly name: string;
  readonly asks: string;
  readonly usually: string;
  /** The problem of an answer; null if there is none. */
  problem(answer: string): string | null;
}

/** What the machine tells on which the files are written. */
export interface Here {
  /** Whether a docker engine answers. */
  engine(): boolean;
  /** The text of a file of the new folder; null if there is none. */
  read(path: string): string | null;
}

export interface Kind {
  readonly title: string;
  readonly questions: readonly Question[];
  /** `ending` of the modules that are written: `ts`, or `mts` in a package of CommonJS. */
  files(answers: Answers, ending: string, here: Here): Files;
  /** Hosts besides this machine that the answers name. */
  hosts(answers: Answers): readonly string[];
  /** The shortest way to a first verdict. */
  readonly first: string;
  /** What the user should know before, if anything. */
  note?(answers: Answers, here: Here): string;
}
