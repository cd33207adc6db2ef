import path from "node:path";
import { FacsimileError } from "@facsimile/core";
import { Shape } from "../format/shape.ts";
import { readIfThere } from "../store/files.ts";
import { updateFile } from "../store/update.ts";

/** What this user has seen confirmed, kept outside every repository. */
export interface Remembered {
  /** The highest seen of each file, by the file's id: it holds in every clone. */
  readonly files: ReadonlyMap<string, { readonly name: string; readonly serial: number; readonly digest: string }>;
  /** Absolute path → id: notices a file that was replaced by one with another id, or removed. */
  readonly places: ReadonlyMap<string, string>;
}

export interface Memory {
  read(): Promise<Remembered>;
  update(change: (remembered: Remembered) => Remembered): Promise<void>;
}

/** A signed file that is remembered: a scope's state, or the list of signers. */
export interface SealedFile {
  /** Absolute path, links resolved. */
  readonly place: string;
  /** As messages name it. */
  readonly name: string;
  readonly id: string;
  readonly serial: number;
  /** sha256 of the file. */
  readonly digest: string;
  /** Digests of the files that it follows, where the format has them. */
  readonly parents?: readonly string[];
}

/** The memory in `memory.json` (0600) of the user's configuration. @throws `MEMORY_INVALID`, `MEMORY_NEWER` when read. */
export function openMemory({ configDir }: { readonly configDir: string }): Memory {
  const file = path.join(configDir, "memory.json");
  return {
    read: async () => parseMemory(await readIfThere(file), file),
    update: (change) => updateFile(file, (bytes) => formatMemory(change(parseMemory(bytes, file)))),
  };
}

/** Why a file is not what memory leads to expect, or `undefined`. Pure. */
export function judge(remembered: Remembered, file: SealedFile): FacsimileError | undefined {
  const { name, id, serial, digest, parents } = file;
  const expected = remembered.places.get(file.place);
  if (expected !== undefined && expected !== id) return replaced(name);
  const last = remembered.files.get(id);
  if (last === undefined || (serial === last.serial && digest === last.digest)) return undefined;
  if (serial < last.serial) return rolledBack(name, `is of serial ${serial}, but you have seen serial ${last.serial}`);
  if (serial === last.serial)
    return rolledBack(name, `of serial ${serial} is not the one of that serial that you have seen`);
  const skips = serial === last.serial + 1 && parents !== undefined && !parents.includes(last.digest);
  return skips
    ? rolledBack(name, `of serial ${serial} does not follow the serial ${last.serial} that you have seen`)
    : undefined;
}

/** Why it is wrong that there is no file, or `undefined`. Pure. */
export function judgeAbsence(
  remembered: Remembered,
  { place, name }: { place: string; name: string },
): FacsimileError | undefined {
  if (!remembered.places.has(place)) return undefined;
  return new FacsimileError(
    "STATE_MISSING",
    `${name} is gone, but you have used it before; its passwords would all be made anew`,
    {
      hint: "Bring it back (git log --all -- the file), or from an export (facs state import).\nTo begin anew, with new passwords: facs deploy INSTANCE --accept-rollback",
    },
  );
}

/** Whether a file is not older than what is remembered: another process may have confirmed a later one meanwhile. */
export function isNews({ files }: Remembered, { id, serial }: SealedFile): boolean {
  return serial >= (files.get(id)?.serial ?? 0);
}

/** The memory with `file` as the last one seen. */
export function remember(remembered: Remembered, { place, name, id, serial, digest }: SealedFile): Remembered {
  return {
    files: new Map([...remembered.files, [id, { name, serial, digest }]]),
    places: new Map([...remembered.places, [place, id]]),
  };
}

function parseMemory(bytes: Uint8Array | undefined, file: string): Remembered {
  if (bytes === undefined) return { files: new Map(), places: new Map() };
  const shape = Shape.parse(bytes, { file, format: "memory", version: 1 });
  return {
    files: shape.field("files").map((entry) => ({
      name: entry.field("name").text(),
      serial: entry.field("serial").count(1),
      digest: entry.field("digest").text(/^[0-9a-f]{64}$/, "a sha256"),
    })),
    places: shape.field("places").map((entry) => entry.text()),
  };
}

function formatMemory({ files, places }: Remembered): Uint8Array {
  const content = { facsimile: "memory/1", files: Object.fromEntries(files), places: Object.fromEntries(places) };
  return Buffer.from(`${JSON.stringify(content, null, 2)}\n`);
}

function rolledBack(name: string, what: string): FacsimileError {
  return new FacsimileError("STATE_ROLLED_BACK", `${name} ${what}`, {
    hint: "An old checkout, a revert or a merge brought it back: git pull, or git log -- the file.\nIf it is meant, seal it as the newest: facs state seal INSTANCE --accept-rollback",
  });
}

function replaced(name: string): FacsimileError {
  return new FacsimileError(
    "STATE_REPLACED",
    `${name} is another file than the one you used here before: its id differs`,
    {
      hint: "Find out who replaced it (git log -- the file). If it is meant: facs state seal INSTANCE --accept-rollback",
    },
  );
}
