import { parseManifest } from "@facsimile/manifest";
import { scopeMembers, scopeOf, textMember } from "../look/mirror-scope.ts";
import { checkRelease } from "../look/place.ts";
import { type Place, RECORD_FILES, type ReleaseRecord } from "../types.ts";
import type { Source } from "../wire/framing.ts";
import { type Member, tarOf } from "../wire/tar.ts";
import type { Changer } from "./changer.ts";

/** By the files of records: hosts that get the same get the same bytes. */
const packs = new WeakMap<ReleaseRecord["files"], Source>();

/** Puts the files of a record where the host keeps it. */
export async function keep(
  changer: Changer,
  { place, record }: { place: Place; record: ReleaseRecord },
): Promise<void> {
  const { release, files } = record;
  const isMirror = place.strategy === "mirror";
  const bytes = isMirror ? tarOf([...recordMembers(record), ...scopeOfRecord(place, record)]) : (packs.get(files) ?? tarOf(recordMembers(record))); // biome-ignore format: one line
  if (!isMirror) packs.set(files, bytes);
  await changer.ask("keep", { place, args: [checkRelease(release)], bytes });
}

export function recordMembers({ files }: ReleaseRecord, under = ""): Member[] {
  return RECORD_FILES.flatMap((name): Member[] => {
    const text = files[name];
    return text === undefined ? [] : [textMember(`${under}${name}`, text)];
  });
}

/** A mirror's record also says where to look. */
function scopeOfRecord({ strategy, project }: Place, { files: { manifest } }: ReleaseRecord): Member[] {
  if (strategy !== "mirror" || manifest === undefined) return [];
  return scopeMembers(project, scopeOf(project, [parseManifest(manifest)]));
}
