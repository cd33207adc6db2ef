import { expect, it } from "vitest";
import { formatKnownHost, keyFingerprint, parseKnownHosts } from "./known-hosts.ts";

const key = { type: "ssh-ed25519", key: "AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl" };

it("reads what it writes, and passes over comments, marks, hashed names and what is no entry", () => {
  const text = `# a comment\n\n@revoked x ${key.type} ${key.key}\n|1|a|b ${key.type} ${key.key}\nalone\n${formatKnownHost("web1.eu", key)}a,b ${key.type} ${key.key} by hand\n`;
  expect(parseKnownHosts(text)).toEqual(
    new Map([
      ["web1.eu", [key]],
      ["a", [key]],
      ["b", [key]],
    ]),
  );
});

it("names a key as ssh-keygen does", () => {
  // From: ssh-keygen -lf, of a published key (github.com's, ed25519).
  expect(keyFingerprint(key)).toBe("SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU");
});
