import fs from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import {
  changeRecipients,
  changeState,
  confirmSeal,
  parseValueName,
  planRecipients,
  publishKey,
} from "../src/index.ts";
import { fileChanges, verifyBytes, verifyState } from "../src/verify.ts";
import { create, now, type World, world } from "./world.ts";

const verify = ({ root, trust, memory }: World) =>
  verifyState({ folder: path.join(root, "state"), scope: "dev", trust, memory });

describe("verifyState", () => {
  it("tells what everybody may know, and reads no private key", async () => {
    const w = await world();
    const state = await create(w, { passwords: ["a"], uiids: ["x.0"] });
    await fs.rm(path.join(w.configDir, "key.asc"));
    const robin = { fingerprint: w.key.fingerprint, userId: "Robin <robin@example.org>" };
    expect(await verify(w)).toEqual({
      doubt: undefined,
      facts: {
        ...{ file: "state/dev.json", scope: "dev", id: state.id, serial: 1, digest: state.digest, parents: [] },
        ...{ signer: robin, signed: "2026-01-02T03:04:05.000Z", recipients: [robin] },
        ...{ values: ["passwd/a"], settings: {}, uiids: { "x.0": 1 } },
      },
    });
  });

  it("tells an old copy by memory, and a file that is gone", async () => {
    const w = await world();
    expect(await verify(w)).toEqual({ facts: undefined, doubt: undefined });
    await create(w, { passwords: ["a"] });
    const old = await fs.readFile(w.file);
    await confirmSeal(await create(w, { passwords: ["b"] }));
    await fs.writeFile(w.file, old);
    expect((await verify(w)).doubt?.code).toBe("STATE_ROLLED_BACK");
    await fs.rm(w.file);
    expect((await verify(w)).doubt?.code).toBe("STATE_MISSING");
  });

  it("refuses what was changed after it was signed, and another scope", async () => {
    const w = await world();
    await create(w, { uiids: ["x.0"] });
    const bytes = await fs.readFile(w.file);
    const known = { name: "state/dev.json", scope: "dev", trust: w.trust };
    const touched = Buffer.from(bytes.toString().replace('"uiid": 1', '"uiid": 2'));
    await expect(verifyBytes(touched, known)).rejects.toMatchObject({ code: "BAD_SIGNATURE" });
    await expect(verifyBytes(bytes, { ...known, scope: "qa" })).rejects.toMatchObject({ code: "STATE_WRONG_SCOPE" });
  });
});

describe("fileChanges", () => {
  it("names what changed, and sees when there is another data key", async () => {
    const [w, kim] = [await world(), await world("Kim")];
    const read = () => fs.readFile(w.file);
    const options = { keyring: w.keyring, now };
    const set = (name: string, value: string) => ({ type: "set", name: parseValueName(name), value }) as const;
    await create(w, { passwords: ["a", "b"], uiids: ["x.0"] });
    const one = await read();
    expect(fileChanges(undefined, one, "f").changes.map(({ change, name }) => `${change} ${name}`)).toEqual([
      "added passwd/a",
      "added passwd/b",
      "added x.0",
      `added ${w.key.fingerprint}`,
    ]);
    await changeState(
      await w.open(),
      [
        set("passwd/a", "1"),
        { type: "unset", name: parseValueName("passwd/b") },
        { type: "setting", name: "d", value: 1 },
      ],
      options,
    );
    const two = await read();
    expect(fileChanges(one, two, "f")).toEqual({
      rekeyed: false,
      changes: [
        { kind: "value", name: "passwd/a", change: "changed" },
        { kind: "value", name: "passwd/b", change: "removed" },
        { kind: "setting", name: "d", change: "added" },
      ],
    });
    await publishKey(kim.key, { root: w.root });
    const turn = async (verb: "add" | "remove") => {
      const state = await w.open();
      const plan = planRecipients(state, { [verb]: [kim.key.fingerprint] });
      await changeRecipients([{ state, plan }], options);
      return read();
    };
    const three = await turn("add");
    const recipient = { kind: "recipient", name: kim.key.fingerprint } as const;
    expect(fileChanges(two, three, "f")).toEqual({ rekeyed: false, changes: [{ ...recipient, change: "added" }] });
    const four = await turn("remove");
    expect(fileChanges(three, four, "f")).toEqual({ rekeyed: true, changes: [{ ...recipient, change: "removed" }] });
  });
});
