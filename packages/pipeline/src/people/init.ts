import fs from "node:fs/promises";
import path from "node:path";
import { errnoOf, isFacsimileError } from "@facsimile/core";
import { isInRepo } from "@facsimile/definitions";
import { generateKey, installKey, type Keyring, openKeyring, pinnedRoots, pinRoot, publishKey } from "@facsimile/state";
import type { PipelineContext } from "../context.ts";
import { DRIVER, installDriver } from "../state/driver.ts";
import { relativeTo } from "../state/publish.ts";
import { type Identity, identityOf, refuseUnfit } from "./identity.ts";

export interface InitReport {
  readonly schema: "init/1";
  readonly root: string;
  readonly fingerprint: string;
  readonly userId: string;
  /** A key was made; otherwise the one that was there is used. */
  readonly keyMade: boolean;
  /** The key is a root of trust of this user. Where others have sealed states already, whom to trust is asked instead. */
  readonly trusted: boolean;
  /** Files written or completed, relative to the root. */
  readonly written: readonly string[];
  /** This clone's git was told how to merge states; otherwise it knows already, or there is no repository. */
  readonly driverInstalled: boolean;
}

/**
 * Makes a folder a conglomerate that this user can work with: a key if the user has none, its public half in `keys/`,
 * pinned as a root of trust unless others have begun here, the first definition, what git must ignore, and how git merges
 * states. What is there already is kept; it may be run again. A source repository that carries its definitions gets the key, and `.facsimile/` is ignored.
 *
 * @param given Whose key it is, where one is made.
 * @throws `USAGE` for a name or address that no key can have
 */
export async function init(context: PipelineContext, given: Identity = {}): Promise<InitReport> {
  const { root, own, configDir } = context;
  refuseUnfit(given);
  const { keyring, keyMade } = await ownKey(context, given);
  if (!(await isBegun(own)))
    await pinRoot({ fingerprint: keyring.fingerprint, name: keyring.userId }, { configDir, now: context.now });
  const trusted = (await pinnedRoots(context)).roots.has(keyring.fingerprint);
  const keyFile = relativeTo(root, path.join(own, "keys", `${keyring.fingerprint}.asc`));
  const isNew = !(await isThere(path.join(root, keyFile)));
  if (isNew) await publishKey(keyring, { root: own });
  const others = isInRepo(context) ? await carriedFiles(root) : await conglomerateFiles(root);
  const attributes = await addAttributes(own);
  const written = [...(isNew ? [keyFile] : []), ...attributes.map((file) => relativeTo(root, file)), ...others];
  const { fingerprint, userId } = keyring;
  const driverInstalled = await installDriver(context);
  return { schema: "init/1", root, fingerprint, userId, keyMade, trusted, written, driverInstalled };
}

/** Somebody has sealed a state here, or a list of signers: a newcomer's own key says nothing about them. */
async function isBegun(own: string): Promise<boolean> {
  const states = await fs.readdir(path.join(own, "state")).catch(ifMissing([]));
  return states.some((name) => name.endsWith(".json")) || isThere(path.join(own, "keys", "signers.json"));
}

async function conglomerateFiles(root: string): Promise<string[]> {
  return [...(await addLines(path.join(root, ".gitignore"), IGNORED)), ...(await firstDefinition(root))];
}

/** Its definitions are there, and the rest of the repository is not ours. */
async function carriedFiles(root: string): Promise<string[]> {
  return addLines(path.join(root, ".gitignore"), ["/.facsimile/"]);
}

const IGNORED = ["/SRC/", "/BUILD/", "/RELEASE/"];

/** A state file is signed byte by byte: git must not touch its line ends, and merges it by our driver. */
const STATES = `state/*.json -text merge=${DRIVER}`;
const ATTRIBUTES = [STATES, "keys/* -text"];

async function addAttributes(own: string): Promise<string[]> {
  const file = path.join(own, ".gitattributes");
  const before = await fs.readFile(file, "utf8").catch(ifMissing(""));
  // The line that earlier versions wrote.
  const after = before.replace(/^state\/\*\.json -text$/m, STATES);
  if (after !== before) await fs.writeFile(file, after);
  const added = await addLines(file, ATTRIBUTES);
  return after !== before || added.length > 0 ? [file] : [];
}

async function ownKey(context: PipelineContext, given: Identity): Promise<{ keyring: Keyring; keyMade: boolean }> {
  try {
    return { keyring: await openKeyring(context), keyMade: false };
  } catch (error) {
    const isNamed = context.env["FACS_PGP_KEY_FILE"] || context.env["FACS_GPG_KEY"];
    if (!isFacsimileError(error, "NO_KEY") || isNamed) throw error;
    await installKey(await generateKey({ ...(await identityOf(given, context)), date: context.now() }), context);
    return { keyring: await openKeyring(context), keyMade: true };
  }
}

async function addLines(file: string, lines: readonly string[]): Promise<string[]> {
  const before = await fs.readFile(file, "utf8").catch(ifMissing(""));
  const have = new Set(before.split("\n").map((line) => line.trim()));
  const missing = lines.filter((line) => !have.has(line) && !have.has(line.replace(/^\//, "")));
  if (missing.length === 0) return [];
  const separator = before === "" || before.endsWith("\n") ? "" : "\n";
  await fs.mkdir(path.dirname(file), { recursive: true });
  await fs.writeFile(file, `${before}${separator}${missing.join("\n")}\n`);
  return [path.basename(file)];
}

const FIRST_DEFINITION = `// The weakest layer: what holds for every project and every instance.
{
  projects: {
    // app: { repo: "https://example.org/app.git", targets: ["web"] },
  },

  // Where releases go on a host; a relative folder starts at the home of the user who logs in.
  home: "app",
}
`;

async function firstDefinition(root: string): Promise<string[]> {
  const folder = path.join(root, "define");
  const present = await fs.readdir(folder).catch(ifMissing([]));
  if (present.some((name) => /^facsimile\.(json5?|ya?ml)$/.test(name))) return [];
  await fs.mkdir(folder, { recursive: true });
  await fs.writeFile(path.join(folder, "facsimile.json5"), FIRST_DEFINITION, { flag: "wx" });
  return ["define/facsimile.json5"];
}

function ifMissing<T>(value: T): (error: unknown) => T {
  return (error) => {
    if (errnoOf(error) === "ENOENT") return value;
    throw error;
  };
}

async function isThere(file: string): Promise<boolean> {
  return fs.access(file).then(
    () => true,
    () => false,
  );
}
