import { isConflict, say, secretIn, session, set } from "./session.ts";

// Adds one to the common counter, and to a tally of its own, as often as it is told; says each one that is done.
const [root = "", configDir = "", name = "", times = "0"] = process.argv.slice(2);
const { open, write } = await session(root, configDir);
say("ready");
for (let done = 0; done < Number(times); ) {
  try {
    const state = await open();
    const next = (key: string) => set(key, String(Number(secretIn(state, key) ?? 0) + 1));
    await write(state, [next("counter"), next(`tally/${name}`)]);
    done += 1;
    say(String(done));
  } catch (error) {
    if (!isConflict(error)) throw error;
  }
}
