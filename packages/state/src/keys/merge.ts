import { readPublicKey } from "./pgp.ts";

/**
 * Two copies of one public key as one: what either knows of subkeys, user ids, a longer life or a revocation. So a copy
 * from before a revocation takes nothing back.
 */
export async function mergePublicKeys(known: string, other: string): Promise<string> {
  const [key, more] = await Promise.all([readPublicKey(known), readPublicKey(other)]);
  return (await key.update(more)).armor();
}
