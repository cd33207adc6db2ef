import path from "node:path";
import { isFacsimileError } from "@facsimile/core";
import { openKeyring, openMemory, openState, planState, sealState, trustedSigners } from "../src/index.ts";

// One of several processes that want ten uiids each, one after the other, in one scope.
const [root = "", configDir = "", name = ""] = process.argv.slice(2);
const memory = openMemory({ configDir });
const keyring = await openKeyring({ configDir, env: {} });
const trust = await trustedSigners({ configDir, env: {}, root });

for (let done = 0; done < 10; ) {
  const state = await openState({ folder: path.join(root, "state"), scope: "dev", keyring, trust, memory });
  const plan = planState(state, { uiids: [`${name}.${done}`] });
  try {
    await sealState(state, plan, { keyring, now: () => new Date() });
    done += 1;
  } catch (error) {
    if (!isFacsimileError(error, "STATE_CHANGED")) throw error;
  }
}
