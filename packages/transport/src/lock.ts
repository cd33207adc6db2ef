import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { formatLock } from "./formats.ts";
import type { Request, Source } from "./framing.ts";
import { runHook } from "./hook.ts";
import { Records } from "./listing.ts";
import { checkDir, checkHome, checkPlace, checkRelease } from "./place.ts";
import { confirm, remember } from "./release.ts";
import { type Host, list } from "./session.ts";
import { stage } from "./stage.ts";
import { type Member, tarOf } from "./tar.ts";
import {
  type Lock,
  type LockRequest,
  type Place,
  RECORD_FILES,
  type ReleaseRecord,
  type SwitchTarget,
} from "./types.ts";

/** Asks for a change; the host compares the token first. */
export interface Changer {
  readonly host: Host;
  /** The first four arguments of every operation that changes a place. */
  args(place: Place): string[];
  ask(
    op: string,
    change: { readonly place: Place; readonly args?: readonly string[]; readonly bytes?: Request["bytes"] },
  ): Promise<Buffer>;
}

const UNLOCK_SECONDS = 5;

/** @throws `LOCK_HELD`, `HOME_REFUSED` */
export async function takeLock(host: Host, request: LockRequest): Promise<Lock> {
  const { home, owner, run, reason = "", lease = 120 } = request;
  checkHome(home);
  const token = randomBytes(16).toString("hex");
  await host.ask({ op: "lock", args: [home, token, String(lease), formatLock({ owner, run, reason })] });
  const renew = async () => void (await host.ask({ op: "renew", args: [home, token, String(lease)] }));
  // A lock that is lost is told by the next change, which asks for it anyway.
  const timer = setInterval(() => renew().catch(() => clearInterval(timer)), (lease * 1000) / 3).unref();
  const unlock = async () => {
    clearInterval(timer);
    const freed = host.ask({ op: "unlock", args: [home, token], always: true }).catch(() => undefined);
    // After an abort the host may be at something long; the lease ends without us too.
    await Promise.race([freed, sleep(UNLOCK_SECONDS * 1000, undefined, { ref: false })]);
  };
  return { token, renew, unlock, ...changes(changerOf(host, { home, token, lease })) };
}

function changerOf(host: Host, { home, token, lease }: { home: string; token: string; lease: number }): Changer {
  const args = (place: Place): string[] => {
    checkPlace(place);
    if (place.home !== home) throw new Error(`the lock of ${home} gives no right to change ${place.home}`);
    return [home, place.project, token, String(lease)];
  };
  return {
    host,
    args,
    ask: async (op, { place, args: more = [], bytes }) => host.ask({ op, args: [...args(place), ...more], bytes }),
  };
}

function changes(changer: Changer): Omit<Lock, "token" | "renew" | "unlock"> {
  return {
    stage: (place, request) => stage(changer, { place, ...request }),
    record: (place, record) => keep(changer, { place, record }),
    switch: (place, to) => point(changer, { place, to }),
    runHook: (place, hook) => runHook(changer, { place, ...hook }),
    confirm: (place, request) => confirm(changer, { place, ...request }),
    remember: (place, options) => remember(changer, { place, ...options }),
    list: async (place, { dir = "", ...options } = {}) => {
      if (dir !== "") checkDir(dir);
      const prove = [...changer.args(place).slice(2), dir, "", "all", "long"];
      return (await list(changer.host, { place, prove, ...options })).listing;
    },
  };
}

async function keep(changer: Changer, { place, record }: { place: Place; record: ReleaseRecord }): Promise<void> {
  checkRelease(record.release);
  const packed = packs.get(record.files) ?? pack(record);
  packs.set(record.files, packed);
  await changer.ask("keep", { place, args: [record.release], bytes: packed });
}

/** By the files of records: hosts that get the same get the same bytes. */
const packs = new WeakMap<ReleaseRecord["files"], Source>();

function pack({ files }: ReleaseRecord): Source {
  const members = RECORD_FILES.flatMap((path): Member[] => {
    const text = files[path];
    if (text === undefined) return [];
    const bytes = Buffer.from(text);
    return [{ path, type: "file", mode: 0o600, size: bytes.length, content: { bytes } }];
  });
  return tarOf(members);
}

async function point(
  changer: Changer,
  { place, to }: { place: Place; to: SwitchTarget | undefined },
): Promise<SwitchTarget | undefined> {
  const dir = to === undefined ? "" : checkDir(to.dir);
  const release = to?.release === undefined ? "" : checkRelease(to.release);
  const records = new Records(await changer.ask("switch", { place, args: [dir, release] }));
  const [was, knew] = [records.next(), records.next()];
  return was === "" ? undefined : { dir: was, release: knew === "" ? undefined : knew };
}
