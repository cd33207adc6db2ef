import { expect, it } from "vitest";
import { AGENT } from "../agent/program.ts";
import { rsyncArgs } from "./rsync.ts";
import { riding, type SshEndpoint, sshArgs, sshFailure } from "./ssh.ts";

const endpoint: SshEndpoint = { kind: "ssh", name: "web1.eu", address: "-oProxyCommand=x", port: 2222, user: "shop" };
const files = { socket: "/tmp/facs-x/s", knownHosts: "/tmp/facs-x/known_hosts" };

it("connects by argv alone: strict, without forwarding, options closed before the address, one constant command", () => {
  const args = sshArgs(endpoint, files, { sshConfig: "/my ssh/config" });
  expect(args.slice(0, 2)).toEqual(["-F", "/my ssh/config"]);
  for (const setting of [
    "StrictHostKeyChecking=yes",
    "BatchMode=yes",
    "ForwardAgent=no",
    "HostKeyAlias=web1.eu",
    "CheckHostIP=no",
    "ControlPath=/tmp/facs-x/s",
  ]) {
    expect(args[args.indexOf(setting) - 1]).toBe("-o");
  }
  expect(args.slice(-7, -1)).toEqual(["-p", "2222", "-l", "shop", "--", "-oProxyCommand=x"]);
  const other = sshArgs({ ...endpoint, name: "other", address: "other" }, files, {});
  expect(args.at(-1)).toBe(other.at(-1));
  expect(args.at(-1)?.length).toBeLessThan(32_768);
});

it("is sent as a word that fish reads as other shells do: there two backslashes, or one before a quote, are one character", () => {
  expect(AGENT).not.toMatch(/\\[\\']/);
});

it("gives rsync a remote shell without blanks in its words, and no names of files", () => {
  const args = rsyncArgs(
    { from: "/src", to: "/home/shop/x", basis: "/home/shop/old", paths: ["./-e sh"] },
    { rsh: riding("/tmp/facs-x/s"), silence: 60 },
  );
  expect(args).toEqual([
    "-sLpI",
    "--from0",
    "--no-implied-dirs",
    "--files-from=-",
    "--copy-dest=/home/shop/old",
    "--timeout=60",
    "-e",
    "ssh -F none -S /tmp/facs-x/s -o ControlMaster=no -o BatchMode=yes -o ProxyCommand=false -o LogLevel=ERROR",
    "--",
    "/src/",
    "host:/home/shop/x/",
  ]);
});

it.each([
  ["@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\nHost key verification failed.", "HOST_KEY_CHANGED"],
  [
    "No ED25519 host key is known for web1.eu and you have requested strict checking.\nHost key verification failed.",
    "HOST_KEY_UNKNOWN",
  ],
  ["shop@10.0.0.1: Permission denied (publickey).", "LOGIN_REFUSED"],
  ["ssh: connect to host 10.0.0.1 port 22: Connection timed out", "HOST_UNREACHABLE"],
  ["", "HOST_UNREACHABLE"],
])("understands %j", (stderr, code) => {
  expect(sshFailure(endpoint, stderr)).toMatchObject({ code, message: expect.stringContaining("web1.eu") });
});
