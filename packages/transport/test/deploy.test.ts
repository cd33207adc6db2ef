import fs from "node:fs/promises";
import { manifestOf, treeId } from "@facsimile/manifest";
import { readTree } from "@facsimile/testing";
import { expect, it } from "vitest";
import { deploy, hostsFor, lockOf, login, place, treeOfFiles } from "./world.ts";

const hosts = await hostsFor(["a", "b"]);

it("puts a tree on a host, exactly: bytes, modes, links, empty folders, odd names", async () => {
  const nodes = await treeOfFiles(
    {
      "bin/run": "#!/bin/sh\n",
      "etc/db.conf": "secret:password=hunter2",
      empty: "dir:",
      "bin/also": "link:run",
      "-dash": "x",
      "new\nline": "y",
      "quo'te\" $(id) `id`;&|": "z",
      "#hash": "1",
      ";semi": "2",
      " blank ": "3",
      "back\\slash\\n": "4",
      "ünï/cødé": "5",
    },
    { "bin/run": 0o755, empty: 0o700 },
  );
  const session = await login(hosts, "a");
  expect((await session.probe(place)).adoption).toBe("fresh");
  const lock = await lockOf(session);
  const staged = await deploy(lock, nodes);
  const home = `${session.facts.userHome}/shop/storefront`;
  expect(await readTree(`${home}/current/`)).toEqual({
    " blank ": "file 644 3",
    "#hash": "file 644 1",
    "-dash": "file 644 x",
    ";semi": "file 644 2",
    "back\\slash\\n": "file 644 4",
    bin: "dir 755",
    "bin/also": "link run",
    "bin/run": "file 755 #!/bin/sh\n",
    empty: "dir 700",
    etc: "dir 755",
    "etc/db.conf": "file 600 password=hunter2",
    "new\nline": "file 644 y",
    "quo'te\" $(id) `id`;&|": "file 644 z",
    ünï: "dir 755",
    "ünï/cødé": "file 644 5",
  });
  const manifest = await manifestOf(nodes);
  expect(staged.dir).toBe(treeId(manifest));
  const probe = await session.probe(place);
  expect(probe).toMatchObject({
    adoption: "ours",
    snapshot: "same",
    current: { dir: staged.dir, release: staged.dir },
  });
  expect(probe.history).toMatchObject([{ run: "run-1", dir: staged.dir }]);
  expect((await session.list(place)).manifest).toEqual(manifest);
  expect(await fs.readlink(`${home}/current`)).toBe(`releases/${staged.dir}`);
});
