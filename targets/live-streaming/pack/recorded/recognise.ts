/**
 * What a recorded path is an address of. The allow-list is of words that streams use: any other
 * word may be a name, an id or a token, and is marked as unknown.
 */
import type { PathPiece, Recognised } from "../../../../harness/target/recorded.ts";

const manifests = ["mpd"];
const playlists = ["m3u8"];
const keys = ["key"];
const media = [
  ...["m4s", "m4v", "m4a", "m4f", "cmfv", "cmfa", "cmft", "mp4", "mp4v", "mp4a", "ts", "aac"],
  ...["ac3", "ec3", "mp3", "webm", "vtt", "webvtt", "ttml", "dfxp", "stpp", "frag"],
];

const words = new Set(
  [
    "live,livestream,vod,dvr,event,events,main,stream,streams,channel,channels,media,content",
    "hls,dash,cmaf,llhls,ll,lldash,fmp4,mpegts,ts,mp4,abr,cbr,sdr,hdr,avc,hevc,h264,h265,av1,vp9",
    "video,audio,text,subtitle,subtitles,subs,captions,cc,thumbs,thumbnails,iframe,iframes,trick",
    "init,initialization,header,master,multivariant,index,manifest,playlist,chunklist,prog",
    "variant,variants,rendition,renditions,representation,rep,level,levels,track,tracks",
    "segment,segments,seg,segs,chunk,chunks,fragment,fragments,frag,frags,part,parts,file,files",
    "low,lowest,mid,medium,high,highest,best,source,original,sd,hd,fhd,uhd,4k,8k,stereo,mono",
    "surround,aac,ac3,ec3,opus,mp3,default,primary,backup,secondary,origin,edge,cdn",
  ].flatMap((line) => line.split(",")),
);
const languages = new Set(
  [
    "ar,bg,bn,ca,cs,da,de,el,en,es,et,eu,fa,fi,fr,ga,gl,he,hi,hr,hu,id,is,it,ja,ko,lt,lv,ms,nb",
    "nl,no,pl,pt,ro,ru,sk,sl,sr,sv,th,tr,uk,ur,vi,zh,deu,eng,fra,fre,ger,ita,jpn,kor,nld,por,rus",
    "spa,swe,und",
  ].flatMap((line) => line.split(",")),
);
/** A word of a stream with a small number, a height, or a bitrate in thousands. */
const numbered =
  /^(?:[av]|video|audio|text|track|stream|chunklist|level|rep|layer|quality|variant)\d{1,4}$/;
const measured =
  /^(?:\d{3,4}p\d{0,2}|\d{2,5}k(?:bps)?|144|240|360|480|540|576|720|1080|1440|2160)$/;

export function recognise(path: string): Recognised | null {
  const folder = path.lastIndexOf("/") + 1;
  const [folders, file] = [path.slice(0, folder), path.slice(folder)];
  const [, stem = "", extension = ""] = /^(.+)\.([A-Za-z0-9]{1,8})$/.exec(file) ?? [];
  const kind = kindOf(stem, extension.toLowerCase());
  if (kind === null) return null;
  const at = kind === "media" ? numberIn(stem) : null;
  const ending = { text: `.${extension.toLowerCase()}` };
  if (at === null)
    return {
      kind: kind === "media" ? "file" : kind,
      pieces: [...piecesOf(folders), ...piecesOf(stem), ending],
      number: null,
    };
  return {
    kind: "segment",
    pieces: [
      ...piecesOf(folders),
      ...piecesOf(stem.slice(0, at.from)),
      "number",
      ...piecesOf(stem.slice(at.until)),
      ending,
    ],
    number: Number(stem.slice(at.from, at.until)),
  };
}

function kindOf(stem: string, extension: string): string | null {
  if (manifests.includes(extension)) return "manifest";
  if (playlists.includes(extension)) return "playlist";
  if (keys.includes(extension)) return "key";
  if (!media.includes(extension)) return null;
  return /(?:^|[^a-z])(?:init|initialization|header)(?:[^a-z]|$)/i.test(stem) ? "init" : "media";
}

/** The last digits that are not of a known word, such as a height; null without any. */
function numberIn(stem: string): { readonly from: number; readonly until: number } | null {
  const parts = [...stem.matchAll(/[^/._-]+/g)].reverse();
  for (const { 0: part, index } of parts) {
    const digits = /^(.*?)(\d{1,15})\D*$/.exec(part);
    if (digits === null || (isKnown(part) && /\D/.test(part))) continue;
    const from = index + (digits[1] ?? "").length;
    return { from, until: from + (digits[2] ?? "").length };
  }
  return null;
}

function isKnown(word: string): boolean {
  const lower = word.toLowerCase();
  return words.has(lower) || languages.has(lower) || numbered.test(lower) || measured.test(lower);
}

function piecesOf(text: string): PathPiece[] {
  return text
    .split(/([/._-])/)
    .filter((part) => part !== "")
    .map((part) => (/^[/._-]$/.test(part) || isKnown(part) ? { text: part } : { unknown: part }));
}
