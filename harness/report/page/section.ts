/** A part of a run's report, below the verdict, that the reader can jump to. */
import type { Markup } from "../markup.ts";
import type { ReportModel } from "../model.ts";

export interface Section {
  /** The element of its body that it is reached by. */
  readonly id: string;
  /** The text of the link to it. */
  readonly link: string;
  /** Sections stand in the order of these numbers. */
  readonly position: number;
  /** Style sheets of this folder that it needs beside the common ones. */
  readonly styles?: readonly string[];
  /** Null where the record has nothing for it. */
  body(model: ReportModel): Markup | null;
}
