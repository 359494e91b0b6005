/** All directives of the event in this process's memory, and what they mean for one segment. */
import type { Leaf } from "../stream/address.ts";
import { timeless } from "../stream/address.ts";
import type { Directive, Mask, Notification } from "./directive.ts";

export interface Directives {
  /** False when it or a later version of it is known already. */
  add(directive: Directive): boolean;
  all(): readonly Directive[];
  find(id: string): Directive | null;
  /** Whether a pipeline's candidate for this leaf is hidden. */
  hides(leaf: Leaf, pipeline: string): boolean;
  /** Whether the event ended before this segment. */
  isOver(number: number): boolean;
  /** What a response for this segment carries; null when there is nothing to tell. */
  notificationsAt(number: number): Notifications | null;
}

export interface Notifications {
  /** The segment at which the newest of them was inserted. */
  readonly from: number;
  /** Grows with the segment number, and with time: of two for one event, the higher knows more. */
  readonly version: number;
  /** Empty when all was withdrawn: that is news as well. */
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
 * Cumulative: from each segment at which something is told, all that has been told so far, the
 * newest per name. The version counts every notification up to there, withdrawn ones too, so it
 * never falls: not with the number and not as more are added.
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

/** What a header may hold without crowding out the others. */
export const notificationsBytesMax = 4_000;
