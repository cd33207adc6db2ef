import type { Tree, TreeNode } from "@facsimile/manifest";
import { manifestOf, treeId } from "@facsimile/manifest";
import { type Fleet, fleet, tree } from "@facsimile/testing";
import { afterAll, onTestFinished } from "vitest";
import {
  type ConnectOptions,
  connect,
  type Lock,
  type Place,
  type Session,
  type Staged,
  type StageRequest,
} from "../src/index.ts";

export const place: Place = { home: "shop", instance: "staging", project: "storefront" };

/** A fleet for all tests of a file. */
export async function hostsFor(
  names: readonly string[],
  env?: (name: string) => Record<string, string>,
): Promise<Fleet> {
  return await fleet(names, { onFinished: afterAll, ...(env === undefined ? {} : { env }) });
}

/** A session with one host of the fleet, closed when the test ends. */
export async function login(hosts: Fleet, name: string, options: Partial<ConnectOptions> = {}): Promise<Session> {
  const address = hosts.hosts.find((host) => host.name === name)?.address ?? "";
  const session = await connect(
    { kind: "ssh", name, address },
    { env: process.env, knownHosts: `${hosts.dir}/known_hosts`, sshConfig: hosts.sshConfig, ...options },
  );
  onTestFinished(() => session.close());
  return session;
}

/** The lock of the home of {@link place}, freed when the test ends. */
export async function lockOf(session: Session, run = "run-1", lease = 120): Promise<Lock> {
  const lock = await session.lock({ home: place.home, owner: "Ann", run, reason: "deploy", lease });
  onTestFinished(() => lock.unlock());
  return lock;
}

/** A tree whose ordinary files lie on this machine as a build leaves them; `secret:` content stays in memory. */
export async function treeOfFiles(
  files: Readonly<Record<string, string>>,
  modes: Readonly<Record<string, number>> = {},
): Promise<Tree> {
  const plain = Object.entries(files).filter(([, content]) => !/^(secret|link|dir):/.test(content));
  const root = await tree(Object.fromEntries(plain), { onFinished: onTestFinished });
  const nodeOf = (path: string, content: string): TreeNode => {
    const mode = modes[path];
    if (content.startsWith("link:")) return { type: "link", target: content.slice(5) };
    if (content.startsWith("dir:")) return { type: "dir", mode: mode ?? 0o755 };
    if (!content.startsWith("secret:"))
      return { type: "file", mode: mode ?? 0o644, content: { file: `${root}/${path}` }, secrets: [] };
    return {
      type: "file",
      mode: mode ?? 0o600,
      content: { bytes: Buffer.from(content.slice(7)) },
      secrets: ["passwd/db"],
    };
  };
  return new Map(Object.entries(files).map(([path, content]) => [path, nodeOf(path, content)]));
}

/** Everything up to the switch and its confirmation, as a deploy does it. */
export async function deploy(
  lock: Lock,
  nodes: Tree,
  more: Partial<StageRequest> = {},
  at: Place = place,
): Promise<Staged> {
  const manifest = await manifestOf(nodes);
  const run = more.run ?? "run-1";
  const staged = await lock.stage(at, { tree: nodes, manifest, run, keep: 2, ...more });
  await confirmed(lock, {
    at,
    staged,
    manifest: (await import("@facsimile/manifest")).formatManifest(manifest),
    id: treeId(manifest),
    more,
  });
  return staged;
}

async function confirmed(
  lock: Lock,
  {
    at,
    staged,
    manifest,
    id,
    more,
  }: { at: Place; staged: Staged; manifest: string; id: string; more: Partial<StageRequest> },
): Promise<void> {
  // One host: the tree's id serves as the release's.
  await lock.record(at, { release: id, files: { manifest } });
  await lock.switch(at, { dir: staged.dir, release: id });
  const entry = { release: id, dir: staged.dir, version: "1.0.0", run: more.run ?? "run-1", by: "Ann", at: "2026-01-01T00:00:00Z", action: "deploy" }; // biome-ignore format: one line
  await lock.confirm(at, { entry, keep: 2 });
}
