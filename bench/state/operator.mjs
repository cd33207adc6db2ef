import { join } from "node:path";
import * as facs from "../../packages/state/dist/index.js";

/** An operator with a key of his own, trusted and published, and how he opens and seals the state `dev` of `root`. */
export async function operator({ root, configDir }) {
  const now = () => new Date();
  const key = await facs.generateKey({ name: "Bench", date: now() });
  await facs.installKey(key, { configDir });
  await facs.publishKey(key, { root });
  await facs.pinRoot({ fingerprint: key.fingerprint, name: "Bench" }, { configDir, now });
  const memory = facs.openMemory({ configDir });
  const keyring = await facs.openKeyring({ configDir, env: {} });
  const trust = await facs.trustedSigners({ configDir, env: {}, root, memory });
  const open = () => facs.openState({ folder: join(root, "state"), scope: "dev", keyring, trust, memory });
  return { open, keyring, now };
}
