import { inspect } from "node:util";
import { expect, it } from "vitest";
import { addressOf, environmentOf, secretsOf, submoduleAddress } from "./address.ts";

it("tells paths, which are relative to the conglomerate, from what is elsewhere", () => {
  const local = (repo: string) => addressOf(repo, "/shop");
  expect(local("sources/a")).toEqual({ url: "/shop/sources/a", isLocal: true });
  expect(local("../a b.git")).toEqual({ url: "/a b.git", isLocal: true });
  expect(local("/srv/a:b")).toEqual({ url: "/srv/a:b", isLocal: true });
  expect(local("file:///srv/a")).toEqual({ url: "file:///srv/a", isLocal: true });
  for (const url of ["git@example.org:team/a.git", "host:a", "ssh://git@example.org:2222/a", "https://example.org/a"])
    expect(local(url)).toEqual({ url, isLocal: false });
});

it("takes the login out of a URL, and shows it nowhere but in git's environment", () => {
  const address = addressOf("https://robin:p%40ss%2Fword@git.example.org:8443/team/a.git", "/");
  expect(address).toMatchObject({ url: "https://git.example.org:8443/team/a.git", isLocal: false });
  expect(`${inspect(address, { depth: 9 })}${JSON.stringify(address)}`).not.toMatch(/p@ss|p%40/);
  expect(environmentOf(address)).toMatchObject({
    GIT_CONFIG_KEY_1: "credential.https://git.example.org:8443.helper",
    FACS_GIT_USERNAME: "robin",
    FACS_GIT_PASSWORD: "p@ss/word",
  });
  expect(secretsOf(address).map((secret) => secret.reveal())).toEqual(["p@ss/word"]);
  expect(secretsOf(addressOf("https://tok_123456@git.example.org/a", "/")).map((one) => one.reveal())).toEqual([
    "tok_123456",
  ]);
  expect(environmentOf(addressOf("https://git.example.org/a", "/"))).toEqual({});
});

it.each([
  ["../b.git", "https://example.org/team/a.git", "https://example.org/team/b.git"],
  ["../../other/b", "https://example.org/team/a.git/", "https://example.org/other/b"],
  ["./b", "/srv/git/a", "/srv/git/a/b"],
  ["../b", "/srv/git/a", "/srv/git/b"],
  ["../b.git", "git@example.org:team/a.git", "git@example.org:team/b.git"],
  ["../b.git", "git@example.org:a.git", "git@example.org:b.git"],
  ["https://example.org/c", "/srv/git/a", "https://example.org/c"],
  ["git@example.org:c", "https://example.org/a", "git@example.org:c"],
])("finds the submodule %s of %s", (url, parent, expected) => {
  expect(submoduleAddress(url, addressOf(parent, "/"))?.url).toBe(expected);
});

it("trusts no folder of this machine and no helper that a repository names", () => {
  for (const parent of ["https://example.org/a", "/srv/git/a"].map((repo) => addressOf(repo, "/")))
    for (const url of ["/home/robin/private", "file:///home/robin/private", "ext::sh -c id", "private"])
      expect(submoduleAddress(url, parent)).toBeUndefined();
});
