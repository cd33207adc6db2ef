import { expect, it } from "vitest";
import { formatKnownHost, keyFingerprint, onRecord, withoutHost } from "./known-hosts.ts";

const key = { type: "ssh-ed25519", key: "AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl" };

const others = { type: "ssh-rsa", key: "AAAAB3Nz" };
const line = (names: string) => `${names} ${key.type} ${key.key}\n`;
/** `web2.us`, as ssh-keygen -H writes it. */
const HASHED = "|1|z6MdRpNYSRhRZC/lPzudXZK6GoE=|PYxkHQHDWE5v3qDk1ont0AszoO4=";

it("reads what it writes, and passes over comments, authorities and what is no entry", () => {
  const text = `# a comment\n\n#a ${key.type} ${key.key}\n@cert-authority * ${key.type} ${key.key}\nalone\n${formatKnownHost("web1.eu", key)}a,b ${key.type} ${key.key} by hand\n`;
  for (const name of ["web1.eu", "a", "b"]) expect(onRecord(text, name)).toEqual({ keys: [key], revoked: [] });
  for (const name of ["alone", "web1xeu", "c", "#a"]) expect(onRecord(text, name).keys).toEqual([]);
});

it("finds a host as ssh does: whatever its case, by a hash or a pattern; and knows what is revoked", () => {
  for (const names of [HASHED, "WEB2.us", "*.us", "web?.u*", "a,!web1.us,*.US", "  web2.us"]) {
    expect(onRecord(line(names), "Web2.US").keys, names).toEqual([key]);
  }
  for (const names of ["*.us,!web2.us", "web?us", "!web1.us", "[web2.us]:22", "|1|AAAA|AAAA", "|2|a", "*.u"]) {
    expect(onRecord(line(names), "web2.us").keys, names).toEqual([]);
  }
  expect(onRecord(line(`${"*a".repeat(30)}b`), "a".repeat(60)).keys).toEqual([]);
  const text = `${line("web2.us")}@revoked ${line("*")}`;
  expect(onRecord(text, "web2.us")).toEqual({ keys: [key], revoked: [key] });
});

it("takes a host out of every line that is for it, and leaves the others in", () => {
  const kept = `# web2.us\n${formatKnownHost("web1.us", others)}@revoked ${line("web2.us")}`;
  const text = `${kept}${line(HASHED)}${line("Web2.us,web3.us")}${line("*.us")}${line("web2.us,!a")}`;
  const left = withoutHost(text, "web2.us");
  expect(left).toBe(`${kept}${line("web3.us")}${line("*.us,!web2.us")}`);
  expect(onRecord(left, "web2.us").keys).toEqual([]);
  expect(onRecord(left, "web3.us").keys).toEqual([key, key]);
});

it("names a key as ssh-keygen does", () => {
  // From: ssh-keygen -lf, of a published key (github.com's, ed25519).
  expect(keyFingerprint(key)).toBe("SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU");
});
