/** A section of a run's report below the verdict, with a link in the table of contents. */
import type { Markup } from "../markup.ts";
import type { ReportModel } from "../model.ts";

export interface Section {
  /** The id of its element, which the link targets. */
  readonly id: string;
  /** The text of the link to it. */
  readonly link: string;
  /** Sections appear in the order of these numbers. */
  readonly position: number;
  /** Style sheets of this folder that it needs in addition to the common ones. */
  readonly styles?: readonly string[];
  /** Null if the record has no data for it. */
  body(model: ReportModel): Markup | null;
}
