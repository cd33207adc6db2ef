import type { SealedFile } from "./memory.ts";

/** Whose signatures count, and the public keys of a conglomerate. */
export interface Trust {
  /** Fingerprint → the scopes that it may sign; a pinned root signs all. */
  readonly signers: ReadonlyMap<string, Scopes>;
  /**
   * The armored public key in `keys/<FINGERPRINT>.asc`, of anybody: having a key there is not being trusted.
   *
   * @throws `NO_PUBLIC_KEY`; `KEY_MISNAMED` when the file holds another key than its name says.
   */
  keyOf(fingerprint: string): Promise<string>;
  /** `keys/signers.json` as it was read; {@link confirmSeal} remembers it. */
  readonly list: SealedFile | undefined;
}

/** The scopes that a key may sign. */
export type Scopes = "all" | readonly string[];
