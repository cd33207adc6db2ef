import { expect, it, onTestFinished } from "vitest";
import { git, gitCommit, gitRepository, gnupgHome, readTree, tree } from "../src/index.ts";

it("reads back the tree that it wrote: bytes, modes, links, empty folders, odd names", async () => {
  const root = await tree(
    {
      "bin/run": { content: "#!/bin/sh\n", mode: 0o755 },
      "a\nb 'c": "x",
      raw: Uint8Array.from([255, 0]),
      empty: { dir: 0o700 },
      ln: { link: "bin/run" },
    },
    { onFinished: onTestFinished },
  );
  expect(await readTree(root)).toEqual({
    "a\nb 'c": "file 644 x",
    bin: "dir 755",
    "bin/run": "file 755 #!/bin/sh\n",
    empty: "dir 700",
    ln: "link bin/run",
    raw: "file 644 base64:/wA=",
  });
});

it("makes repositories whose commits are the same every time", async () => {
  const make = () => gitRepository({ "a.txt": "1" }, { tags: ["1.0.0"], onFinished: onTestFinished });
  const [one, two] = [await make(), await make()];
  await tree({ "a.txt": "2" }, { root: two });
  await gitCommit(two, ["1.1.0"]);
  expect(await git(two, "tag")).toBe("1.0.0\n1.1.0");
  expect(await git(two, "rev-parse", "1.0.0")).toBe(await git(one, "rev-parse", "main"));
});

it("gives gpg a home away from the user's", async () => {
  const { gpg } = await gnupgHome({ onFinished: onTestFinished });
  await gpg("--passphrase", "", "--quick-generate-key", "Test <test@example.org>", "ed25519", "sign", "never");
  expect(await gpg("--list-secret-keys", "--with-colons")).toContain("Test <test@example.org>");
});

it("removes even a tree that forbids it", async () => {
  let remove = async () => {};
  const root = await tree({ "a/b/file": "", "a/b": { dir: 0o500 } }, { onFinished: (end) => (remove = end) });
  await remove();
  await expect(readTree(root)).rejects.toThrow("ENOENT");
});
