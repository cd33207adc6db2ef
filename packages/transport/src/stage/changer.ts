import type { Host } from "../host.ts";
import { checkPlace, placeArgs } from "../look/place.ts";
import type { Place } from "../types.ts";
import type { Request } from "../wire/framing.ts";

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

export function changerOf(host: Host, { home, token, lease }: { home: string; token: string; lease: number }): Changer {
  const args = (place: Place): string[] => {
    checkPlace(place);
    if (place.home !== home) throw new Error(`the lock of ${home} gives no right to change ${place.home}`);
    return [...placeArgs(place), token, String(lease)];
  };
  return {
    host,
    args,
    ask: async (op, { place, args: more = [], bytes }) => host.ask({ op, args: [...args(place), ...more], bytes }),
  };
}
