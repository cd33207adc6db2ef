import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { isFacsimileError } from "@facsimile/core";
import type { Host } from "../host.ts";
import { list } from "../list.ts";
import type { Lock, LockRequest, SwitchTarget } from "../lock-types.ts";
import { Records } from "../look/listing.ts";
import { checkDir, checkHome, checkRelease, claimArgs } from "../look/place.ts";
import { proveMirror } from "../mirror/mirror.ts";
import { optionsFor } from "../shared.ts";
import { type Changer, changerOf } from "../stage/changer.ts";
import { keep } from "../stage/record.ts";
import { confirm } from "../stage/release.ts";
import { stage } from "../stage/stage.ts";
import type { Place } from "../types.ts";
import { formatLock } from "../wire/formats.ts";
import { runHook } from "./hook.ts";

const UNLOCK_SECONDS = 5;

/** @throws `LOCK_HELD`, `HOME_REFUSED` */
export async function takeLock(host: Host, request: LockRequest): Promise<Lock> {
  const { home, owner, run, reason = "", lease = 120 } = request;
  checkHome(home);
  const token = randomBytes(16).toString("hex");
  const free = async () => {
    const freed = host.ask({ op: "unlock", args: [home, token], always: true }).catch(() => undefined);
    // After an abort the host may be at something long; the lease ends without us too.
    await Promise.race([freed, sleep(UNLOCK_SECONDS * 1000, undefined, { ref: false })]);
  };
  await host
    .ask({ op: "lock", args: [home, token, String(lease), formatLock({ owner, run, reason })] })
    .catch(async (error) => {
      // Who is stopped meanwhile does not hear that it was taken.
      if (!isFacsimileError(error, "LOCK_HELD")) await free();
      throw error;
    });
  const renew = async () => void (await host.ask({ op: "renew", args: [home, token, String(lease)] }));
  // A lock that is lost is told by the next change, which asks for it anyway.
  const timer = setInterval(() => renew().catch(() => clearInterval(timer)), (lease * 1000) / 3).unref();
  const unlock = async () => {
    clearInterval(timer);
    await free();
  };
  return { token, renew, unlock, ...changes(changerOf(host, { home, token, lease })) };
}

function changes(changer: Changer): Omit<Lock, "token" | "renew" | "unlock"> {
  const staged = new Map<string, ReadonlyMap<string, Parameters<typeof stage>[1]>>();
  return {
    stage: async (place, options) => {
      const request = { place, ...optionsFor(place, options) };
      const done = await stage(changer, request);
      // What is sent brings its record along.
      const { record } = options;
      if (record !== undefined && (done.reused || place.strategy === "mirror")) await keep(changer, { place, record });
      staged.set(place.project, new Map([[done.dir, request]]));
      return done;
    },
    claim: async (place, { adopt }) => void (await changer.ask("claim", { place, args: claimArgs(place, adopt) })),
    record: (place, record) => keep(changer, { place, record }),
    recover: async (place) => (await changer.ask("ready", { place, args: claimArgs(place) })).length > 0,
    switch: async (place, to) => {
      const before = await point(changer, { place, to });
      const request = staged.get(place.project)?.get(to?.dir ?? "");
      // What was before comes back as it was, whatever it was.
      staged.delete(place.project);
      if (to?.release !== undefined && place.strategy === "mirror" && request !== undefined)
        await proveMirror(changer, { request, dir: to.dir });
      return before;
    },
    runHook: (place, hook) => runHook(changer, { place, ...hook }),
    confirm: (place, request) => confirm(changer, { place, ...request }),
    rest: async (place) => void (await changer.ask("rest", { place })),
    remember: async (place) => void (await changer.ask("remember", { place })),
    list: async (place, { dir = "", ...options } = {}) => {
      if (dir !== "") checkDir(dir);
      const prove = [...changer.args(place).slice(2), dir, "", "all", "long"];
      return (await list(changer.host, { place, prove, ...optionsFor(place, options) })).listing;
    },
  };
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
