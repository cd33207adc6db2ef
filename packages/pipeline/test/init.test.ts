import fs from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { init } from "../src/people/init.ts";
import { contextOf, folder } from "./world.ts";

it.each(["state/dev.json", "keys/signers.json"])("pins no root where others have begun: %s", async (file) => {
  const context = contextOf(await folder());
  await fs.mkdir(path.dirname(path.join(context.root, file)), { recursive: true });
  await fs.writeFile(path.join(context.root, file), "{}\n");
  expect(await init(context)).toMatchObject({ keyMade: true, trusted: false });
  expect(await fs.readdir(context.configDir)).toEqual(["key.asc"]);
});

it("names the key as it is told, else as git would name an author, else by the user", async () => {
  const made = async (given: object, more: Readonly<Record<string, string>> = {}, config = "") => {
    const context = contextOf(await folder());
    await fs.writeFile(path.join(context.root, ".gitconfig"), config);
    return (await init({ ...context, env: { ...context.env, ...more } }, given)).userId;
  };
  const config = "[user]\n name = From Git\n email = git@example.org\n";
  const author = { GIT_AUTHOR_NAME: "An Author", GIT_AUTHOR_EMAIL: "author@example.org" };
  const given = { name: "Given", email: "given@example.org" };
  expect(await made(given, author, config)).toBe("Given <given@example.org>");
  expect(await made({ name: "Given" }, author, config)).toBe("Given <author@example.org>");
  expect(await made({}, author, config)).toBe("An Author <author@example.org>");
  expect(await made({}, {}, config)).toBe("From Git <git@example.org>");
  expect(await made({}, { USER: "robin" })).toBe("robin");
  // What no key can hold is left out, as it was not typed for the key.
  expect(await made({}, { GIT_AUTHOR_NAME: "A <b>", GIT_AUTHOR_EMAIL: "none" })).toBe("A b");
});

it.each([{ name: "A <a@b.c>" }, { name: "two\nlines" }, { name: " " }, { email: "a b@c.d" }, { email: "<a@b.c>" }])(
  "makes no key for %j",
  async (given) => {
    const context = contextOf(await folder());
    await expect(init(context, given)).rejects.toMatchObject({ code: "USAGE" });
    await expect(fs.access(context.configDir)).rejects.toThrow("ENOENT");
  },
);

it("keeps the root that it pinned when it is run again", async () => {
  const context = contextOf(await folder());
  expect(await init(context)).toMatchObject({ keyMade: true, trusted: true });
  await fs.mkdir(path.join(context.root, "state"));
  await fs.writeFile(path.join(context.root, "state/dev.json"), "{}\n");
  expect(await init(context)).toMatchObject({ keyMade: false, trusted: true, written: [] });
});
