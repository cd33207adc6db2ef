import { type Environment, type Exec, FacsimileError } from "@facsimile/core";

export interface Said {
  /** gpg exited with 0. */
  readonly ok: boolean;
  readonly stdout: Buffer;
  /** The arguments of each `[GNUPG:] NAME …` line, by name, as doc/DETAILS of GnuPG has them. */
  readonly status: Readonly<Record<StatusName, readonly string[]>>;
  /** What gpg told people last, on one line, in the user's language. */
  readonly words: string;
}

const STATUS_NAMES = [
  "SIG_CREATED",
  "INV_SGNR",
  "DECRYPTION_OKAY",
  "DECRYPTION_FAILED",
  "NODATA",
  "ERROR",
  "FAILURE",
] as const;

type StatusName = (typeof STATUS_NAMES)[number];

/** One run of gpg, or of `program`. It throws `EXEC_NOT_FOUND`, and `GPG_FAILED` for one that did not end by itself. */
export type Gpg = (args: readonly string[], options?: GpgOptions) => Promise<Said>;

export interface GpgOptions {
  readonly input?: string | Uint8Array;
  /** Default `"gpg"`. */
  readonly program?: "gpg" | "gpgconf";
}

interface World {
  readonly exec: Exec;
  readonly env: Environment;
  readonly signal?: AbortSignal | undefined;
}

/** gpg as the user has set it up: its home, `gpg.conf`, agent, pinentry and card. */
export const createGpg =
  ({ exec, env, signal }: World): Gpg =>
  async (args, { input = "", program = "gpg" } = {}) => {
    const shown = Object.fromEntries(FOR_PINENTRY.map((name) => [name, env[name]]));
    const all = program === "gpg" ? [...ALWAYS, ...args] : args;
    const result = await exec(program, all, { input, env: shown, signal, timeout: PATIENCE });
    const { exitCode, stdout, stderr, timedOut } = result;
    if (timedOut)
      throw failed(`${program} did not end in time and was stopped`, "Does it wait for a pinentry, a card or a lock?");
    if (exitCode === KILLED) throw failed(`${program} was killed`);
    const lines = stderr.split("\n");
    return { ok: exitCode === 0, stdout, status: statusOf(lines), words: wordsOf(lines) };
  };

/**
 * `--no-tty` leaves the pinentry alone: the agent starts it, with what `FOR_PINENTRY` says. No `--quiet`: gpg 2.2 then
 * keeps to itself why a key did not decrypt.
 */
const ALWAYS = ["--batch", "--no-tty", "--no-auto-check-trustdb", "--status-fd", "2", "--output", "-"];

/** Seconds: somebody may have to look for a card. */
const PATIENCE = 300;

/** As `exec` gives it. */
const KILLED = 128;

/** Which terminal, screen or editor a pinentry is to ask on: the list that gpg hands to its agent. */
const FOR_PINENTRY = [
  "GPG_TTY", "DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "XDG_SESSION_TYPE", "DBUS_SESSION_BUS_ADDRESS",
  "PINENTRY_USER_DATA", "INSIDE_EMACS", "XMODIFIERS", "GTK_IM_MODULE", "QT_IM_MODULE", "QT_QPA_PLATFORM",
]; // biome-ignore format: a list

/** Why gpg did not do what it should: somebody has to unlock the key, or gpg itself failed. */
export function failureOf(said: Said, what: string): FacsimileError {
  const codes = [...said.status.ERROR, ...said.status.FAILURE].map((text) =>
    Number.parseInt(text.split(" ")[1] ?? "", 10),
  );
  if (!codes.some((code) => NOT_UNLOCKED.includes(code & 0xffff))) return failed(what, said.words);
  return new FacsimileError("KEY_LOCKED", `${what}: ${said.words}`, {
    hint: "Give the passphrase or PIN when the pinentry asks for it; on a terminal, first: export GPG_TTY=$(tty)",
  });
}

// libgpg-error, err-codes.h: bad passphrase, timeout, no pinentry, pinentry error, bad PIN, cancelled, card removed,
// card not present, PIN blocked, no passphrase, fully cancelled, not a terminal.
const NOT_UNLOCKED = [11, 62, 85, 86, 87, 99, 110, 112, 130, 177, 198, 0x8000 | 102];

export function failed(what: string, why = ""): FacsimileError {
  return new FacsimileError("GPG_FAILED", why === "" ? what : `${what}: ${why}`, {
    hint: "See whether gpg works: echo test | gpg --sign --armor. Another key can be named by FACS_PGP_KEY_FILE.",
  });
}

function statusOf(lines: readonly string[]): Said["status"] {
  const argumentsOf = (name: string) =>
    lines.filter((line) => `${line} `.startsWith(`[GNUPG:] ${name} `)).map((line) => line.slice(name.length + 10));
  return Object.fromEntries(STATUS_NAMES.map((name) => [name, argumentsOf(name)])) as Record<StatusName, string[]>;
}

/** With `show-session-key` in its configuration gpg tells the key of the message, too. */
function wordsOf(lines: readonly string[]): string {
  const told = lines.filter((line) => /^[^\s[]/.test(line) && !/\d:[0-9A-F]{32}/.test(line));
  return [...new Set(told.map((line) => line.replace(/^gpg(conf)?: /, "")))].slice(-2).join("; ");
}
