/** Libraries without types of their own, as much of them as tests compare with. */
declare module "m3u8-parser" {
  interface Resource {
    readonly uri: string;
    readonly byterange?: { readonly offset: number; readonly length: number };
  }
  interface Segment extends Resource {
    readonly duration: number;
    readonly discontinuity?: boolean;
    readonly map?: Resource;
    readonly key?: { readonly method: string; readonly uri: string };
    readonly parts?: readonly { readonly uri: string; readonly duration: number }[];
    readonly programDateTime?: number;
  }
  export class Parser {
    constructor(options?: { readonly uri?: string });
    push(text: string): void;
    end(): void;
    readonly manifest: {
      readonly mediaSequence?: number;
      readonly targetDuration?: number;
      readonly endList?: boolean;
      readonly segments: readonly Segment[];
      readonly playlists?: readonly {
        readonly uri: string;
        readonly attributes: Readonly<Record<string, unknown>>;
      }[];
      readonly preloadSegment?: Pick<Segment, "parts">;
    };
  }
}

declare module "mpd-parser" {
  interface Playlist {
    readonly attributes: { readonly NAME: string };
    readonly segments: readonly {
      readonly resolvedUri: string;
      readonly duration: number;
      readonly presentationTime: number;
      readonly number: number;
      readonly map: { readonly resolvedUri: string };
    }[];
  }
  export function parse(
    text: string,
    options: { readonly manifestUri: string },
  ): {
    readonly playlists: readonly Playlist[];
    readonly mediaGroups: {
      readonly AUDIO: Readonly<
        Record<string, Readonly<Record<string, { readonly playlists: readonly Playlist[] }>>>
      >;
    };
  };
}
