import { sha256 } from "@facsimile/core";
import { describe, expect, it } from "vitest";
import type { Store } from "../src/store/store.ts";

/** A place for files, made anew for a test, and what the suite needs to break it. */
export interface StoreWorld {
  readonly store: Store;
  /** Another way to the same files, as another process has it. */
  readonly other: Store;
  /** The same files through a medium that fails with the n-th call; `reached` tells whether there was one. */
  failingAt(n: number): { readonly store: Store; reached(): boolean };
}

const bytes = (text: string) => Buffer.from(text);
const textOf = async (store: Store, scope = "dev") => (await store.read(scope))?.bytes.toString();
const codeOf = (error: unknown) => (error as { code?: string }).code;

/** What every store promises, whatever it keeps its files in. */
export function storeConformance(name: string, make: () => Promise<StoreWorld>): void {
  describe(`the store of ${name}`, () => {
    it("has no file at first, and says so", async () => {
      const { store } = await make();
      expect(await store.read("dev")).toBeUndefined();
    });

    it("gives back what was written, byte by byte, and its sha256 as the version", async () => {
      const { store, other } = await make();
      const all = Buffer.from(Array.from({ length: 70_000 }, (_, index) => index % 256));
      await store.write("dev", { bytes: all, ifVersion: undefined });
      for (const reader of [store, other]) {
        const read = await reader.read("dev");
        expect(Buffer.compare(read?.bytes ?? bytes(""), all)).toBe(0);
        expect(read?.version).toBe(sha256(all));
      }
    });

    it("replaces the version that was read, and no other", async () => {
      const { store, other } = await make();
      await store.write("dev", { bytes: bytes("one"), ifVersion: undefined });
      const version = (await other.read("dev"))?.version;
      await other.write("dev", { bytes: bytes("two"), ifVersion: version });
      for (const ifVersion of [version, sha256("elsewhere"), undefined]) {
        const late = store.write("dev", { bytes: bytes("late"), ifVersion });
        await expect(late).rejects.toMatchObject({ code: "STATE_CHANGED" });
      }
      expect(await textOf(store)).toBe("two");
    });

    it("makes no file where one was expected", async () => {
      const { store } = await make();
      const write = store.write("dev", { bytes: bytes("one"), ifVersion: sha256("one") });
      await expect(write).rejects.toMatchObject({ code: "STATE_CHANGED" });
      expect(await store.read("dev")).toBeUndefined();
    });

    it("keeps scopes apart, and names each", async () => {
      const { store } = await make();
      await store.write("dev", { bytes: bytes("one"), ifVersion: undefined });
      await store.write("dev.dev0", { bytes: bytes("two"), ifVersion: undefined });
      expect([await textOf(store), await textOf(store, "dev.dev0")]).toEqual(["one", "two"]);
      expect(new Set([store.name("dev"), store.name("dev.dev0")]).size).toBe(2);
      expect(new Set([await store.place("dev"), await store.place("dev.dev0")]).size).toBe(2);
    });

    it("has one place for a file, before and after it is there, whoever asks", async () => {
      const { store, other } = await make();
      const before = await store.place("dev");
      await store.write("dev", { bytes: bytes("one"), ifVersion: undefined });
      expect([await store.place("dev"), await other.place("dev")]).toEqual([before, before]);
    });

    it("lets one of several first writers win, and tells the others", async () => {
      const { store, other } = await make();
      const texts = ["a", "b", "c", "d", "e", "f"];
      const writes = texts.map((text, index) =>
        [store, other][index % 2]?.write("dev", { bytes: bytes(text), ifVersion: undefined }),
      );
      const ends = await Promise.allSettled(writes);
      const won = texts.filter((_, index) => ends[index]?.status === "fulfilled");
      expect(won).toHaveLength(1);
      expect(await textOf(store)).toBe(won[0]);
      for (const end of ends) if (end.status === "rejected") expect(codeOf(end.reason)).toBe("STATE_CHANGED");
    });

    it("loses no change of writers who read, add and write until it is theirs", async () => {
      const { store, other } = await make();
      const add = async (own: Store, name: string): Promise<void> => {
        const read = await own.read("dev");
        const next = bytes(`${read?.bytes.toString() ?? ""}${name}\n`);
        await own.write("dev", { bytes: next, ifVersion: read?.version }).catch((error: unknown) => {
          if (codeOf(error) !== "STATE_CHANGED") throw error;
          return add(own, name);
        });
      };
      const names = Array.from({ length: 8 }, (_, index) => `writer ${index}`);
      await Promise.all(names.map((name, index) => add([store, other][index % 2] ?? store, name)));
      expect((await textOf(store))?.trimEnd().split("\n").sort()).toEqual(names);
    });

    it("holds the old file or the new one, whole, whichever call fails", async () => {
      const old = bytes("old".repeat(1000));
      const fresh = bytes("new".repeat(2000));
      const outcomes = new Set<string>();
      const { store, failingAt } = await make();
      await store.write("dev", { bytes: old, ifVersion: undefined });
      for (let n = 1, reached = true; reached; n++) {
        const failing = failingAt(n);
        const end = await failing.store.write("dev", { bytes: fresh, ifVersion: sha256(old) }).then(
          () => "done",
          () => "failed",
        );
        reached = failing.reached();
        const now = await store.read("dev");
        expect([sha256(old), sha256(fresh)]).toContain(now?.version);
        outcomes.add(`${end}, ${now?.version === sha256(old) ? "old" : "new"}`);
        if (now?.version === sha256(fresh)) await store.write("dev", { bytes: old, ifVersion: now.version });
      }
      expect(outcomes).toContain("failed, old");
      expect(outcomes).toContain("done, new");
      expect(outcomes).not.toContain("done, old");
    });

    it("can be written again after a write that failed", async () => {
      const { store, failingAt } = await make();
      await store.write("dev", { bytes: bytes("one"), ifVersion: undefined });
      await failingAt(1)
        .store.write("dev", { bytes: bytes("lost"), ifVersion: sha256("one") })
        .catch(() => {});
      const version = (await store.read("dev"))?.version;
      await store.write("dev", { bytes: bytes("two"), ifVersion: version });
      expect(await textOf(store)).toBe("two");
    });
  });
}
