import { watched } from "../watched.ts";
import { say, session, set } from "./session.ts";

// Writes for ever, slot after slot, and says the number of each write once it is confirmed. With `killAt` it kills itself
// before that call of its file system; otherwise somebody else does it.
const [root = "", configDir = "", prefix = "", killAt = "0"] = process.argv.slice(2);
let calls = Number.NEGATIVE_INFINITY;
const fs = watched(() => {
  calls += 1;
  if (calls === Number(killAt)) process.kill(process.pid, "SIGKILL");
});
const { open, write } = await session(root, configDir, fs);
await open();
calls = 0;
say("ready");
for (let n = 1; ; n++) {
  await write(await open(), [set(`slot${n % 5}`, `${prefix}${n}`)]);
  say(String(n));
}
