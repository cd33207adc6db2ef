// The demo's own small world: a folder with a home, a PATH and the programs on it, so that nothing of the user's is used.
import { chmodSync, existsSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { root } from "../lib/run.mjs";
import { isColoured } from "./screen.mjs";

/** The CLI that is shown. Tests put a broken one here. */
const CLI = process.env.FACS_DEMO_CLI ?? join(root, "packages", "cli", "bin", "facs.mjs");

// With these alone `facs deploy dev` must do: no ssh, no rsync, no gpg.
const BARE_TOOLS =
  `sh env git awk sed grep find xargs tar basename cat chmod chown cksum cmp cp cut date dd df diff dirname du
  echo expr false head hostname id ln ls mkdir mkfifo mktemp mv nohup od printf ps pwd readlink realpath rm rmdir sed sha256sum
  sleep sort stat sync tail tee test touch tr true uname uniq wc whoami`.split(/\s+/);

/** Makes the folder. Its path is short, and has no blanks: sockets and sshd's settings want that. */
export function makeWorld() {
  const dir = mkdtempSync(join(/^\S{1,40}$/.test(tmpdir()) ? tmpdir() : "/tmp", "facs-demo-"));
  const place = (name) => join(dir, name);
  for (const name of ["home/.config", "home/.gnupg", "tmp", "bin", "bare"]) {
    mkdirSync(place(name), { recursive: true, mode: 0o700 });
  }
  writeFileSync(place("demo.json"), `${JSON.stringify({ facsimile: "demo/1", clone: root })}\n`);
  writeFileSync(place("home/.gitconfig"), GIT_CONFIG);
  const env = { ...passedOn(), ...ownVariables(place) };
  writeFacs(place("bin/facs"), env);
  fillBare(place("bare"), place("bin/facs"));
  return { dir, shop: place("shop"), fleet: place("fleet"), env, bare: place("bare") };
}

const GIT_CONFIG = `[user]
	name = Robin Operator
	email = robin@example.org
[init]
	defaultBranch = main
`;

/** Little of the user's environment: no keys, no agents, no settings of git, npm and facs. */
function passedOn() {
  const names = ["LANG", "LC_ALL", "LC_CTYPE", "TERM", "COLORTERM", "NO_COLOR"];
  const kept = names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]));
  return { ...Object.fromEntries(kept), ...(isColoured ? { FORCE_COLOR: "1" } : {}) };
}

function ownVariables(place) {
  const { username } = userInfo();
  return {
    PATH: [place("bin"), process.env.PATH, dirname(process.execPath), "/usr/bin", "/bin"].join(delimiter),
    HOME: place("home"),
    USER: username,
    LOGNAME: username,
    SHELL: "/bin/sh",
    TMPDIR: place("tmp"),
    XDG_CONFIG_HOME: place("home/.config"),
    GNUPGHOME: place("home/.gnupg"),
    GIT_CONFIG_GLOBAL: place("home/.gitconfig"),
    GIT_CONFIG_NOSYSTEM: "1",
    FACS_CONFIG_DIR: place("home/.config/facsimile"),
    FACS_SSH_CONFIG: place("fleet/ssh_config"),
  };
}

/** `facs` as a command. It brings its environment along, so that it is the demo's in any shell. */
function writeFacs(file, { PATH: _path, FORCE_COLOR: _colour, ...env }) {
  const settings = Object.entries(env).map(([name, value]) => `export ${name}=${quoted(value)}`);
  const unset =
    "unset FACS_ROOT FACS_PGP_KEY FACS_PGP_KEY_FILE FACS_PGP_PASSPHRASE FACS_PGP_PASSPHRASE_FILE FACS_GPG_KEY";
  const start = `exec ${quoted(process.execPath)} ${quoted(CLI)} "$@"`;
  writeFileSync(file, ["#!/bin/sh", unset, ...settings, start, ""].join("\n"));
  chmodSync(file, 0o755);
}

function quoted(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function fillBare(folder, facs) {
  symlinkSync(process.execPath, join(folder, "node"));
  symlinkSync(facs, join(folder, "facs"));
  const places = [...(process.env.PATH ?? "").split(delimiter), "/usr/bin", "/bin"];
  for (const tool of new Set(BARE_TOOLS)) {
    const found = places.map((place) => join(place, tool)).find((file) => existsSync(file));
    if (found !== undefined) symlinkSync(found, join(folder, tool));
  }
}
