import { isFacsimileError } from "@facsimile/core";
import { type FileFacts, type Trust, verifyBytes } from "@facsimile/state";
import type { PipelineContext } from "../context.ts";
import { contentsBefore } from "./blobs.ts";
import type { StateTarget } from "./target.ts";

/**
 * The highest serial that the history of HEAD has of the same state, where it is higher than this file's: then the file was
 * brought back, and who has seen nothing yet can know it too. Only what is signed as the file itself counts.
 */
export async function laterSerial(
  { id, serial, scope, file: name }: FileFacts,
  { target, trust }: { readonly target: StateTarget; readonly trust: Trust },
  context: PipelineContext,
): Promise<number | undefined> {
  const contents = await contentsBefore(target.file, context);
  const claims = contents.map((bytes) => ({ bytes, claimed: claimedBy(bytes, id) }));
  const higher = claims.filter(({ claimed }) => claimed > serial).sort((a, b) => b.claimed - a.claimed);
  for (const { bytes, claimed } of higher) {
    if (await isSigned(bytes, { name, scope, trust })) return claimed;
  }
  return undefined;
}

/** What a file says of itself; 0 for one of another state, and for what is none. */
function claimedBy(bytes: Uint8Array, id: string): number {
  try {
    const file = JSON.parse(Buffer.from(bytes).toString()) as { id?: unknown; seal?: { serial?: unknown } };
    return file.id === id ? Number(file.seal?.serial) || 0 : 0;
  } catch {
    return 0;
  }
}

async function isSigned(bytes: Uint8Array, known: Parameters<typeof verifyBytes>[1]): Promise<boolean> {
  try {
    await verifyBytes(bytes, known);
    return true;
  } catch (error) {
    if (isFacsimileError(error)) return false;
    throw error;
  }
}
