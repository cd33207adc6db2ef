import type { Bulk } from "./ssh/bulk.ts";
import type { HostFacts } from "./types.ts";
import type { Request } from "./wire/framing.ts";

/** What the parts of a session share. */
export interface Host {
  readonly name: string;
  /** As the session says it, asked once. */
  facts(): Promise<HostFacts>;
  /** @throws what {@link failureOf} makes of a refusal. */
  ask(request: Request): Promise<Buffer>;
  /** How large files get there that it has in another form; `undefined` on this machine. */
  bulk(): Promise<Bulk | undefined>;
}
