/** All directives of the event in this process's memory, and their effect on one segment. */
import type { Leaf } from "../stream/address.ts";
import { timeless } from "../stream/address.ts";
import type { Directive, Mask, Notification } from "./directive.ts";

export interface Directives {
  /** False if this or a later version is known. */
  add(directive: Directive): boolean;
  all(): readonly Directive[];
  find(id: string): Directive | null;
  /** Whether a pipeline's candidate for this leaf is masked. */
  hides(leaf: Leaf, pipeline: string): boolean;
  /** Whether the event ended before this segment. */
  isOver(number: number): boolean;
  /** The notifications of this segment's response; null if there are none. */
  notificationsAt(number: number): Notifications | null;
}

export interface Notifications {
  /** The segment at which the newest of them was inserted. */
  readonly from: number;
  /**
   * Grows with the segment number and with time. Of two values for one event, the higher knows
   * more.
   */
  readonly version: number;
  /** Empty if all were withdrawn, which is a change, too. */
  readonly text: string;
}

export function createDirectives(): Directives {
  const byId = new Map<string, Directive>();
  let masks: readonly Mask[] = [];
  let last = Infinity;
  let steps: readonly Notifications[] = [];

  const derive = (): void => {
    const all = [...byId.values()];
    masks = all.filter((each) => each.kind === "mask").filter(({ active }) => active);
    last = all
      .filter((each) => each.kind === "end")
      .reduce((_, end) => end.last ?? Infinity, Infinity);
    steps = notificationSteps(all.filter((each) => each.kind === "notification"));
  };
  return {
    add(directive) {
      const before = byId.get(directive.id);
      if (before !== undefined && before.version >= directive.version) return false;
      byId.set(directive.id, directive);
      derive();
      return true;
    },
    all: () => [...byId.values()],
    find: (id) => byId.get(id) ?? null,
    hides: (leaf, pipeline) =>
      masks.some(
        (mask) =>
          mask.pipeline === pipeline &&
          leaf.number >= mask.from &&
          leaf.number <= mask.to &&
          (mask.renditions === null || mask.renditions.includes(leaf.rendition)),
      ),
    isOver: (segment) => segment > last,
    notificationsAt: (segment) =>
      segment === timeless ? null : (steps.findLast(({ from }) => from <= segment) ?? null),
  };
}

/**
 * Cumulative: from each segment with a notification, all notifications so far, the newest per name.
 * The version counts every notification up to there, including withdrawn ones. So it never
 * decreases, neither with the number nor with later additions.
 */
function notificationSteps(notifications: readonly Notification[]): Notifications[] {
  const inOrder = [...notifications].sort(
    (one, other) => one.from - other.from || one.version - other.version,
  );
  const newest = new Map<string, Notification>();
  const steps: Notifications[] = [];
  for (const [index, notification] of inOrder.entries()) {
    if ((newest.get(notification.name)?.version ?? 0) < notification.version)
      newest.set(notification.name, notification);
    const text = [...newest.values()]
      .filter(({ payload }) => payload !== "")
      .map(formatNotification)
      .join(", ");
    if (steps.at(-1)?.from === notification.from) steps.pop();
    steps.push({ from: notification.from, version: index + 1, text });
  }
  return steps;
}

function formatNotification({ name, version, payload }: Notification): string {
  return `id=${name};seq=${version};payload=${payload}`;
}

/** The size that a header may have beside the others. */
export const notificationsBytesMax = 4_000;
