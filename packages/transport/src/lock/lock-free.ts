import type { Host } from "../host.ts";
import type { HeldLock, HomeLock } from "../lock-types.ts";
import { Records } from "../look/listing.ts";
import { checkHome } from "../look/place.ts";
import { parseLock } from "../wire/formats.ts";

export async function readLock(host: Host, home: string): Promise<HomeLock> {
  checkHome(home);
  const records = new Records(await host.ask({ op: "holder", args: [home] }));
  const clock = Number(records.next());
  return { clock, lock: records.done ? undefined : heldLock(records.next(), clock) };
}

export async function freeLock(
  host: Host,
  { home, lock }: { readonly home: string; readonly lock: HeldLock },
): Promise<boolean> {
  checkHome(home);
  const until = lock.expired ? String(lock.until) : "";
  return (await host.ask({ op: "free", args: [home, lock.token, until] })).length > 0;
}

/** @param text `<token>.<until> <lock/1>` */
function heldLock(text: string, clock: number): HeldLock {
  const [name = ""] = text.split(" ");
  // It must be told even where somebody else put it there: nobody can take it over, for its time never ends.
  const holder = parseLock(text, clock) ?? { owner: "", run: "", reason: "", since: 0, until: Number.POSITIVE_INFINITY, expired: false }; // biome-ignore format: one line
  return { ...holder, token: name.replace(/\.[^.]*$/, "") };
}
